"""Eight officers decide at once: one wins, whatever the move (reliability finding 4, T15). The control shows what the lock prevents."""

import datetime as dt
from functools import partial

import pytest
from django.db import connection, transaction

from apps.accounts.choices import Role
from apps.accounts.rights import RIGHTS
from apps.core.actor import Actor
from apps.core.errors import Refused
from apps.land.models import LandCase
from apps.land.workflow import DISPOSAL
from apps.ledger import papers, trail
from apps.ledger.history import writing
from apps.ledger.workflow import apply_move
from tests import factories
from tests.land.machine import EDGES, SLOTS
from tests.racing import at_once, rounds

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
OFFICERS, ROUNDS = 8, rounds(1)  # of each edge
WAY = {  # how a case comes into a state
    "draft": "",
    "returned": "return",
    "verified": "verify",
    "planned": "verify plan",
    "approved": "verify plan approve",
    "in_progress": "verify plan approve start",
    "extension": "verify plan approve start ask_extension",
    "to_accept": "verify plan approve start report",
    "frozen": "verify freeze",
}
ALL_EDGES = [(state, code) for state in WAY for code in EDGES[state]]


@pytest.fixture(autouse=True)
def office_day(settings):
    settings.OFFICE_TODAY = dt.date(2021, 10, 15)


def asked(code):
    plan = {"disposal": "supply", "plan_text": "方案", "responsible": factories.organisation(), "deadline": dt.date(2021, 12, 31)}
    report = {"disposed_area": 1, "disposed_on": dt.date(2021, 10, 1), "result": "已供"}
    given = {"plan": plan, "report": report, "approve": {"plan_number": "文号"}, "ask_extension": {"extension_to": dt.date(2030, 1, 1)}}
    return given.get(code, {"land_class": "unsupplied"} if code == "reclassify" else {})


def prepare(case, code):
    """Put in the paper a move asks for; return the move, to be made by somebody at the case's present version."""
    if code in SLOTS and case.state in DISPOSAL.slot(SLOTS[code]).states:
        papers.add(record=case, slot=SLOTS[code], name="a.pdf", content=b"%PDF-", actor=factories.SYSTEM)
    return partial(apply_move, record=case, move=code, version=case.version, comment="意见", values=asked(code))


def case_in(state):
    case = factories.land_case()
    for code in WAY[state].split():
        case = prepare(case, code)(actor=factories.SYSTEM)
    return case


def officers():
    """Return for each role that handles land cases as many people as there may be in a race."""
    park = factories.platform()
    place = {Role.PARK: {"platform": park}, Role.NATURAL: {}}
    return {
        role: [Actor.of(factories.person(f"{role}_{number}", role, **scope)) for number in range(OFFICERS)] for role, scope in place.items()
    }


def of_right(people, code):
    return next(actors for role, actors in people.items() if code in RIGHTS["land-cases"][role])


def race(acts):
    """Return how many of the acts done at once were not refused, and the other errors."""
    outcomes = [outcome for outcome in at_once(*acts) if not isinstance(outcome, Refused)]
    errors = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    return len(outcomes) - len(errors), errors


def test_of_eight_who_decide_at_once_one_wins():
    """On every edge: half of them make this move, the others whatever else leads on from here."""
    people = officers()
    for state, code in ALL_EDGES * ROUNDS:
        case = case_in(state)
        codes = [code, next((other for other in EDGES[state] if other != code), code)] * (OFFICERS // 2)
        acts = [partial(prepare(case, code), actor=of_right(people, code)[number]) for number, code in enumerate(codes)]
        before = case.version
        assert race(acts) == (1, []), (state, code)
        case.refresh_from_db()
        numbers = list(trail.of(case).values_list("number", flat=True))
        assert (case.version, case.history.count(), numbers) == (before + 1, before + 1, list(range(before + 1))), (state, code)


def move_without_the_lock(case, source, target):
    """What a plain transaction does: read, look at the state, write."""
    with transaction.atomic():
        row = LandCase.objects.get(pk=case.pk)
        if row.state != source:
            raise Refused("已办理")
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.02)")
        row.state = target
        with writing():
            row.save()


def test_without_the_lock_several_win():
    """The control: a plain transaction lets several officers through in nearly every round, on every edge."""
    doubled, case = 0, factories.land_case()
    for state, code in ALL_EDGES * ROUNDS:
        with writing():
            LandCase.objects.filter(pk=case.pk).update(state=state)
        target = next(other for other in WAY if other != state)
        won, errors = race([partial(move_without_the_lock, case, state, EDGES[state][code] or target)] * OFFICERS)
        assert errors == []
        doubled += won > 1
    assert doubled >= 0.95 * len(ALL_EDGES) * ROUNDS
