"""Nothing is written without the form's token, and nothing by looking (reliability.md D4, T39)."""

import hashlib
from collections import Counter

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from apps.accounts.choices import Role
from apps.ledger import registry
from tests import factories as make
from tests.routes import every_path

pytestmark = pytest.mark.django_db
UNSAFE = ("post", "put", "patch", "delete")
JOURNAL = {"journal.JournalEntry", "journal.JournalHead", "journal.CountedRefusals"}  # exports, sign-ins and refusals are journalled
BESIDES = {"sessions.Session", *JOURNAL}


@pytest.fixture
def county():
    make.yearly(make.enterprise(platform=make.platform()))


@pytest.mark.deep
def test_every_route_refuses_what_writes_without_a_token(county):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make.person("clerk", Role.PER_MU))
    client.raise_request_exception = False
    paths = set(every_path())
    answers = Counter(getattr(client, method)(path).status_code for path in paths for method in UNSAFE)
    assert answers == {403: len(paths) * len(UNSAFE)}
    assert client.get(reverse("accounts:profile")).status_code == 200


def rows():
    """Return model -> hash of all its rows."""
    models = [model for model in apps.get_models() if model._meta.label not in BESIDES]
    return {
        model._meta.label: hashlib.sha256(repr(sorted(map(repr, model.objects.values_list()))).encode()).hexdigest() for model in models
    }


def looked_at():
    """Yield every address that needs no record: those without arguments, and those that name only a ledger."""
    yield from (path for path in every_path() if not {"1", "x", "enterprises"} & set(path.split("/")) and "-" not in path.split("/")[-2])
    for ledger in registry.all():
        yield from (reverse(f"ledger:{page}", args=[ledger.code]) for page in ("list", "create", "lookup"))
        if ledger.resource:
            yield from (reverse(f"exchange:{page}", args=[ledger.code]) for page in ("upload", "template", "export"))


@pytest.mark.deep
@pytest.mark.parametrize("role", [Role.PER_MU, Role.EVALUATOR, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
def test_looking_changes_nothing(county, client, role, settings):
    settings.PACE = dict.fromkeys(settings.PACE, "1000/m")  # every page at once
    client.force_login(make.person("someone", role))
    before = rows()
    codes = Counter(client.get(path).status_code for path in looked_at())
    assert rows() == before
    assert len(before) > 20
    assert codes[200] > 3
    assert set(codes) <= {200, 302, 403, 404, 405, 409}
