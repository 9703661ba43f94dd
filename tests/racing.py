"""Many who act at the same moment, for the race tests."""

import os
import threading
from contextlib import contextmanager

from django.db import connection, transaction

PATIENCE = 2.5  # seconds; below the house's lock_timeout
WAITING = """SELECT count(DISTINCT pid) FROM pg_locks waiting JOIN pg_locks held USING (pid)
    WHERE NOT waiting.granted AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
LONG = int(os.environ.get("RACE_ROUNDS", 0))  # `make races` lets every race run so many rounds; 0: the short ones of every build


def rounds(short):
    """Return how many rounds a race takes: `short` in every build, RACE_ROUNDS where that is set."""
    return LONG or short


def at_once(*acts):
    """Do all acts at the same moment, each on its own connection; return what each returned or raised, in their order."""
    start, outcomes = threading.Barrier(len(acts)), [None] * len(acts)
    threads = [threading.Thread(target=_do, args=(outcomes, number, act, start.wait)) for number, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def _do(outcomes, number, act, wait=lambda: None):
    """Put down under `number` what an act on a connection of its own returned or raised."""
    try:
        connection.ensure_connection()  # so that nobody comes late for want of one
        wait()
        outcomes[number] = act()
    except Exception as error:
        outcomes[number] = error
    finally:
        connection.close()


def impatient(act):
    """Do the act on this thread's own connection with a tenth of the house's lock_timeout: what comes of it is the same, and sooner."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '300ms'")
    return act()


def held_up(stop, *acts):
    """Let one act after the other go on until it waits for somebody, while `stop()` holds what they want in the end; then let go.

    So each holds what it took before, in a known order: acts that lock in opposite orders deadlock every time. Returns as
    `at_once`. PostgreSQL only.
    """
    outcomes = [None] * len(acts)
    threads = [threading.Thread(target=_do, args=(outcomes, number, act)) for number, act in enumerate(acts)]
    with transaction.atomic(), connection.cursor() as cursor:
        stop()
        for count, thread in enumerate(threads, start=1):
            thread.start()
            _until(cursor, count, WAITING)
    for thread in threads:
        thread.join()
    return outcomes


def no_writing(model):
    """Hold the table of `model` against writing, not against reading and locking rows, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {connection.ops.quote_name(model._meta.db_table)} IN SHARE MODE")


def all_before_the_write(model, *acts):
    """As `at_once`, but whoever is to write `model` waits until all are about to: each has read what was there before. PostgreSQL only."""
    outcomes = []
    with transaction.atomic(), connection.cursor() as cursor:
        no_writing(model)
        everybody = threading.Thread(target=lambda: outcomes.extend(at_once(*acts)))
        everybody.start()
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = %s::regclass"
        _until(cursor, len(acts), waiting, [model._meta.db_table])
    everybody.join()
    return outcomes


def _until(cursor, count, waiting, params=None):
    """Return when the query `waiting` counts so many sessions."""
    pause = threading.Event()
    for _ in range(int(PATIENCE / 0.02)):
        cursor.execute(waiting, params)
        if cursor.fetchone()[0] >= count:
            return
        pause.wait(0.02)
    raise AssertionError("not everybody came as far as the lock")


@contextmanager
def without(model, name):
    """Take a constraint away while the block runs: the control of a race that the constraint decides."""
    (constraint,) = [constraint for constraint in model._meta.constraints if constraint.name == name]
    with connection.schema_editor() as editor:
        editor.remove_constraint(model, constraint)
    try:
        yield
    finally:
        model.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(model, constraint)
