"""SQLite as the office is delivered: many processes at once, and a volume without a byte left (reliability finding 5, T13, T20)."""

import os
import shutil
import subprocess

import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client

from apps.accounts.choices import Role
from apps.jobs.models import Job
from apps.journal.selectors import verify
from tests import factories
from tests.faults.browser import form_values
from tests.faults.scenarios import fill
from tests.offices import DATABASE, working_in

pytestmark = pytest.mark.services
PROCESSES, TIMES = 8, 150
LIKE_DJANGO = {"ENGINE": DATABASE["ENGINE"], "OPTIONS": {"init_command": "PRAGMA journal_mode=WAL"}}  # its defaults otherwise


def read_then_write(times):
    """Read a row and write what was read, so many times; return how many transactions found the database locked."""
    locked = 0
    for _ in range(times):
        try:
            with transaction.atomic():
                job = Job.objects.get()
                Job.objects.update(progress_done=job.progress_done + 1)
        except OperationalError:
            locked += 1
    return locked


def at_once(work, times):
    """Let processes do `work(times)` on one database and return how often each found it locked (255: that often or more)."""
    connection.close()
    pids = []
    for _ in range(PROCESSES):
        pid = os.fork()
        if not pid:
            os._exit(min(255, work(times)))
        pids.append(pid)
    return [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids]


@pytest.mark.parametrize(("database", "times"), [(DATABASE, TIMES), (LIKE_DJANGO, 25)], ids=["as delivered", "control"])
def test_eight_processes_read_and_write(migrated, tmp_path, django_db_blocker, database, times):
    path = shutil.copy(migrated, tmp_path)
    with django_db_blocker.unblock(), working_in(**database, NAME=str(path)):
        Job.objects.create(kind="test", key="x")
        locked = at_once(read_then_write, times)
        done = Job.objects.get().progress_done
    if database is DATABASE:
        assert (locked, done) == ([0] * PROCESSES, PROCESSES * times)
    else:
        assert sum(locked) > times, "Django's own settings must fail here, or the test proves nothing"


@pytest.fixture
def volume(tmp_path):
    place = tmp_path / "volume"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "none", place], check=True)
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


def rename(client, firm, name):
    path = f"/ledger/enterprises/{firm.pk}/change/"
    return client.post(path, form_values(client.get(path).content.decode()) | {"name": name})


def test_a_full_volume_under_the_database(migrated, volume, django_db_blocker):
    path = shutil.copy(migrated, volume)
    with django_db_blocker.unblock(), working_in(**DATABASE, NAME=str(path)):
        firm, clerk = factories.enterprise(), Client(raise_request_exception=False)
        clerk.force_login(factories.person("permu", Role.PER_MU))
        assert rename(clerk, firm, "第一个名称").status_code == 302
        fill(volume / "filler")
        answers = [rename(clerk, firm, f"名称{number}") for number in range(5)]
        refused = [answer for answer in answers if answer.status_code == 503]
        assert refused and "您刚才的操作没有保存，请稍后再试。" in refused[-1].content.decode()
        assert {answer.status_code for answer in answers} <= {302, 503}
        (volume / "filler").unlink()
        assert rename(clerk, firm, "最后一个名称").status_code == 302
        firm.refresh_from_db()
        kept = 3 + len(answers) - len(refused)  # entered, the first name, the last one, and what the log still had room for
        assert (firm.name, firm.version, firm.history.count(), verify().intact) == ("最后一个名称", kept, kept, True)
        with connection.cursor() as cursor:
            assert cursor.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
