"""Many writers, one chain: the head row's lock keeps it from forking (reliability finding 6, T42).

PostgreSQL with threads in the services run; SQLite with processes, a smaller number, in every run.
"""

import os
import shutil
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection, transaction

from apps.core.actor import Actor
from apps.journal.models import JournalEntry, JournalHead
from apps.journal.selectors import verify
from apps.journal.services import record
from tests.offices import DATABASE, working_in
from tests.racing import at_once, rounds

WRITERS, ACTS, ROUNDS = 8, 5 * rounds(50), rounds(20)


def in_threads(act, times):
    """Let all writers do `act()` so many times, each on its own connection; return the errors."""

    def write():
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit TO off")  # the disk plays no part in who comes first
        for _ in range(times):
            act()

    return [error for error in at_once(*[write] * WRITERS) if error is not None]


@transaction.atomic
def append():
    record(act="修改", actor=Actor.system("测试"))


NAIVE = """CREATE TABLE naive_journal (id bigserial PRIMARY KEY, prev bigint NOT NULL)"""


@transaction.atomic
def append_without_the_lock():
    """What a naive log does: read the last row, write one that follows it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM naive_journal")
        (last,) = cursor.fetchone()
        cursor.execute("SELECT pg_sleep(0.02)")
        cursor.execute("INSERT INTO naive_journal (prev) VALUES (%s)", [last])


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_eight_writers_make_one_chain():
    assert in_threads(append, ACTS) == []
    verdict = verify()
    assert (verdict.entries, verdict.first_bad, JournalHead.objects.get().seq) == (WRITERS * ACTS, None, WRITERS * ACTS)
    assert JournalEntry.objects.values("prev").distinct().count() == WRITERS * ACTS


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_same_writers_fork():
    """The control: if these do not fork in nearly every round, the test above proves nothing."""
    forked = 0
    with connection.cursor() as cursor:
        cursor.execute(NAIVE)
        try:
            for _ in range(ROUNDS):
                cursor.execute("TRUNCATE naive_journal")
                assert in_threads(append_without_the_lock, 1) == []
                cursor.execute("SELECT count(*) - count(DISTINCT prev) FROM naive_journal")
                forked += cursor.fetchone()[0] > 0
        finally:
            cursor.execute("DROP TABLE naive_journal")
    assert forked >= 0.95 * ROUNDS


PROCESS = """
import os, sys, django
django.setup()
from django.db import transaction
from apps.core.actor import Actor
from apps.journal.services import record
for number in range(int(sys.argv[1])):
    with transaction.atomic():
        record(act="修改", actor=Actor.system("测试"), target=str(number))
"""


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a database file of its own: once is enough")
def test_processes_on_sqlite_make_one_chain(migrated, tmp_path, django_db_blocker):
    shutil.copy(migrated, tmp_path)
    path = tmp_path / migrated.name
    own = {"DJANGO_SETTINGS_MODULE": "jinyun.settings", "DATABASE_URL": f"sqlite:///{path}", "VAR_DIR": str(tmp_path)}
    environment = {**os.environ, **own, "SECRET_KEY": "for this test", "JOURNAL_KEY": settings.JOURNAL_KEY}
    command = [sys.executable, "-c", PROCESS, "40"]
    writers = [subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment) for _ in range(3)]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0, 0]
    with django_db_blocker.unblock(), working_in(**DATABASE, NAME=str(path)):
        verdict = verify()
    assert (verdict.entries, verdict.first_bad) == (120, None)
