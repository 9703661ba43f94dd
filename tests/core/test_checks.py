"""SQLite starts only as it was proved safe (reliability finding 5)."""

import pytest
from django.core.checks import run_checks

from apps.core.checks import sqlite_is_safe

pytestmark = pytest.mark.filterwarnings("ignore:Overriding setting DATABASES")  # the check reads the setting only
SAFE = {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL"}


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({}, []),
        ({"timeout": 60}, []),
        ({"transaction_mode": "DEFERRED"}, ["core.E001"]),
        ({"init_command": "PRAGMA synchronous=FULL"}, ["core.E002"]),
        ({"timeout": 5}, ["core.E003"]),
    ],
)
def test_options(settings, change, errors):
    settings.DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "OPTIONS": SAFE | change}}
    assert [error.id for error in sqlite_is_safe()] == errors


def test_djangos_defaults_are_refused(settings):
    settings.DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3"}}
    assert [error.id for error in run_checks() if error.id.startswith("core.")] == ["core.E001", "core.E002", "core.E003"]


def test_this_installation_is_safe():
    assert sqlite_is_safe() == []
