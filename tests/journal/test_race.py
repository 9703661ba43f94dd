"""Many writers, one chain: the head row's lock keeps it from forking (reliability finding 6, T42)."""

import threading

import pytest
from django.db import connection, transaction

from apps.core.actor import Actor
from apps.journal.models import JournalEntry, JournalHead
from apps.journal.selectors import verify
from apps.journal.services import record

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
WRITERS, ACTS = 8, 25


def in_threads(act):
    """Let all writers do `act()` many times, each on its own connection; return the errors."""
    errors = []

    def write():
        try:
            for _ in range(ACTS):
                act()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


@transaction.atomic
def append():
    record(act="修改", actor=Actor.system("测试"))


@transaction.atomic
def append_without_the_lock():
    """What a naive log does: read the last row, write the next one."""
    last = JournalEntry.objects.first()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.001)")
    JournalEntry(seq=(last.seq if last else 0) + 1, channel="测试", act="修改", result="成功", prev=last.digest if last else "").save(
        force_insert=True
    )


def test_eight_writers_make_one_chain():
    assert in_threads(append) == []
    verdict = verify()
    assert (verdict.entries, verdict.first_bad, JournalHead.objects.get().seq) == (WRITERS * ACTS, None, WRITERS * ACTS)


def test_without_the_lock_the_same_writers_collide():
    """The control: if this passes without a collision, the test above proves nothing."""
    assert in_threads(append_without_the_lock) != []
