"""Eight workers reach for the same job: one gets it (reliability T03, section 2.1)."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import OperationalError, connection, transaction
from django.db.models.functions import Now

from apps.jobs import services
from apps.jobs.models import Job
from apps.jobs.registry import KINDS
from apps.journal import services as journal
from tests import factories
from tests.jobs.conftest import Work
from tests.racing import all_before_the_write, at_once, rounds, without

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
WORKERS, ROUNDS = 8, rounds(20)
NIGHT = dt.datetime(2026, 1, 31, 23, 59, 59, tzinfo=dt.timezone(dt.timedelta(hours=8)))  # Asia/Shanghai


def reach(keys):
    """Let every worker claim one of `keys` at the same moment; return the jobs that were taken."""
    taken = at_once(*[partial(Job.objects.claim, pk) for pk in keys])
    assert not [outcome for outcome in taken if isinstance(outcome, Exception)]
    return [job for job in taken if job]


def test_one_job_has_one_worker(work):
    for number in range(ROUNDS):
        job = work.ask(str(number))
        assert [taken.fence for taken in reach([job.pk] * WORKERS)] == [1]


def test_a_revived_job_and_its_twin_never_run_together(work):
    for number in range(ROUNDS):
        dead = Job.objects.claim(work.ask(str(number)).pk)
        Job.objects.filter(pk=dead.pk).update(lease_until=Now() - dt.timedelta(seconds=1))
        twin = work.ask(str(number))
        assert len(reach([dead.pk, twin.pk] * (WORKERS // 2))) <= 1


STEPS = [dt.timedelta(), dt.timedelta(hours=1), dt.timedelta(days=1)]  # how far two planners' clocks may lie apart


@pytest.mark.parametrize("step", [*STEPS, *(-step for step in STEPS[1:])], ids=str)
def test_two_planners_make_one_job_a_day_whatever_their_clocks_say(declare, step):
    """At the end of a month; each makes up for what the other has not seen. T08."""
    nightly = declare(Work(), daily_at=2)
    services.plan(NIGHT - dt.timedelta(days=2))
    assert at_once(*[partial(services.plan, moment) for moment in (NIGHT, NIGHT + step) * 2]) == [None] * 4
    days = list(Job.objects.filter(kind=nightly.kind).order_by("key").values_list("key", flat=True))
    last = "2026-02-01" if step == dt.timedelta(days=1) else "2026-01-31"
    assert days == [day for day in ("2026-01-29", "2026-01-30", "2026-01-31", "2026-02-01") if day <= last]


def test_what_makes_it_one_is_the_constraint():
    """The control: planners that both saw no job each make one where nothing forbids it."""
    first = next(kind.code for kind in KINDS.values() if kind.daily_at is not None)
    act = partial(services.plan, NIGHT)
    assert all_before_the_write(Job, act, act) == [None, None]
    assert Job.objects.filter(kind=first).count() == 1
    Job.objects.all().delete()
    with without(Job, "job_planned_once"), without(Job, "job_pending_once"):
        assert all_before_the_write(Job, act, act) == [None, None]
        assert Job.objects.filter(kind=first).count() == 2


def wait_for_each_other(work):
    """One act journals and then asks for a job; another asks for the same job and then journals. Return what went wrong."""
    journalled, asked, wrong = threading.Event(), threading.Event(), []

    def act():
        journal.record(act="修改", actor=factories.SYSTEM)
        journalled.set()
        asked.wait(1)
        work.ask()

    def other_act():
        journalled.wait(5)
        work.ask()
        asked.set()
        journal.record(act="修改", actor=factories.SYSTEM)

    def run(steps):
        try:
            with transaction.atomic():
                steps()
        except OperationalError as error:
            wrong.append(str(error))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as people:
        list(people.map(run, (act, other_act)))
    return wrong


def test_asking_for_a_job_and_journalling_have_one_order(work, monkeypatch):
    assert wait_for_each_other(work) == []
    Job.objects.all().delete()
    monkeypatch.setattr("apps.jobs.services.journal.hold", lambda: None)
    assert len(wait_for_each_other(work)) == 1, "without the order the two must wait for each other"


def test_no_worker_starts_before_the_request_that_joined_is_committed(work):
    """A pending job somebody is joining has data to wait for: it is left alone until the commit."""
    job = work.ask()
    with transaction.atomic():
        work.ask()
        assert reach([job.pk]) == []
    assert reach([job.pk]) == [job]
