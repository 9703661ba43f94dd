"""Locks on names rather than rows, for what does not exist yet; and what is said where a lock was not to be had."""

import hashlib
import sqlite3

from django.db import connection

HELD = "记录正在被他人处理，未保存任何内容，请稍后重试。"
LOCK_LOST = {"55P03", "40P01"}  # PostgreSQL: lock_not_available (lock_timeout), deadlock_detected


def is_held(error):
    """Say whether a database error means that somebody else holds what was wanted: waited for in vain, or given up in a deadlock.

    It may come wrapped, as the journal's Unavailable. To the person it is nothing out of order: he tries again.
    """
    while error is not None:
        busy = isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
        if busy or getattr(error, "sqlstate", None) in LOCK_LOST:
            return True
        error = error.__cause__
    return False


def try_lock(name):
    """Take the lock called `name` until the transaction ends; return False when somebody else holds it.

    SQLite has one writer at a time: its transactions (IMMEDIATE) wait for each other before they get here.
    """
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_number(name)])
        return cursor.fetchone()[0]


def lock(name):
    """Take the lock called `name` until the transaction ends, after whoever holds it; waiting in vain is as with a row (`is_held`)."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_number(name)])


def _number(name):
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
