import hypothesis
import pytest
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase

from apps.journal import guards

pytest_plugins = ["tests.offices"]

# No test is timed: a busy machine is not a fault.
hypothesis.settings.register_profile("office", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("office")


def pytest_addoption(parser):
    parser.addoption(
        "--write-routes", action="store_true", help="write tests/scope/routes.csv anew, to be reviewed (docs/adding-a-ledger.md)"
    )


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
    """A transactional test ends by emptying every table, which the journal's triggers refuse; post_migrate puts them back."""
    flush = TransactionTestCase._fixture_teardown

    def teardown(case):
        guards.remove(connection.alias)
        flush(case)

    TransactionTestCase._fixture_teardown = teardown
    yield
    TransactionTestCase._fixture_teardown = flush
