"""A process that dies, at each point there is: the job is finished exactly once, or was never promised (reliability T01, T04)."""

import datetime as dt
import os
import signal

import pytest
from django.db import transaction
from django.db.models.functions import Now

from apps.grading.models import CurrentRun, GradeResult, GradingRun
from apps.jobs import runner, services
from apps.jobs.choices import State
from apps.jobs.models import Job
from apps.journal import selectors as journal
from apps.journal.models import JournalEntry
from tests import factories
from tests.jobs.crash import POINTS, in_child
from tests.jobs.examples import a_year

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
FAILS = ("attempt failed, not yet settled", "attempt failed and settled")


def ask(params=None):
    return services.enqueue(kind="grading.regrade", key="example", params=params or a_year(), actor=factories.SYSTEM)


def one_round(job):
    """What a worker does: look after the queue, then do the job."""
    services.look_after()
    runner.run(job.pk)


def fail_the_attempt():
    """Let the attempt end in an error, as when the database goes away."""
    from apps.grading import services as grading

    def away(**values):
        raise ConnectionError

    grading.regrade = away


@pytest.mark.parametrize("point", POINTS)
def test_killed_at(point):
    job = ask()

    def plant():
        if point in FAILS:
            fail_the_attempt()
        POINTS[point]()

    assert in_child(lambda: one_round(job), plant) == -signal.SIGKILL
    Job.objects.filter(state=State.RUNNING).update(lease_until=Now() - dt.timedelta(seconds=1))
    Job.objects.update(not_before=None)
    if Job.objects.get(pk=job.pk).state != State.DONE:
        assert in_child(lambda: one_round(job)) == 0
    in_child(lambda: one_round(job))  # a message too many
    job.refresh_from_db()
    assert job.state == State.DONE
    run = GradingRun.objects.get(job=job)
    assert (CurrentRun.objects.get().run, GradeResult.objects.filter(run=run).count()) == (run, run.population)
    noted = JournalEntry.objects.filter(act__in=("亩均重算", "作业完成")).order_by("seq").values_list("act", flat=True)
    assert (list(noted), journal.verify().intact) == (["亩均重算", "作业完成"], True)


def test_before_the_commit_nothing_was_promised():
    def ask_and_die():
        with transaction.atomic():
            factories.town("新建镇")
            ask()
            os._exit(7)

    assert in_child(ask_and_die) == 7
    assert (Job.objects.count(), GradingRun.objects.count(), JournalEntry.objects.count()) == (0, 0, 0)


def test_after_the_commit_the_promise_is_kept_though_nobody_was_told():
    def plant():
        services.ring = lambda job: os._exit(7)

    year = a_year()
    assert in_child(lambda: ask(year), plant) == 7
    job = Job.objects.get(key="example")
    assert job.state == State.PENDING
    services.drain(stop=Never())
    job.refresh_from_db()
    assert (job.state, GradingRun.objects.filter(job=job).count()) == (State.DONE, 1)


class Never:
    def is_set(self):
        return False
