import gc

import hypothesis
import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import TransactionTestCase

from apps.journal import guards

pytest_plugins = ["tests.offices", "tests.standing"]

# No test is timed: a busy machine is not a fault.
hypothesis.settings.register_profile("office", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("office")


def pytest_addoption(parser):
    parser.addoption(
        "--write-routes", action="store_true", help="write tests/scope/routes.csv anew, to be reviewed (docs/adding-a-ledger.md)"
    )


def pytest_collection_finish():
    """What is loaded by now stays: without looking at it again and again the collector takes a tenth less of the suite's time."""
    gc.freeze()
    gc.set_threshold(100_000)


@pytest.fixture(autouse=True)
def fast_passwords(settings, tmp_path):
    """Hash cheaply and keep every file of a test in its own folder."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.API_RATE = None  # tests of the rate set one
    settings.VAR_DIR = tmp_path
    settings.STATIC_ROOT = tmp_path
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


@pytest.fixture(autouse=True)
def no_second_factor(settings):
    """Let administrators and approvers in with a password alone; tests/accounts/test_factor.py puts the rule back."""
    settings.SECOND_FACTOR_ROLES = []


@pytest.fixture(autouse=True)
def unhurried(settings):
    """Begin every test with no requests counted, and let no test count for another."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()


@pytest.fixture(autouse=True, scope="session")
def flush_past_the_guards():
    """A transactional test ends by emptying the tables, which the journal's triggers refuse: they are away meanwhile.

    Only tables with rows are emptied. Django's own flush truncates all of them and then announces a migration: ten times as long.
    """
    flush = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = lambda case: empty_tables()
    yield
    TransactionTestCase._fixture_teardown = flush


@transaction.atomic
def empty_tables():
    names = [connection.ops.quote_name(name) for name in connection.introspection.django_table_names(only_existing=True)]
    names = [name for name in names if "django_content_type" not in name]  # made by the migration, changed by nobody
    guards.remove(connection.alias)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in names))
        for (name,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {name}")  # the foreign keys are looked at when the transaction ends
    guards.install(connection.alias)
