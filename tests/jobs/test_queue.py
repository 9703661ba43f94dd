"""A job is a row: promised with the transaction, coalesced, tried again, never lost (reliability T01, T10)."""

import datetime as dt

import pytest
from django.db import transaction
from django.db.models.functions import Now

from apps.core.actor import Actor
from apps.core.errors import Refused
from apps.jobs import services
from apps.jobs.choices import State
from apps.jobs.kinds import PublishedInTransaction
from apps.jobs.models import Job
from apps.jobs.registry import KINDS, UnknownKind
from apps.jobs.rules import GAVE_UP, INTERRUPTED, SUPERSEDED, retry_delay
from apps.journal.models import JournalEntry
from tests import factories

pytestmark = pytest.mark.django_db
PAST = Now() - dt.timedelta(seconds=1)


def row(job):
    return Job.objects.get(pk=job.pk)


def boom(job):
    raise ZeroDivisionError


def refuse(job):
    raise Refused("2020 年没有数据。")


def test_a_job_runs_and_says_what_it_did(work):
    done = services.run_here(work.ask(year=2020).pk)
    assert (done.state, done.result, done.attempts, work.calls) == (State.DONE, {"text": "完成"}, 1, [{"year": 2020}])
    assert done.lease_until is None
    assert done.finished_at >= done.started_at >= done.created_at


def test_it_acts_for_the_person_who_asked(work):
    user = factories.person("permu", "per_mu")
    job = services.enqueue(kind=work.kind, key="2020", params={}, actor=Actor.of(user, address="10.1.2.3"))
    assert row(job).actor == Actor(user=user, post="亩均办", channel="后台作业")


def test_an_unknown_kind_is_refused():
    with pytest.raises(UnknownKind, match=r"grading\.regard"):
        services.enqueue(kind="grading.regard", key="2020", params={}, actor=Actor.system("测试"))


def test_a_second_request_joins_the_pending_one(work):
    assert work.ask() == work.ask()
    assert work.ask("2021") != work.ask()


def test_a_request_while_one_runs_gets_its_own(work):
    running = Job.objects.claim(work.ask().pk)
    assert work.ask() != running
    assert Job.objects.count() == 2


def test_twins_never_run_at_once_while_the_first_lives(work):
    first = Job.objects.claim(work.ask().pk)
    second = work.ask()
    assert Job.objects.claim(second.pk) is None
    Job.objects.filter(pk=first.pk).update(lease_until=PAST)
    assert Job.objects.claim(second.pk).pk == second.pk
    assert Job.objects.claim(first.pk) is None


def test_a_claimed_job_is_not_claimed_again(work):
    job = work.ask()
    assert Job.objects.claim(job.pk).fence == 1
    assert Job.objects.claim(job.pk) is None


def test_a_message_too_many_does_nothing(work):
    job = work.ask()
    for _ in range(3):
        KINDS[work.kind].task(job.pk)
    KINDS[work.kind].task(0)
    assert (len(work.calls), row(job).attempts) == (1, 1)


def test_a_refusal_is_the_answer_and_stands_in_the_journal(work):
    work.does = refuse
    failed = services.run_here(work.ask().pk)
    assert (failed.state, failed.error, failed.attempts) == (State.FAILED, "2020 年没有数据。", 1)
    entry = JournalEntry.objects.first()
    assert (entry.act, entry.target, entry.result) == ("作业失败", "测试作业", "失败")


def test_an_error_is_tried_again_later(work):
    work.does = boom
    job = services.run_here(work.ask().pk)
    assert (job.state, job.attempts, job.error) == (State.PENDING, 1, "")
    assert not Job.objects.due().exists()
    Job.objects.update(not_before=PAST)
    assert Job.objects.due().get() == job


def test_a_new_request_does_not_wait_for_the_pause(work):
    work.does = boom
    job = services.run_here(work.ask().pk)
    assert work.ask() == job
    assert Job.objects.due().get() == job


def test_an_error_yields_to_a_newer_request(work):
    def ask_then_boom(job):
        work.ask()
        boom(job)

    work.does = ask_then_boom
    job = services.run_here(work.ask().pk)
    assert (job.state, job.error) == (State.CANCELLED, SUPERSEDED)
    assert Job.objects.due().get().pk != job.pk


def test_a_poison_job_fails_after_its_last_attempt(work):
    work.does = boom
    job = work.ask()
    tries = [services.run_here(job.pk).state for _ in range(5)]
    assert tries == [State.PENDING] * 4 + [State.FAILED]
    assert (row(job).error, len(work.calls)) == (GAVE_UP, 5)
    assert services.run_here(job.pk).attempts == 5


def test_a_job_whose_worker_dies_at_the_last_attempt_fails(work):
    work.does = boom
    job = work.ask()
    for _ in range(4):
        services.run_here(job.pk)
    Job.objects.update(not_before=None)
    assert Job.objects.claim(job.pk)
    Job.objects.update(lease_until=PAST)
    assert (Job.objects.claim(job.pk), services.bury()) == (None, 1)
    assert (row(job).state, row(job).error, row(job).deaths) == (State.FAILED, INTERRUPTED, 0)


def test_a_job_that_kills_its_workers_fails_at_the_third(work):
    job = work.ask()
    for _ in range(3):
        assert services.bury() == 0
        assert Job.objects.claim(job.pk)
        Job.objects.update(lease_until=PAST)
    assert Job.objects.claim(job.pk) is None
    assert services.bury() == 1
    assert (row(job).state, row(job).error) == (State.FAILED, INTERRUPTED)


def test_pauses_grow_to_five_minutes():
    assert [retry_delay(attempt).total_seconds() for attempt in range(1, 9)] == [5, 10, 20, 40, 80, 160, 300, 300]


def test_a_failed_job_can_be_asked_for_again(work):
    work.does = refuse
    failed = services.run_here(work.ask(year=2020).pk)
    new = services.again(job=failed, actor=Actor.system("测试"))
    assert (new.pk != failed.pk, new.key, new.params) == (True, "2020", {"year": 2020})
    with pytest.raises(Refused):
        services.again(job=new, actor=Actor.system("测试"))


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_act_leaves_no_job(work):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        work.ask()
        boom(None)
    assert not Job.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_ringing_inside_a_transaction_is_refused(work):
    job = work.ask()
    with transaction.atomic(), pytest.raises(PublishedInTransaction):
        KINDS[work.kind].task.delay(job.pk)
