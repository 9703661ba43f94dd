"""A process that no longer hears of jobs ends itself; one that is at work, or has nothing to do, is left alone (reliability T12)."""

import datetime as dt
import os
import subprocess
import sys
import threading
import time

import pytest
from django.conf import settings as office
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.jobs import services
from apps.jobs.models import Job
from apps.jobs.watchdog import DEAF, Statements, Watchdog

PATIENCE = dt.timedelta(milliseconds=60)


def pause():
    threading.Event().wait(PATIENCE.total_seconds() * 1.5)


@pytest.fixture
def patience(settings):
    settings.JOB_DEAF = PATIENCE


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("waiting", "signs", "deaf"),
    [
        (True, [1, 1], True),
        (False, [1, 1], False),  # nothing to do
        (True, [1, 2], False),  # it heard something
        (True, [None, None], False),  # it is at work
        (True, [None, 1], False),  # and only just done
    ],
)
def test_deaf_is_who_gives_no_sign_while_a_job_waits(work, patience, waiting, signs, deaf):
    if waiting:
        work.ask()
    signs = iter(signs)
    dog = Watchdog(lambda: next(signs))
    assert dog.is_deaf() is False
    pause()
    assert dog.is_deaf() is deaf


@pytest.mark.django_db
def test_a_job_with_a_living_worker_waits_for_nobody(work, patience):
    Job.objects.claim(work.ask().pk)
    dog = Watchdog(lambda: 1)
    dog.is_deaf()
    pause()
    assert dog.is_deaf() is False
    Job.objects.update(lease_until=Job.objects.get().lease_until - dt.timedelta(hours=1))  # its worker is gone
    dog.is_deaf()
    pause()
    assert dog.is_deaf() is True


@pytest.mark.django_db
def test_every_statement_of_a_runner_is_a_sign(work):
    statements = Statements()
    with connection.execute_wrapper(statements), CaptureQueriesContext(connection) as seen:
        services.look_after()
        services.run_here(work.ask().pk)
    assert statements.count >= len(seen) > 5


HANG = """
import sys, threading, django
django.setup()
from django.core.management import call_command
from apps.core.actor import Actor
from apps.jobs import services
from apps.jobs.kinds import job_kind
job_kind("test.hang", label="停住")(lambda job: threading.Event().wait())
for key in ("hangs", "waits"):
    services.enqueue(kind="test.hang", key=key, params={}, actor=Actor.system("测试"))
call_command("run_jobs")
"""


def test_a_runner_that_hangs_ends_itself(migrated, tmp_path):
    """A real process: the first job never comes back, the second waits; its supervisor sees exit code 70."""
    path = tmp_path / "office.sqlite3"
    path.write_bytes(migrated.read_bytes())
    own = {"DJANGO_SETTINGS_MODULE": "jinyun.settings", "DATABASE_URL": f"sqlite:///{path}", "VAR_DIR": str(tmp_path), "REDIS_URL": ""}
    command = [sys.executable, "-c", HANG]
    began = time.monotonic()
    done = subprocess.run(
        command,
        cwd=office.BASE_DIR,
        env=os.environ | own | {"JOB_DEAF_SECONDS": "1"},
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, "hears nothing" in done.stderr) == (DEAF, True), done.stderr
    assert time.monotonic() - began > 1
