"""Eight workers reach for the same job: one gets it (reliability T03, section 2.1)."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection, transaction
from django.db.models.functions import Now

from apps.jobs.models import Job
from apps.journal import services as journal
from tests import factories

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
WORKERS, ROUNDS = 8, 20


def reach(keys):
    """Let every worker claim one of `keys` at the same moment; return the jobs that were taken."""
    together = threading.Barrier(len(keys))

    def claim(pk):
        try:
            together.wait()
            return Job.objects.claim(pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(keys)) as workers:
        return [job for job in workers.map(claim, keys) if job]


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
