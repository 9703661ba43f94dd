"""Eight windows confirm one batch at the same moment: it is written once (reliability T15, T24). The control is without the lock."""

from functools import partial

import pytest
from django.db import connection, transaction

from apps.core.actor import Actor
from apps.core.errors import Refused
from apps.enterprises.models import YearlyFact
from apps.exchange import services as exchange
from apps.exchange.asking import CONFIRM
from apps.exchange.choices import BatchState
from apps.exchange.models import Batch
from apps.jobs.models import Job
from apps.journal.models import JournalEntry
from tests import factories
from tests.exchange import books
from tests.racing import at_once, rounds

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
WINDOWS, ROUNDS = 8, rounds(4)


@pytest.fixture
def actor():
    return Actor.of(factories.person("permu", "per_mu"))


@pytest.fixture
def firm():
    return factories.enterprise("示例甲机械有限公司", platform=factories.platform())


@pytest.fixture
def staged(actor, firm, tmp_path):
    """Have the firm's figures of two years judged; both are there from the second round on."""

    def stage(output):
        rows = [[firm.credit_code, firm.name, year, "规上", output, 3] for year in (2019, 2020)]
        return books.staged("enterprise-facts", books.book(tmp_path / f"{output}.xlsx", books.FACT, *rows), actor.user)

    return stage


def confirm(batch, actor):
    """Confirm as a window does: ask for it, and do it here where nobody else has begun."""
    return exchange.finished(exchange.confirm(batch=batch, actor=actor)).state


def test_of_eight_confirmations_at_once_one_is_done(staged, actor):
    for number in range(ROUNDS):
        batch = staged(100 + number)
        outcomes = at_once(*[partial(confirm, batch, actor)] * WINDOWS)
        assert outcomes == [BatchState.DONE] * WINDOWS
        assert Job.objects.filter(kind=CONFIRM, key=str(batch.pk)).count() == 1
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


def test_without_the_lock_several_are_done(staged):
    batch, doubled = staged(100), 0
    for _ in range(ROUNDS):
        Batch.objects.filter(pk=batch.pk).update(state=BatchState.READY)
        outcomes = at_once(*[partial(confirm_without_the_lock, batch)] * WINDOWS)
        doubled += sum(outcome is None for outcome in outcomes) > 1
    assert doubled >= 0.95 * ROUNDS
