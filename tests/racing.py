"""Many who act at the same moment, for the race tests."""

import os
import threading
from contextlib import contextmanager

from django.db import connection, transaction

PATIENCE = 2.5  # seconds; below the house's lock_timeout
LONG = int(os.environ.get("RACE_ROUNDS", 0))  # `make races` lets every race run so many rounds; 0: the short ones of every build


def rounds(short):
    """Return how many rounds a race takes: `short` in every build, RACE_ROUNDS where that is set."""
    return LONG or short


def at_once(*acts):
    """Do all acts at the same moment, each on its own connection; return what each returned or raised, in their order."""
    start, outcomes = threading.Barrier(len(acts)), [None] * len(acts)

    def do(number, act):
        try:
            connection.ensure_connection()  # so that nobody comes late for want of one
            start.wait()
            outcomes[number] = act()
        except Exception as error:
            outcomes[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def all_before_the_write(model, *acts):
    """As `at_once`, but whoever is to write `model` waits until all are about to: each has read what was there before. PostgreSQL only."""
    outcomes = []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {connection.ops.quote_name(model._meta.db_table)} IN SHARE MODE")  # reading is free, writing is not
        everybody = threading.Thread(target=lambda: outcomes.extend(at_once(*acts)))
        everybody.start()
        _until_waiting(cursor, model, len(acts))
    everybody.join()
    return outcomes


def _until_waiting(cursor, model, count):
    """Return when so many sessions wait for the table."""
    pause, waiting = threading.Event(), "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = %s::regclass"
    for _ in range(int(PATIENCE / 0.02)):
        cursor.execute(waiting, [model._meta.db_table])
        if cursor.fetchone()[0] >= count:
            return
        pause.wait(0.02)
    raise AssertionError("not everybody came as far as the write")


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
