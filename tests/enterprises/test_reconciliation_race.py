"""Two of the per-mu office press the button at the same moment: each office is reminded once, the second reads why not."""

from contextlib import nullcontext
from functools import partial

import pytest

from apps.accounts.choices import Role
from apps.core.actor import Actor
from apps.core.errors import Refused
from apps.enterprises.models import DataReminder
from apps.enterprises.rules.reconciliation import SHARE
from apps.enterprises.services import remind_offices
from apps.journal import services as journal
from tests import factories
from tests.racing import at_once

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
ROUNDS = 6


def rounds():
    """Let two remind at once, year after year; return the outcomes of each round."""
    factories.enterprise()
    actors = [Actor.of(factories.person(name, Role.PER_MU)) for name in ("permu", "permu2")]
    return [
        at_once(*[partial(remind_offices, year=2020 + number, share=SHARE, actor=actor) for actor in actors]) for number in range(ROUNDS)
    ]


def test_one_reminds_and_the_other_reads_why_not():
    for one, other in rounds():
        refused, written = (one, other) if isinstance(one, Refused) else (other, one)
        assert isinstance(refused, Refused) and "每天只提醒一次" in str(refused)
        assert len(written) == 6
    assert DataReminder.objects.count() == 6 * ROUNDS


def test_without_the_lock_the_second_ends_in_a_database_error(monkeypatch):
    """The control: if no round ends so, the test above proves nothing."""
    monkeypatch.setattr(journal, "hold", nullcontext)
    ends = [outcome for pair in rounds() for outcome in pair if isinstance(outcome, Exception) and not isinstance(outcome, Refused)]
    assert ends
