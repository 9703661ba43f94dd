"""Two officers decide at once: one wins, whatever the move (reliability finding 4, T15). The control shows what the lock prevents."""

from functools import partial

import pytest
from django.db import connection, transaction

from apps.accounts.choices import Role
from apps.core.actor import Actor
from apps.core.errors import Refused
from apps.land.models import LandCase
from apps.ledger import trail
from apps.ledger.history import writing
from apps.ledger.workflow import apply_move
from tests import factories
from tests.racing import at_once

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
OFFICERS, ROUNDS = 8, 25


def race(acts):
    """Return how many of the acts done at once were not refused, and the other errors."""
    outcomes = [outcome for outcome in at_once(*acts) if not isinstance(outcome, Refused)]
    errors = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    return len(outcomes) - len(errors), errors


def officers():
    return [Actor.of(factories.person(f"officer_{number}", Role.NATURAL)) for number in range(OFFICERS)]


def test_of_eight_who_decide_at_once_one_wins():
    people = officers()
    for _ in range(ROUNDS):
        case = factories.land_case()
        moves = ["verify", "return"] * (OFFICERS // 2)
        decide = partial(apply_move, record=case, version=1, comment="核对")
        acts = [partial(decide, move=move, actor=actor) for actor, move in zip(people, moves, strict=True)]
        assert race(acts) == (1, [])
        case.refresh_from_db()
        assert (case.version, case.history.count(), list(trail.of(case).values_list("number", flat=True))) == (2, 2, [0, 1])


def move_without_the_lock(case, state):
    """What a plain transaction does: read, look at the state, write."""
    with transaction.atomic():
        row = LandCase.objects.get(pk=case.pk)
        if row.state != "draft":
            raise Refused("已办理")
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.005)")
        row.state = state
        with writing():
            row.save()


def test_without_the_lock_several_win():
    """The control: a plain transaction lets several officers through in nearly every round."""
    doubled = 0
    for _ in range(ROUNDS):
        case = factories.land_case()
        won, _ = race([partial(move_without_the_lock, case, state) for state in ["verified", "returned"] * 4])
        doubled += won > 1
    assert doubled >= ROUNDS * 0.95
