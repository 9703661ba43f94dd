import datetime as dt

import pytest
from django.urls import reverse

from apps.accounts.choices import Role
from apps.core import clock
from apps.journal.models import JournalEntry
from tests.factories import person

PASSWORD = "Jinyun-2021!"  # what factories.person gives everybody


@pytest.fixture
def secadmin(db):
    return person("secadmin", Role.SECURITY_ADMIN)


@pytest.fixture
def sysadmin(db):
    return person("sysadmin", Role.SYSTEM_ADMIN)


@pytest.fixture
def clerk(db):
    return person("clerk", Role.PER_MU)


@pytest.fixture
def sign_in(client):
    """Return a function that signs in through the page and returns the answer."""

    def post(username, password=PASSWORD, **extra):
        return client.post(reverse("accounts:sign-in"), {"username": username, "password": password}, **extra)

    return post


@pytest.fixture
def later(monkeypatch):
    """Stop the clock and return a function that moves it forward from there."""
    start = clock.now()

    def move(**delta):
        monkeypatch.setattr(clock, "now", lambda: start + dt.timedelta(**delta))

    move()
    return move


@pytest.fixture
def journal(db):
    """Return a function that lists the acts of the journal, oldest first, as (act, target, result)."""
    return lambda: list(JournalEntry.objects.order_by("seq").values_list("act", "target", "result"))
