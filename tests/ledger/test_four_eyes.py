"""Who made a step does not make the one that checks it (四眼): by page and over the API, in whichever of his posts (T18)."""

import datetime as dt

import pytest
from django.urls import reverse

from apps.core.actor import Actor
from apps.ledger import registry
from apps.ledger.moves import CREATE
from tests.ledger.api_contract import Script
from tests.ledger.contract import signed_in
from tests.ways import APART, DAY, WAYS

pytestmark = pytest.mark.django_db

# Which move checks which earlier ones, in a tuple those that take each other's place: written down a second time and by hand.
CHECKS = {
    "land-cases": {"verify": ((CREATE, "resubmit"),), "approve": ("plan",), "accept": ("report",), "extend": ("ask_extension",)},
    "instructions": {"confirm": ("answer",), "extend": ("ask_extension",)},
    "assessment-rounds": {"score": ("submit",), "approve": ("submit", "score", "recheck")},
}
CHECKED = [(code, later, checked) for code, moves in CHECKS.items() for later, steps in moves.items() for checked in steps]
PAIRS = [(code, earlier, later) for code, later, step in CHECKED for earlier in (step if isinstance(step, tuple) else (step,))]


@pytest.fixture(autouse=True)
def office_day(settings):
    settings.OFFICE_TODAY = DAY


def by_page(client, way, record, code):
    """Press the button of a move and send its form; return what it is refused with, nothing where it was made."""
    page = reverse("ledger:move", args=[way.code, record.pk, code])
    answer = client.post(page, {"version": record.version, "comment": "意见", **way.typed(code)})
    return "" if answer.status_code == 302 else "".join(answer.context["form"].non_field_errors())


def by_api(client, way, record, code):
    script = Script(path=f"/api/ledgers/{way.code}/{record.pk}/moves/{code}/")
    script.client = client
    answer = script("post", body={"comment": "意见", **way.typed(code)}, version=record.version)
    return "" if answer.status_code == 200 else answer.json()["message"]


def make_move(door, user, way, record, code):
    """Let somebody make a move in the post he holds for it; return what he is told and the state afterwards."""
    client = signed_in(user)
    client.post(reverse("accounts:act"), {"post": user.posts.get(role=way.role_for(code)).pk})
    told = door(client, way, record, code)
    record.refresh_from_db()
    return told, record.state


@pytest.mark.parametrize("door", [by_page, by_api])
@pytest.mark.parametrize(("code", "earlier", "later"), PAIRS)
def test_nobody_checks_his_own_step(door, code, earlier, later, settings):
    way = WAYS[code]
    step, check = way.flow.move(earlier), way.flow.move(later)
    role = way.role_for(later)
    if step is None:
        person = way.person("both", role)
        record = way.make(Actor.of(person))
    else:
        person = way.person("both", way.role_for(earlier), role)
        record = way.record_in(step.source[-1])
        way.prepare(record, earlier)
        assert make_move(door, person, way, record, earlier)[0] == ""
    way.lead(record, check.source[0])
    way.prepare(record, later)
    settings.OFFICE_TODAY = DAY + (APART if check.after else dt.timedelta())
    before, kept = record.version, record.state
    refused = f"“{step.label if step else '登记'}”由您本人办理，“{check.label}”应由他人办理。"
    assert make_move(door, person, way, record, later) == (refused, kept)
    assert record.version == before
    told, state = make_move(door, way.person("other", role), way, record, later)
    assert (told, state != kept, record.version) == ("", True, before + 1)


def test_every_table_of_moves_is_walked_and_checks_what_stands_above():
    tables = {ledger.code: ledger.workflow.moves for ledger in registry.all() if ledger.workflow}
    assert set(WAYS) == set(tables)
    assert {code: {move.code: move.other_than for move in moves if move.other_than} for code, moves in tables.items()} == CHECKS
