"""Rows made once for all tests of a module, each of which finds them as they were made."""

from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import transaction
from django.test import override_settings

PLAIN = {"PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"], "SECOND_FACTOR_ROLES": [], "PACE": {}}


@contextmanager
def taken_back():
    """Undo whatever happens inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def standing(django_db_setup, django_db_blocker, tmp_path_factory):
    """Let fixtures of the module write to the database, for all its tests; return the folder of their files.

    A test that wants an empty database belongs into another module. Hand a test copies of the objects: it may change them.
    """
    files = Path(tmp_path_factory.mktemp("files"))
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=files, **PLAIN), taken_back():
        yield files
