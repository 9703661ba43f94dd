"""Locks on names rather than rows, for what does not exist yet."""

import hashlib

from django.db import connection


def try_lock(name):
    """Take the lock called `name` until the transaction ends; return False when somebody else holds it.

    SQLite has one writer at a time: its transactions (IMMEDIATE) wait for each other before they get here.
    """
    if connection.vendor != "postgresql":
        return True
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        return cursor.fetchone()[0]
