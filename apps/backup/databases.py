"""A second connection beside the office's own: to a copy, to a fresh database, or to one moment of the same one."""

import copy
from contextlib import contextmanager

from django.db import connections, transaction


@contextmanager
def opened(alias, **changes):
    """Yield the alias of a connection like the default one with `changes` to its settings, and forget it afterwards.

    The time limits of pages and SQLite's WAL are left out: a dump takes longer, a copy is a single file.
    """
    own = connections["default"]
    connections.settings[alias] = {**copy.deepcopy(own.settings_dict), "OPTIONS": {}, "CONN_MAX_AGE": 0, **changes}
    try:
        yield alias
    finally:
        if hasattr(connections._connections, alias):
            connections[alias].close()
            del connections[alias]
        del connections.settings[alias]


@contextmanager
def snapshot():
    """Yield the alias of a connection that sees the office's database as it is at this moment, whoever goes on writing."""
    with opened("snapshot") as alias, transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        if connections[alias].vendor == "postgresql":
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        else:
            cursor.execute("SELECT count(*) FROM sqlite_master")  # SQLite's moment is that of the first read
        yield alias
