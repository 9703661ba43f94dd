"""Scripts that send the same request at the same moment, on PostgreSQL (reliability.md T17, T21)."""

import itertools
from types import SimpleNamespace

import pytest
from django.db import transaction
from rest_framework.response import Response

from apps.accounts.choices import Role
from apps.core.locks import try_lock
from apps.ledger.api.once import once
from apps.ledger.api.problems import KeyTaken
from apps.platforms.models import Town
from tests import factories
from tests.ledger.api_contract import Script
from tests.racing import at_once, impatient

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
SCRIPTS = 8
BODY = {"code": "331199007", "name": "新设镇", "kind": "town"}


@pytest.fixture
def person(settings):
    settings.SESSION_PLACES = SCRIPTS
    return factories.person("office", Role.PER_MU)


@pytest.fixture
def numbered():
    """An act that gives its row the next number, as a ledger without a natural key of its own would."""
    numbers = itertools.count(1)

    def act():
        number = next(numbers)
        town = factories.town(f"新设镇{number}", code=f"331199{number:03d}")
        return Response({"id": town.pk}, status=201)

    return act


def test_without_a_key_every_request_acts(numbered):
    """The control: if this left one row, the test below would prove nothing."""
    at_once(*[numbered] * SCRIPTS)
    assert Town.objects.count() == SCRIPTS


def test_with_a_key_one_request_acts(person, numbered):
    def ask():
        request = SimpleNamespace(user=person, headers={"Idempotency-Key": "k1"}, data=BODY, get_full_path=lambda: "/api/ledgers/towns/")
        try:
            return once(request, numbered).content
        except KeyTaken:
            return None  # in flight

    assert len(set(at_once(*[ask] * SCRIPTS)) - {None}) == 1
    assert Town.objects.count() == 1


def test_eight_scripts_that_enter_one_row_get_one_answer(person):
    scripts = [Script(person, "/api/ledgers/towns/") for _ in range(SCRIPTS)]
    answers = at_once(*[lambda script=script: script("post", body=BODY, key="k1") for script in scripts])
    made = {answer.content for answer in answers if answer.status_code == 201}
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert (len(made), Town.objects.count()) == (1, 1)
    assert scripts[0]("post", body=BODY, key="k1").content in made


def test_a_request_in_flight_is_said_to_be_so(person):
    script = Script(person, "/api/ledgers/towns/")
    with transaction.atomic():
        assert try_lock(f"{person.pk} k1")
        [answer] = at_once(lambda: script("post", body=BODY, key="k1"))
    assert (answer.status_code, answer.json()["message"]) == (409, "同一 Idempotency-Key 的请求正在处理，请稍后用同一键重试。")
    assert script("post", body=BODY, key="k1").status_code == 201


def test_two_changes_at_one_version_are_one_change_and_one_refusal(person):
    town = factories.town("新设镇")
    one, two = (Script(person, f"/api/ledgers/towns/{town.pk}/") for _ in range(2))
    for version in range(1, 11):
        answers = at_once(
            lambda version=version: one("patch", body={"name": f"甲镇{version}"}, version=version),
            lambda version=version: two("patch", body={"code": f"331188{version:03d}"}, version=version),
        )
        assert sorted(answer.status_code for answer in answers) == [200, 412]
        town.refresh_from_db()
        assert (town.version, town.name == f"甲镇{version}") == (version + 1, answers[0].status_code == 200)


def test_a_row_somebody_holds_is_said_to_be_held(person):
    town = factories.town("新设镇")
    script = Script(person, f"/api/ledgers/towns/{town.pk}/")
    with transaction.atomic():
        Town.objects.select_for_update().get(pk=town.pk)
        [answer] = at_once(lambda: impatient(lambda: script("patch", body={"name": "甲镇"}, version=1)))
    assert (answer.status_code, answer.json()["message"]) == (409, "记录正在被他人处理，未保存任何内容，请稍后重试。")
