"""Refusals beyond what is entered one by one are counted, and entered as one: nothing is lost and nothing fills the disk."""

import datetime as dt

import pytest

from apps.accounts.choices import Role
from apps.core import clock
from apps.jobs.services import enqueue, run_here
from apps.journal.models import CountedRefusals, JournalEntry
from apps.journal.rules import REFUSALS_A_MINUTE
from apps.journal.selectors import verify
from tests import factories

pytestmark = pytest.mark.django_db
NOWHERE = "/ledger/enterprises/999999/"


def a_minute_later(client, monkeypatch):
    moment = clock.now() + dt.timedelta(minutes=2)
    monkeypatch.setattr(clock, "now", lambda: moment)
    client.get(NOWHERE)


def the_job_that_looks_for_alarms(client, monkeypatch):
    for day in ("2021-01-01", "2021-01-02"):
        job = run_here(enqueue(kind="alarms.watch", key=day, params={"day": day}, actor=factories.SYSTEM).pk)
        assert job.state == "done"


@pytest.mark.parametrize("tell", [a_minute_later, the_job_that_looks_for_alarms])
def test_the_others_are_one_entry(client, monkeypatch, tell):
    person = factories.person("park", Role.PARK, platform=factories.platform())
    client.force_login(person)
    for _ in range(REFUSALS_A_MINUTE + 3):
        assert client.get(NOWHERE).status_code == 404
    assert [(row.user, row.number) for row in CountedRefusals.objects.all()] == [(person, 3)]
    tell(client, monkeypatch)
    told = JournalEntry.objects.filter(act="其余被拒")
    assert [(entry.user, entry.target, entry.detail["more"], entry.result) for entry in told] == [(person, "3 次", 3, "拒绝")]
    assert (CountedRefusals.objects.count(), verify().intact) == (0, True)


def test_an_address_without_a_person_is_counted_by_itself(client):
    for address in ("10.0.0.1", "10.0.0.2"):
        for _ in range(REFUSALS_A_MINUTE + 2):
            client.get("/api/ledgers/enterprises/", REMOTE_ADDR=address)
    assert sorted((row.who, row.number) for row in CountedRefusals.objects.all()) == [("address 10.0.0.1", 2), ("address 10.0.0.2", 2)]
