"""Eight windows confirm one batch at the same moment: it is written once (reliability T15, T24). The control is without the lock."""

from functools import partial

import pytest
from django.db import connection, transaction

from apps.core.actor import Actor
from apps.core.errors import Refused
from apps.enterprises.models import YearlyFact
from apps.exchange import services as exchange
from apps.exchange.choices import BatchState
from apps.exchange.models import Batch
from apps.journal.models import JournalEntry
from apps.ledger import registry
from tests import factories
from tests.exchange.books import FACT
from tests.racing import at_once, rounds

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
WINDOWS, ROUNDS = 8, rounds(4)


@pytest.fixture
def actor():
    return Actor.of(factories.person("permu", "per_mu"))


@pytest.fixture
def firm():
    return factories.enterprise("示例甲机械有限公司", platform=factories.platform())


def staged(actor, firm, output):
    """Upload the firm's figures of two years, one of which is there from the second round on."""
    rows = [FACT, *([firm.credit_code, firm.name, str(year), "规上", str(output), "3"] for year in (2019, 2020))]
    content = "\n".join(",".join(row) for row in rows).encode()
    return exchange.stage(ledger=registry.get("enterprise-facts"), content=content, filename=f"{output}.csv", actor=actor)


def test_of_eight_confirmations_at_once_one_is_done(actor, firm):
    for number in range(ROUNDS):
        batch = staged(actor, firm, 100 + number)
        outcomes = at_once(*[partial(exchange.confirm, batch=batch, actor=actor)] * WINDOWS)
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Batch", *["Refused"] * (WINDOWS - 1)]
        facts = YearlyFact.objects.order_by("year")
        assert list(facts.values_list("output", "version")) == [(100 + number, number + 1)] * 2
        assert YearlyFact.history.filter(batch=batch.pk).count() == 2
        assert JournalEntry.objects.filter(act="导入", detail__batch=str(batch.pk)).count() == 1


def confirm_without_the_lock(batch):
    with transaction.atomic():
        if Batch.objects.get(pk=batch.pk).state != BatchState.READY:
            raise Refused("已入库")
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.02)")
        Batch.objects.filter(pk=batch.pk).update(state=BatchState.DONE)


def test_without_the_lock_several_are_done(actor, firm):
    batch, doubled = staged(actor, firm, 100), 0
    for _ in range(ROUNDS):
        Batch.objects.filter(pk=batch.pk).update(state=BatchState.READY)
        outcomes = at_once(*[partial(confirm_without_the_lock, batch)] * WINDOWS)
        doubled += sum(outcome is None for outcome in outcomes) > 1
    assert doubled >= 0.95 * ROUNDS
