"""Lease and fence: a worker that lost its job writes nothing (reliability T03-T05)."""

import datetime as dt

import pytest
from django.db.models.functions import Now

from apps.core.actor import Actor
from apps.jobs import services
from apps.jobs.choices import State
from apps.jobs.models import Fenced, Job
from apps.platforms.models import Town
from tests import factories

pytestmark = pytest.mark.django_db


def lose(job):
    """Let the lease run out and another worker take the job."""
    Job.objects.filter(pk=job.pk).update(lease_until=Now() - dt.timedelta(seconds=1))
    return Job.objects.claim(job.pk)


@pytest.fixture
def stalled(work):
    return Job.objects.claim(work.ask().pk)


def test_a_beat_reports_and_extends_the_lease(stalled):
    before = stalled.lease_until
    stalled.beat(30, 120)
    after = Job.objects.get()
    assert (after.progress_done, after.progress_total, after.percent) == (30, 120, 25)
    assert after.lease_until > before


def test_a_beat_after_the_loss_says_so(stalled):
    lose(stalled)
    with pytest.raises(Fenced):
        stalled.beat(1, 2)


def test_a_fenced_worker_writes_nothing(stalled):
    """A stalls past its lease, B finishes, A resumes."""
    second = lose(stalled)
    with second.finishing(result={"by": "second"}):
        factories.town("新建镇")
    with pytest.raises(Fenced), stalled.finishing(result={"by": "first"}):
        factories.town("双溪口乡")
    assert list(Town.objects.values_list("name", flat=True)) == ["新建镇"]
    assert Job.objects.get().result == {"by": "second"}


def test_a_fenced_worker_cannot_fail_the_job_either(work):
    def lose_then_boom(job):
        lose(job)
        raise ZeroDivisionError

    work.does = lose_then_boom
    job = services.run_here(work.ask().pk)
    assert (job.state, job.fence, job.attempts) == (State.RUNNING, 2, 2)


def test_a_cancelled_job_stops_at_its_next_beat_and_writes_nothing(work):
    def cancelled_meanwhile(job):
        job.beat(1, 3)
        services.cancel(job=job, actor=Actor.system("测试"))
        job.beat(2, 3)
        raise AssertionError("not reached")

    work.does = cancelled_meanwhile
    job = services.run_here(work.ask().pk)
    assert (job.state, job.progress_done, job.error) == (State.CANCELLED, 1, "已由测试取消，数据没有变动。")


def test_a_cancelled_job_that_never_beats_writes_nothing_either(work):
    def write(job):
        services.cancel(job=job, actor=Actor.system("测试"))
        with job.finishing(result={}):
            factories.town("新建镇")

    work.does = write
    assert (services.run_here(work.ask().pk).state, Town.objects.count()) == (State.CANCELLED, 0)


def test_results_and_done_are_one(work):
    def half(job):
        with job.finishing(result={}):
            factories.town("新建镇")
            raise ZeroDivisionError

    work.does = half
    job = services.run_here(work.ask().pk)
    assert (job.state, job.result, Town.objects.count()) == (State.PENDING, None, 0)


def test_the_block_may_add_to_the_result(work):
    def add(job):
        with job.finishing(result={"year": 2020}) as result:
            result["run"] = 7

    work.does = add
    assert services.run_here(work.ask().pk).result == {"year": 2020, "run": 7}


def test_a_handler_run_twice_leaves_one_result(work):
    """The worker died after its commit was on the way: the job is done, the second message finds nothing to do."""

    def write(job):
        with job.finishing(result={}):
            factories.town("新建镇")

    work.does = write
    job = work.ask()
    services.run_here(job.pk)
    services.run_here(job.pk)
    assert (Town.objects.count(), len(work.calls)) == (1, 1)


def test_a_dead_workers_job_is_taken_over(work, stalled):
    assert services.servable().count() == 0
    Job.objects.update(lease_until=Now() - dt.timedelta(seconds=1))
    job = services.run_here(stalled.pk)
    assert (job.state, job.attempts, job.fence) == (State.DONE, 2, 2)
