"""Eight people decide at once: one wins, whatever the move of whatever ledger (reliability finding 4, T15).

The control shows what the lock prevents.
"""

from functools import partial

import pytest
from django.db import connection, transaction

from apps.core.actor import Actor
from apps.core.errors import Refused
from apps.ledger import trail
from apps.ledger.history import writing
from apps.ledger.moves import BACK
from apps.ledger.workflow import apply_move
from tests.racing import at_once, rounds
from tests.ways import DAY, EDGES, WAYS

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
OFFICERS, ROUNDS = 8, rounds(1)  # of each edge


@pytest.fixture(autouse=True)
def office_day(settings):
    settings.OFFICE_TODAY = DAY


def people_of(way):
    """Return for each role that makes moves as many people as there may be in a race."""
    return {role: [Actor.of(way.person(f"{role}_{number}", role)) for number in range(OFFICERS)] for role in way.posts}


def race(acts):
    """Return how many of the acts done at once were not refused, and the other errors."""
    outcomes = [outcome for outcome in at_once(*acts) if not isinstance(outcome, Refused)]
    errors = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    return len(outcomes) - len(errors), errors


@pytest.mark.parametrize("code", WAYS)
def test_of_eight_who_decide_at_once_one_wins(code):
    """On every edge: half of them make this move, the others whatever else leads on from here."""
    way = WAYS[code]
    people = people_of(way)
    for state, move in [(state, move) for of, state, move in EDGES if of is way] * ROUNDS:
        record = way.record_in(state)
        other = next((step.code for step in way.flow.moves_from(state) if step.code != move), move)
        for wanted in (move, other):
            way.prepare(record, wanted)
        codes = [move, other] * (OFFICERS // 2)
        acts = [
            partial(apply_move, **way.call(record, wanted), actor=people[way.role_for(wanted)][number])
            for number, wanted in enumerate(codes)
        ]
        version, histories, steps = record.version, record.history.count(), trail.of(record).count()
        assert race(acts) == (1, []), (state, move)
        record.refresh_from_db()
        numbers = list(trail.of(record).values_list("number", flat=True))
        assert (record.version, record.history.count(), numbers) == (version + 1, histories + 1, list(range(steps + 1))), (state, move)


def move_without_the_lock(record, source, target):
    """What a plain transaction does: read, look at the state, write."""
    with transaction.atomic():
        row = type(record).objects.get(pk=record.pk)
        if row.state != source:
            raise Refused("已办理")
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.02)")
        row.state = target
        with writing():
            row.save()


def test_without_the_lock_several_win():
    """The control: a plain transaction lets several people through in nearly every round, on every edge."""
    doubled, records = 0, {way.code: way.make(Actor.system("测试")) for way in WAYS.values()}
    for way, state, move in EDGES * ROUNDS:
        record, target = records[way.code], way.flow.move(move).target
        with writing():
            type(record).objects.filter(pk=record.pk).update(state=state)
        if target in (BACK, state):
            target = next(other for other in way.flow.states if other != state)
        won, errors = race([partial(move_without_the_lock, record, state, target)] * OFFICERS)
        assert errors == []
        doubled += won > 1
    assert doubled >= 0.95 * len(EDGES) * ROUNDS
