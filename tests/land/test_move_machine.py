"""The land case against a model of it in plain Python: whatever people try in whatever order, both stay alike (T16)."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from apps.accounts.choices import Role
from apps.accounts.models import Organisation
from apps.accounts.rights import RIGHTS
from apps.core.actor import Actor
from apps.core.errors import Refused
from apps.journal.models import JournalEntry
from apps.journal.selectors import verify
from apps.land.workflow import DISPOSAL
from apps.ledger import papers, services, trail
from apps.ledger.workflow import apply_move
from tests import factories

pytestmark = pytest.mark.deep

# The model: what leads where, written down a second time and by hand.
EDGES = {
    "draft": {"verify": "verified", "return": "returned"},
    "returned": {"resubmit": "draft"},
    "verified": {"plan": "planned", "return": "returned", "freeze": "frozen", "reclassify": "verified"},
    "planned": {"approve": "approved", "reject": "verified", "freeze": "frozen", "reclassify": "verified"},
    "approved": {"start": "in_progress", "freeze": "frozen", "reclassify": "verified"},
    "in_progress": {"report": "to_accept", "ask_extension": "extension", "freeze": "frozen", "reclassify": "verified"},
    "extension": {"extend": "in_progress", "deny_extension": "in_progress"},
    "to_accept": {"accept": "closed", "refuse": "in_progress"},
    "frozen": {"unfreeze": None},
    "closed": {},
}
CHECKS = {"verify": {"create", "resubmit"}, "approve": {"plan"}, "accept": {"report"}, "extend": {"ask_extension"}}
CODES = sorted({code for moves in EDGES.values() for code in moves})
SLOTS = {"approve": "plan", "report": "evidence", "freeze": "order"}


class CaseMachine(RuleBasedStateMachine):
    @initialize()
    def enter(self):
        park = factories.platform()
        self.people = [
            factories.person("park_a", Role.PARK, platform=park),
            factories.person("park_b", Role.PARK, platform=park),
            factories.person("bureau_a", Role.NATURAL),
            factories.person("bureau_b", Role.NATURAL),
        ]
        self.unit, _ = Organisation.objects.get_or_create(name="责任单位")
        self.case = factories.land_case(actor=Actor.of(self.people[0]))
        self.state, self.before_freeze, self.line = "draft", None, [("create", self.people[0].pk)]
        self.refused = 0

    def values(self, code):
        plan = {"disposal": "supply", "plan_text": "方案", "responsible": self.unit, "deadline": dt.date(2021, 12, 31)}
        report = {"disposed_area": 1, "disposed_on": dt.date(2021, 10, 1), "result": "已供"}
        given = {"plan": plan, "report": report, "approve": {"plan_number": "文号"}, "ask_extension": {"extension_to": dt.date(2030, 1, 1)}}
        return given.get(code, {"land_class": "unsupplied"} if code == "reclassify" else {})

    def expected(self, user, code):
        """Say whether the model lets `user` make the move now."""
        if code not in EDGES[self.state] or code not in RIGHTS["land-cases"][user.role]:
            return False
        last = next((who for move, who in reversed(self.line) if move in CHECKS.get(code, ())), None)
        return last != user.pk

    @rule(who=st.integers(0, 3), data=st.data(), lost=st.integers(0, 5))
    def move(self, who, data, lost):
        """Somebody tries something, mostly what leads on; one time in six with a version that is no longer the row's."""
        user, stale = self.people[who], lost == 0
        code = data.draw(st.sampled_from(sorted(EDGES[self.state]) * 6 + CODES))
        if code in SLOTS and self.state in DISPOSAL.slot(SLOTS[code]).states:
            papers.add(record=self.case, slot=SLOTS[code], name="a.pdf", content=b"%PDF-", actor=Actor.system("测试"))
        possible = self.expected(user, code) and not stale
        try:
            self.case = apply_move(
                record=self.case,
                move=code,
                actor=Actor.of(user),
                version=self.case.version - stale,
                comment="意见",
                values=self.values(code),
            )
        except Refused:
            assert not possible, (self.state, code, user.username)
            self.refused += 1
            self.case.refresh_from_db()
            return
        assert possible, (self.state, code, user.username)
        target = EDGES[self.state][code] or self.before_freeze
        self.before_freeze = self.state if target == "frozen" else self.before_freeze
        self.state = target
        self.line.append((code, user.pk))

    @rule(who=st.integers(0, 3))
    def edit(self, who):
        """Somebody changes the use; it is open only while the case is entered or sent back."""
        wanted = "工业" if self.case.planned_use != "工业" else "仓储"
        try:
            self.case = services.change(
                record=self.case, values={"planned_use": wanted}, version=self.case.version, actor=Actor.of(self.people[who])
            )
        except Refused:
            assert self.state not in ("draft", "returned")
            self.case.refresh_from_db()
            return
        assert self.state in ("draft", "returned")

    @invariant()
    def both_are_alike(self):
        if not hasattr(self, "case"):
            return
        self.case.refresh_from_db()
        entries = list(trail.of(self.case))
        assert self.case.state == self.state
        assert [(entry.move, entry.user_id) for entry in entries] == self.line
        assert [entry.number for entry in entries] == list(range(len(self.line)))
        assert all(before.target == after.source for before, after in zip(entries, entries[1:], strict=False))
        assert self.case.history.count() == self.case.version
        assert JournalEntry.objects.filter(act="办理").count() == len(self.line) - 1

    def teardown(self):
        assert verify().intact


@pytest.mark.usefixtures("office_day")
class TestMachine(TestCase):
    def test_people_and_model_agree(self):
        config = settings(max_examples=12, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck))
        run_state_machine_as_test(_fresh_each_time(CaseMachine), settings=config)


def _fresh_each_time(machine):
    """Give every run an empty database: a savepoint around it, rolled back at its end."""
    from django.db import transaction

    class Fresh(machine):
        def __init__(self):
            self.point = transaction.savepoint()
            super().__init__()

        def teardown(self):
            try:
                super().teardown()
            finally:
                transaction.savepoint_rollback(self.point)

    return Fresh


@pytest.fixture
def office_day(settings):
    settings.OFFICE_TODAY = dt.date(2021, 10, 15)
