"""How a record of every ledger with a workflow is made in a test and led along its table of moves."""

import datetime as dt
import itertools
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Model

from apps.accounts.choices import Role
from apps.accounts.models import Post
from apps.accounts.rights import RIGHTS
from apps.assessments import services as assessments
from apps.core import clock
from apps.ledger import papers, registry
from apps.ledger.moves import BACK
from apps.ledger.workflow import apply_move
from tests import factories

DAY = dt.date(2021, 10, 15)  # the office's day: set OFFICE_TODAY to it
APART = dt.timedelta(weeks=2)  # moves that lead a record on: what must wait some working days has waited
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Way:
    """How to walk the table of moves of one ledger.

    make: actor -> a new record.  posts: role -> function that returns the scope of its post; together they may make every move.
    given: function that returns move -> values of the fields it asks for.  first: move -> what is done to the record before it.
    """

    code: str
    make: Callable
    posts: dict
    given: Callable
    first: dict

    @property
    def ledger(self):
        return registry.get(self.code)

    @property
    def flow(self):
        return self.ledger.workflow

    def role_for(self, code):
        """Return a role that may make the move `code`."""
        return next(role for role in self.posts if code in RIGHTS[self.code][role])

    def person(self, name, *roles):
        """Return somebody with a post for each of the roles."""
        user = factories.person(name)
        for role in dict.fromkeys(roles):
            Post.objects.create(user=user, role=role, start=dt.date(2018, 1, 1), **self.posts[role]())
        return user

    def typed(self, code):
        """Return what a move asks for as a person or a script sends it."""
        values = self.given().get(code, {})
        return {name: value.pk if isinstance(value, Model) else str(value) for name, value in values.items()}

    def prepare(self, record, code):
        """Do what must be done before the move: papers put in, a score computed."""
        for slot in self.flow.move(code).papers:
            if record.state in self.flow.slot(slot).states:
                papers.add(record=record, slot=slot, name="a.pdf", content=b"%PDF-", actor=factories.SYSTEM)
        if code in self.first:
            self.first[code](record)
        record.refresh_from_db()

    def call(self, record, code):
        """Return the arguments of a move at the record's present version."""
        return {"record": record, "move": code, "version": record.version, "comment": "意见", "values": self.given().get(code, {})}

    def lead(self, record, state):
        """Bring a record on to `state` by the shortest way, the last move a fortnight ago; nobody in particular makes them."""
        path = self._path(record.state, state)
        for left, code in zip(range(len(path), 0, -1), path, strict=True):
            with clock.on(DAY - left * APART):
                self.prepare(record, code)
                apply_move(**self.call(record, code), actor=factories.SYSTEM)
            record.refresh_from_db()
        return record

    def record_in(self, state):
        return self.lead(self.make(factories.SYSTEM), state)

    def _path(self, start, goal):
        """Return the codes of the moves of the shortest way between two states."""
        found, queue = {start: []}, deque([start])
        while goal not in found:
            state = queue.popleft()
            for move in self.flow.moves_from(state):
                if move.target != BACK and move.target not in found:
                    found[move.target] = [*found[state], move.code]
                    queue.append(move.target)
        return found[goal]


def _round(actor):
    """Return a round of a scheme of its own, with one unit and one indicator."""
    scheme = factories.scheme(code=f"way{next(_numbers)}")
    unit, indicator = factories.unit(of=factories.group(of=scheme)), factories.indicator(of=scheme)
    factories.target(of=unit, on=indicator)
    return assessments.open_round(scheme=scheme, quarter=3, actor=actor)


def _scored(round):
    assessments.recalculate(round=round, actor=factories.SYSTEM)


CASE = Way(
    "land-cases",
    make=factories.land_case,
    posts={Role.PARK: lambda: {"platform": factories.platform()}, Role.NATURAL: dict},
    given=lambda: {
        "plan": {
            "disposal": "supply",
            "plan_text": "方案",
            "responsible": factories.organisation(),
            "deadline": dt.date(2021, 12, 31),
        },
        "approve": {"plan_number": "文号"},
        "report": {"disposed_area": 1, "disposed_on": dt.date(2021, 6, 1), "result": "已供"},
        "ask_extension": {"extension_to": dt.date(2030, 1, 1)},
        "reassign": {"responsible": factories.organisation()},
        "reclassify": {"land_class": "unsupplied"},
    },
    first={},
)
INSTRUCTION = Way(
    "instructions",
    make=factories.instruction,
    posts={
        Role.NATURAL: lambda: {"organisation": factories.organisation()},
        Role.CHAIN_CHIEF: lambda: {"industry": factories.industry()},
    },
    given=lambda: {"answer": {"feedback": "已列入供地计划"}, "ask_extension": {"extension_to": dt.date(2100, 12, 31)}},
    first={},
)
ROUND = Way(
    "assessment-rounds",
    make=_round,
    posts={Role.EVALUATOR: dict, Role.APPROVER: dict},
    given=lambda: {"publish": {"bulletin_number": "缙考办〔2021〕3号"}},
    first={"submit": _scored},
)
WAYS = {way.code: way for way in (CASE, INSTRUCTION, ROUND)}
EDGES = [(way, state, move.code) for way in WAYS.values() for state in way.flow.states for move in way.flow.moves_from(state)]
