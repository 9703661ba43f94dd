"""Every kind of job once through a real Celery worker on PostgreSQL and Redis (reliability T01, T03, T06)."""

import datetime as dt
import os
import subprocess
import sys
import threading
import time

import pytest
import redis
from django.conf import settings as office
from django.db import connection

from apps.jobs import services
from apps.jobs.choices import OPEN, State
from apps.jobs.models import Job
from apps.jobs.registry import KINDS
from tests import factories as make
from tests.jobs.examples import EXAMPLES

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
DEADLINE = 60  # seconds; generous for a busy machine
LEASE = 2  # seconds
READY = {"worker": "ready.", "beat": "beat: Starting"}
BEAT = ("beat",)


@pytest.fixture(autouse=True)
def empty_queue(settings):
    settings.JOB_LEASE = dt.timedelta(seconds=LEASE)
    broker = redis.Redis.from_url(office.REDIS_URL)
    broker.flushdb()
    yield broker
    broker.flushdb()


@pytest.fixture
def celery(tmp_path):
    """Start real Celery processes on the test's database; they must end by SIGTERM, as systemd ends them."""
    database = connection.settings_dict
    address = f"{database['HOST']}:{database['PORT'] or 5432}"
    environment = os.environ | {
        "DATABASE_URL": f"postgres://{database['USER']}:{database['PASSWORD']}@{address}/{database['NAME']}",
        "REDIS_URL": office.REDIS_URL,
        "SECRET_KEY": office.SECRET_KEY,
        "VAR_DIR": str(tmp_path),
        "JOB_LEASE_SECONDS": str(LEASE),
        "JOB_SWEEP_SECONDS": "1",
    }
    started = []

    def start(*lines):
        """Start a process for each (role, option, ...), all at once, and wait for all."""
        for role, *options in lines:
            log = tmp_path / f"{role}{len(started)}.log"
            command = [sys.executable, "-m", "celery", "-A", "jinyun", role, "--loglevel", "INFO", *options]
            with log.open("w") as output:
                process = subprocess.Popen(command, cwd=office.BASE_DIR, env=environment, stdout=output, stderr=output)
            started.append((process, log, READY[role]))
        until(lambda: all(ready in log.read_text() for _, log, ready in started))

    yield start
    for process, *_ in started:
        process.terminate()
    for process, log, _ in started:
        try:
            assert process.wait(30) == 0, log.read_text()
        finally:
            process.kill()


def until(condition):
    """Wait for `condition()`; fail after the deadline."""
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end, "not within the deadline"
        threading.Event().wait(0.1)


def worker(name="first"):
    return "worker", "--concurrency", "1", "--hostname", f"{name}@test"


def ask(kind):
    return services.enqueue(kind=kind, key="test", params=EXAMPLES[kind](), actor=make.SYSTEM)


def finished(job):
    """Return the job as soon as it has ended."""

    def ended():
        job.refresh_from_db()
        return job.state not in OPEN

    until(ended)
    return job


def test_every_kind_runs_in_a_worker(celery):
    assert set(EXAMPLES) == set(KINDS), "a kind of job has no example here"
    celery(worker())
    for kind in EXAMPLES:
        job = finished(ask(kind))
        assert (job.state, job.error, job.attempts) == (State.DONE, "", 1), kind


def test_a_message_that_is_lost_is_sent_again(celery, empty_queue):
    job = ask("grading.regrade")
    empty_queue.flushdb()
    celery(worker(), BEAT)
    assert (finished(job).state, job.attempts) == (State.DONE, 1)


def test_messages_too_many_do_no_harm(celery):
    job = ask("grading.regrade")
    for _ in range(4):
        assert services.ring(job)
    celery(worker("first"), worker("second"))
    assert (finished(job).state, job.attempts) == (State.DONE, 1)


def test_the_job_of_a_dead_worker_is_taken_over(celery):
    job = ask("grading.regrade")
    assert Job.objects.claim(job.pk).state == State.RUNNING
    celery(worker(), BEAT)
    assert (finished(job).state, job.attempts, job.fence) == (State.DONE, 2, 2)
