"""The assessment round against a model of it in plain Python: what people may try, and what must be so after every step (T16)."""

import datetime as dt
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from apps.accounts.choices import Role
from apps.accounts.rights import RIGHTS
from apps.assessments import services as assessments
from apps.assessments.models import AssessmentValue
from apps.core import clock
from apps.core.actor import Actor
from apps.core.errors import Refused
from apps.jobs.services import run_here
from apps.journal.models import JournalEntry
from apps.journal.selectors import verify
from apps.ledger import papers, services, trail
from apps.ledger.workflow import apply_move
from tests import factories

# The model: what leads where, written down a second time and by hand.
EDGES = {
    "draft": {"open": "filling"},
    "filling": {"submit": "checking"},
    "checking": {"return": "filling", "score": "scored"},
    "scored": {"recheck": "recheck", "reopen": "checking"},
    "recheck": {"reopen": "checking", "approve": "approved"},
    "approved": {"publish": "published"},
    "published": {"correct": "checking", "file": "filed"},
    "filed": {},
}
CHECKS = {"score": ("submit",), "approve": ("submit", "score", "recheck")}
FRESH = ("submit", "score")  # moves that need a score of the values of now, and a file for what exceeds its target
OPEN = ("draft", "filling", "checking")  # evidence is put in and withdrawn, scores are made
TARGET = 30  # of the typed value
CODES = sorted({code for moves in EDGES.values() for code in moves})
ACTS = ["move"] * 12 + ["recalculate"] * 3 + ["fill"] * 2 + ["put_in", "withdraw", "report", "set_due", "wait"]  # most lead on
PEOPLE = st.integers(0, 3)  # two evaluators, the supervisor, the approver
SELDOM = st.integers(0, 5).map(lambda number: number == 0)
AMOUNTS = st.sampled_from([Decimal(1), Decimal(2), Decimal(31)])  # few, so that old values come back
FIRST_DAY, APART = dt.date(2021, 3, 1), dt.timedelta(weeks=2)  # a wait is longer than a recheck, holidays in between or not


class RoundMachine(RuleBasedStateMachine):
    """A round with one unit: a value that is typed and one that is fed by what its firm reports."""

    @initialize()
    def open(self):
        roles = {"office_a": Role.EVALUATOR, "office_b": Role.EVALUATOR, "supervisor": Role.SUPERVISOR, "head": Role.APPROVER}
        self.people = [factories.person(name, role) for name, role in roles.items()]
        unit = factories.unit()
        for code, feed in (("typed", ""), ("fed", "output")):
            factories.target(of=unit, on=factories.indicator(code, feed=feed))
        self.fact = factories.monthly(factories.enterprise(), 2021, 9, output=Decimal(10_000))
        self.round = assessments.open_round(scheme=factories.scheme(), quarter=3, actor=factories.SYSTEM)
        self.day, self.state, self.version, self.line = FIRST_DAY, "draft", 1, [("create", None)]
        self.due = self.rechecked_on = None
        self.facts, self.values, self.versions = Decimal(1), {"typed": None, "fed": None}, {"typed": 1, "fed": 1}
        self.paper, self.held = None, []  # the file the typed value names; all that are not withdrawn
        self.authors = set()  # who typed a value, at any time
        self.scored = []  # the values of every computation, in their order

    def value(self, code):
        return AssessmentValue.objects.get(round=self.round, indicator__code=code)

    @property
    def is_fresh(self):
        return bool(self.scored) and self.scored[-1] == self.values

    @property
    def is_proved(self):
        actual = self.values["typed"]
        return actual is None or actual <= TARGET or self.paper in self.held

    def attempt(self, who, possible, act):
        """Let a person do `act(actor)`; it must succeed exactly when `possible`. Say whether it did."""
        try:
            with clock.on(self.day):
                act(Actor.of(self.people[who]))
        except Refused as refusal:
            assert not possible, (self.state, self.people[who].username, str(refusal))
        else:
            assert possible, (self.state, self.people[who].username)
        self.round.refresh_from_db()
        return possible

    @rule(act=st.sampled_from(ACTS), who=PEOPLE, data=st.data(), seldom=SELDOM)
    def somebody(self, act, who, data, seldom):
        getattr(self, act)(who, data, seldom)

    # --- what people do ---------------------------------------------------------------------------------------

    def may_move(self, who, code):
        """Say whether the model lets a person make the move now."""
        user = self.people[who]
        if code not in EDGES[self.state] or code not in RIGHTS["assessment-rounds"][user.role]:
            return False
        last = {move: by for move, by in self.line if move in CHECKS.get(code, ())}
        if code in CHECKS and user.pk in self.authors:
            return False
        waited = code != "approve" or self.day > self.rechecked_on
        return user.pk not in last.values() and waited and (code not in FRESH or (self.is_fresh and self.is_proved))

    def move(self, who, data, stale):
        """Somebody tries something, mostly who may what leads on; one time in six with a version that is no longer the row's."""
        code = data.draw(st.sampled_from(sorted(EDGES[self.state]) * 10 + CODES))
        able = [one for one in range(len(self.people)) if self.may_move(one, code)]
        if able and not data.draw(SELDOM):
            who = data.draw(st.sampled_from(able))
        values = {"bulletin_number": "缙考办〔2021〕3号"} if code == "publish" else {}
        given = {"record": self.round, "move": code, "version": self.version - stale, "comment": "意见", "values": values}
        if not self.attempt(who, self.may_move(who, code) and not stale, lambda actor: apply_move(actor=actor, **given)):
            return
        self.state = EDGES[self.state][code]
        self.line.append((code, self.people[who].pk))
        self.version += 1
        if code == "recheck":
            self.rechecked_on, self.due = self.day, self.round.due
            assert dt.timedelta() < self.due - self.day < APART

    def recalculate(self, who, data, seldom):
        """A computation is asked for and made; once the round was checked its score stands."""

        def compute(actor):
            assert run_here(assessments.request_recalculation(round=self.round, actor=actor).pk).state == "done"

        if self.attempt(who, self.state in OPEN, compute):
            if self.values["fed"] != self.facts:
                self.values["fed"] = self.facts
                self.versions["fed"] += 1
            self.scored.append(dict(self.values))
            self.version += 1

    def fill(self, who, data, stale):
        """The evaluator types a value while the round takes values, and names a file or none."""
        wanted, value, paper = data.draw(AMOUNTS), self.value("typed"), data.draw(st.sampled_from([None, *self.held]))
        values = {"actual": wanted, "evidence": "报送表", "paper": paper}
        given = {"value": value, "values": values, "version": value.version - stale}
        possible = self.state in ("draft", "filling") and not stale
        before = (self.values["typed"], self.paper)
        if self.attempt(who % 2, possible, lambda actor: assessments.fill(actor=actor, **given)) and before != (wanted, paper):
            self.values["typed"], self.paper = wanted, paper
            self.authors.add(self.people[who % 2].pk)
            self.versions["typed"] += 1

    def put_in(self, who, data, seldom):
        """The evaluator puts in an evidence file."""
        given = {"record": self.round, "slot": "evidence", "name": "a.pdf", "content": b"%PDF-"}
        made = []
        if self.attempt(who % 2, self.state in OPEN, lambda actor: made.append(papers.add(actor=actor, **given))):
            self.held += made

    def withdraw(self, who, data, seldom):
        """The evaluator withdraws the last one, named or not."""
        if not self.held:
            return
        given = {"record": self.round, "paper": self.held[-1], "reason": "传错"}
        if self.attempt(who % 2, self.state in OPEN, lambda actor: papers.withdraw(actor=actor, **given)):
            self.held.pop()

    def report(self, who, data, seldom):
        """The firm's figure of the month is corrected; the round learns of it at its next computation."""
        self.facts = data.draw(AMOUNTS)
        values = {"output": self.facts * 10_000}
        self.fact = services.change(record=self.fact, values=values, version=self.fact.version, actor=factories.SYSTEM)

    def set_due(self, who, data, stale):
        """The evaluator gives the units another day; open only until they reported."""
        wanted = self.day + dt.timedelta(days=data.draw(st.integers(30, 60)))
        given = {"record": self.round, "values": {"due": wanted}, "version": self.version - stale}
        possible = not stale and (self.state in ("draft", "filling") or wanted == self.due)
        if self.attempt(who % 2, possible, lambda actor: services.change(actor=actor, **given)) and wanted != self.due:
            self.due = wanted
            self.version += 1

    def wait(self, who, data, seldom):
        self.day += APART

    # --- what is so at any time -------------------------------------------------------------------------------

    @invariant()
    def both_are_alike(self):
        if not hasattr(self, "scored"):
            return
        self.round.refresh_from_db()
        assert (self.round.state, self.round.due, self.round.version) == (self.state, self.due, self.version)
        assert self.round.history.count() == self.version
        for code, actual in self.values.items():
            value = self.value(code)
            assert value.paper == (self.paper if code == "typed" else None)
            assert (value.actual, value.version, value.history.count()) == (actual, self.versions[code], self.versions[code])
        self.scores_are_those_of_their_day()
        entries = list(trail.of(self.round))
        assert [(entry.move, entry.user_id) for entry in entries] == self.line
        assert [entry.number for entry in entries] == list(range(len(self.line)))
        assert all(before.target == after.source for before, after in zip(entries, entries[1:], strict=False))
        acts = [JournalEntry.objects.filter(act=act).count() for act in ("办理", "考核计分")]
        assert acts == [len(self.line) - 1, len(self.scored)]

    def scores_are_those_of_their_day(self):
        """Every computation stays as it was made, equal values gave equal results, the round points at the last."""
        made = list(self.round.computations.order_by("number"))
        assert [computation.number for computation in made] == list(range(1, len(self.scored) + 1))
        assert self.round.current == (made[-1] if made else None)
        assert self.round.is_stale == (bool(made) and not self.is_fresh)
        results = {}
        for computation, values in zip(made, self.scored, strict=True):
            assert dict(computation.scores.values_list("indicator__code", "actual")) == values
            results.setdefault(tuple(values.items()), set()).add((computation.input_hash, computation.output_hash))
        assert all(len(result) == 1 for result in results.values())
        assert len({digest for result in results.values() for digest, _ in result}) == len(results)

    def teardown(self):
        assert verify().intact
