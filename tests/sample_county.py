"""The loaded sample county for tests: loaded once a session, put back in a moment for every module that asks."""

import datetime as dt
import sqlite3
import tempfile
from contextlib import contextmanager
from pathlib import Path

from django.core.management import call_command
from django.db import connection
from django.test import override_settings

from apps.core.actor import Actor
from apps.journal import guards
from apps.sample.services import load_sample

TODAY = dt.date(2021, 10, 15)
_kept = {}  # "empty" and "full": copies of the database; "folder": the VAR_DIR with the sign-in file


@contextmanager
def load_once(django_db_blocker):
    """Fill the test database with the sample county, yield the VAR_DIR it was loaded with, and empty it again.

    For a module-scoped fixture (with `django_db_setup`); a test then works in its own transaction as always. On SQLite
    the second module gets a copy of what the first one loaded.
    """
    with django_db_blocker.unblock():
        if "full" in _kept:
            _restore(_kept["full"])
        else:
            _load()
    yield _kept["folder"]
    with django_db_blocker.unblock():
        if "empty" in _kept:
            _restore(_kept["empty"])
        else:
            guards.remove(connection.alias)
            call_command("flush", verbosity=0, interactive=False)


def _load():
    _kept["folder"] = Path(tempfile.mkdtemp(prefix="sample-county-"))
    embedded = connection.vendor == "sqlite"
    if embedded:
        _kept["empty"] = _copy()
    cheap = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with override_settings(PASSWORD_HASHERS=cheap, VAR_DIR=_kept["folder"], OFFICE_TODAY=TODAY):
        load_sample(actor=Actor.system("load_sample"))
    if embedded:
        _kept["full"] = _copy()


def _copy():
    connection.ensure_connection()
    copy = sqlite3.connect(":memory:")
    connection.connection.backup(copy)
    return copy


def _restore(copy):
    connection.ensure_connection()
    copy.backup(connection.connection)
