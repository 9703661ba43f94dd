"""Eight scripts send the same request at the same moment (reliability.md T17, T21), on PostgreSQL."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from apps.accounts.choices import Role
from apps.core.locks import try_lock
from apps.enterprises.models import LandOccupation
from apps.ledger.models import Answer
from apps.platforms.models import Town
from tests import factories
from tests.ledger.api_contract import Script

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
SCRIPTS = 8


def at_once(requests):
    """Send every request at the same moment, each from its own session and connection; return the answers."""
    together = threading.Barrier(len(requests))

    def send(request):
        try:
            together.wait()
            return request()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(send, requests))


@pytest.fixture
def person():
    return factories.person("office", Role.PER_MU)


def occupations(person, keys):
    """Return requests that enter land; only the start tells them apart, which the database does not compare across rows."""
    firm, parcel = factories.enterprise(), factories.parcel(area=1000)
    body = {"enterprise": firm.pk, "parcel": parcel.pk, "kind": "leased", "area": "10"}
    scripts = [Script(person, "/api/ledgers/land-occupation/") for _ in keys]
    return [
        lambda script=script, key=key, day=day: script("post", body=body | {"start": f"2015-01-{day:02d}"}, key=key)
        for day, (script, key) in enumerate(zip(scripts, keys, strict=True), start=1)
    ]
