"""The land case against a model of it in plain Python: what people may try, and what must be so after every step (T16)."""

import uuid

from django.core.files.base import ContentFile
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from apps.accounts import services as accounts
from apps.accounts.choices import Role
from apps.accounts.rights import RIGHTS
from apps.core.actor import Actor
from apps.core.errors import Refused
from apps.exchange import services as exchange
from apps.exchange.choices import BatchState
from apps.journal.models import JournalEntry
from apps.journal.selectors import verify
from apps.land.workflow import DISPOSAL
from apps.ledger import batches, bulk, papers, registry, services, trail
from apps.ledger.choices import BatchKind
from apps.ledger.models import WriteBatch
from apps.ledger.workflow import apply_move
from tests import factories
from tests.ledger.contract import signed_in
from tests.ways import CASE

# The model: what leads where, written down a second time and by hand.
EDGES = {
    "draft": {"verify": "verified", "return": "returned"},
    "returned": {"resubmit": "draft"},
    "verified": {"plan": "planned", "return": "returned", "freeze": "frozen", "reassign": "verified", "reclassify": "verified"},
    "planned": {"approve": "approved", "reject": "verified", "freeze": "frozen", "reclassify": "verified"},
    "approved": {"start": "in_progress", "freeze": "frozen", "reassign": "verified", "reclassify": "verified"},
    "in_progress": {
        "report": "to_accept",
        "ask_extension": "extension",
        "freeze": "frozen",
        "reassign": "verified",
        "reclassify": "verified",
    },
    "extension": {"extend": "in_progress", "deny_extension": "in_progress"},
    "to_accept": {"accept": "closed", "refuse": "in_progress"},
    "frozen": {"unfreeze": None},
    "closed": {},
}
CHECKS = {"verify": {"create", "resubmit"}, "approve": {"plan"}, "accept": {"report"}, "extend": {"ask_extension"}}
CODES = sorted({code for moves in EDGES.values() for code in moves})
SLOTS = {"approve": "plan", "report": "evidence", "freeze": "order"}
OPEN_FOR = {"planned_use": ("draft", "returned"), "cause": ("draft", "returned")}
CAUSES = ("government", "planning", "funds")
ACTS = ["move"] * 10 + ["edit", "bulk", "bulk", "import_over", "undo", "undo", "relocate", "close_or_open_an_account"]  # most lead on
PEOPLE = st.integers(0, 3)  # two of the park, two of the bureau
SELDOM = st.integers(0, 5).map(lambda number: number == 0)


class CaseMachine(RuleBasedStateMachine):
    """`case` is what people work on; `beside` is written together with it by batches and by nobody else."""

    @initialize()
    def enter(self):
        self.ledger, self.park, self.elsewhere = registry.get("land-cases"), factories.platform(), factories.platform("别处园")
        park = [factories.person(name, Role.PARK, platform=self.park) for name in ("park_a", "park_b")]
        self.people = [*park, *(factories.person(name, Role.NATURAL) for name in ("bureau_a", "bureau_b"))]
        self.doors, self.closed = [signed_in(user) for user in self.people], set()
        entered = {"actor": Actor.of(self.people[0]), "planned_use": "工业", "cause": "government"}
        self.case, self.beside = (factories.land_case(number=f"JY-2021-LJ-000{number}", **entered) for number in (1, 2))
        self.state, self.before_freeze, self.line = "draft", None, [("create", self.people[0].pk)]
        self.values, self.aside = ({"planned_use": "工业", "cause": "government"} for _ in range(2))
        self.versions, self.in_park, self.batches = [1, 1], True, []

    # --- who may, and how the model remembers -----------------------------------------------------------------

    def sees(self, who):
        return who >= 2 or self.in_park

    def attempt(self, who, possible, act):
        """Let a person do `act()`; it must succeed exactly when `possible`. Return what it returned, None where refused.

        One whose account is closed comes to the door and is turned away.
        """
        if who in self.closed:
            page = f"/ledger/land-cases/{self.case.pk}/moves/{CODES[who]}/"
            answers = [self.doors[who].get(page), self.doors[who].post(page, {"version": self.case.version, "comment": "意见"})]
            assert all(answer.status_code == 302 and "/sign-in/" in answer.url for answer in answers)
            return None
        try:
            done = act()
        except Refused as refusal:
            assert not possible, (self.state, self.people[who].username, str(refusal))
            done = None
        else:
            assert possible, (self.state, self.people[who].username)
        self.case.refresh_from_db(), self.beside.refresh_from_db()
        return done

    def wrote(self, name, value, *, both=False):
        self.values[name] = value
        self.versions[0] += 1
        if both:
            self.aside[name] = value
            self.versions[1] += 1

    @rule(act=st.sampled_from(ACTS), who=PEOPLE, data=st.data(), seldom=SELDOM)
    def somebody(self, act, who, data, seldom):
        getattr(self, act)(who, data, seldom)

    # --- what people do ---------------------------------------------------------------------------------------

    def may_move(self, who, code):
        """Say whether the model lets a person make the move now."""
        user = self.people[who]
        if code not in EDGES[self.state] or code not in RIGHTS["land-cases"][user.role]:
            return False
        if code == "reassign" and self.in_park and not {0, 1} <= self.closed:
            return False  # somebody of the park is left
        last = next((by for move, by in reversed(self.line) if move in CHECKS.get(code, ())), None)
        return last != user.pk and self.sees(who)

    def move(self, who, data, stale):
        """Somebody tries something, mostly who may what leads on; one time in six with a version that is no longer the row's."""
        code = data.draw(st.sampled_from(sorted(EDGES[self.state]) * 6 + CODES))
        able = [one for one in range(len(self.people)) if self.may_move(one, code) and one not in self.closed]
        if able and data.draw(st.booleans()):
            who = data.draw(st.sampled_from(able))
        user = self.people[who]
        if code in SLOTS and self.state in DISPOSAL.slot(SLOTS[code]).states:
            papers.add(record=self.case, slot=SLOTS[code], name="a.pdf", content=b"%PDF-", actor=Actor.system("测试"))
        act = CASE.call(self.case, code) | {"version": self.case.version - stale}
        if not self.attempt(who, self.may_move(who, code) and not stale, lambda: apply_move(actor=Actor.of(user), **act)):
            return
        target = EDGES[self.state][code] or self.before_freeze
        self.before_freeze = self.state if target == "frozen" else self.before_freeze
        self.state = target
        self.line.append((code, user.pk))
        self.versions[0] += 1

    def edit(self, who, data, stale):
        """Somebody changes the use; it is open only while the case is entered or sent back."""
        wanted = "仓储" if self.values["planned_use"] != "仓储" else "工业"
        possible = self.sees(who) and not stale and self.state in OPEN_FOR["planned_use"]
        given = {"record": self.case, "values": {"planned_use": wanted}, "version": self.case.version - stale}
        if self.attempt(who, possible, lambda: services.change(actor=Actor.of(self.people[who]), **given)):
            self.wrote("planned_use", wanted)

    def bulk(self, who, data, stale):
        """Both cases get another cause, or none does."""
        wanted = next(cause for cause in CAUSES if cause not in (self.values["cause"], self.aside["cause"]))
        actor, batch = Actor.of(self.people[who]), uuid.uuid4()
        versions = {self.case.pk: self.case.version - stale, self.beside.pk: self.beside.version}
        possible = self.sees(who) and not stale and self.state in OPEN_FOR["cause"]

        def apply():
            written, left_out = bulk.apply(
                ledger=self.ledger, versions=versions, values={"cause": wanted}, reason="查明", batch=batch, actor=actor
            )
            if written is None:
                raise Refused(str(left_out))
            return written

        before = dict(self.values), dict(self.aside)
        if written := self.attempt(who, possible, apply):
            self.remember(written, who, before)
            self.wrote("cause", wanted, both=True)

    def import_over(self, who, data, overtaken):
        """A sheet gives both cases another use; one time in six the case is changed between the verdict and the confirmation."""
        wanted, actor = f"用途{len(self.batches)}-{self.versions[0]}", Actor.of(self.people[who])
        sheet = "\n".join(["台账编号,规划用途", *(f"{case.number},{wanted}" for case in (self.case, self.beside))])
        open_ = self.state in OPEN_FOR["planned_use"]
        possible = self.sees(who) and open_ and not overtaken

        def load():
            file = ContentFile(sheet.encode())
            staged = exchange.finished(exchange.upload(ledger=self.ledger, file=file, filename="用途.csv", actor=actor))
            if overtaken and open_:
                bureau = Actor.of(self.people[2])
                found = next(cause for cause in CAUSES if cause != self.values["cause"])
                services.change(record=self.case, values={"cause": found}, version=self.case.version, actor=bureau)
                self.wrote("cause", found)
            done = exchange.finished(exchange.confirm(batch=staged, actor=actor))
            if done.state != BatchState.DONE:
                raise Refused(done.message)
            return done

        before = dict(self.values), dict(self.aside)
        if staged := self.attempt(who, possible, load):
            self.remember(WriteBatch.objects.get(pk=staged.pk), who, before)
            self.wrote("planned_use", wanted, both=True)

    def remember(self, written, who, before):
        self.batches.append((written, who, before, [version + 1 for version in self.versions]))

    def undo(self, who, data, seldom):
        """A batch is taken back by who wrote it, or by the bureau, while nothing later touched its rows."""
        if not self.batches:
            return
        written, by, before, versions = data.draw(st.sampled_from(self.batches[-3:]))
        written.refresh_from_db()
        possible = (who == by or who >= 2) and self.sees(who) and versions == self.versions
        possible = possible and written.kind != BatchKind.UNDO and written.undone_by_id is None
        given = {"batch": written, "reason": "撤销", "actor": Actor.of(self.people[who])}
        now = dict(self.values), dict(self.aside)
        if taken_back := self.attempt(who, possible, lambda: batches.undo(**given)):
            self.remember(taken_back, who, now)
            self.values, self.aside = dict(before[0]), dict(before[1])
            self.versions = [version + 1 for version in self.versions]

    def relocate(self, who, data, seldom):
        """The parcels go to the other park, or come back: for the bureau a change, for the park a row that would leave its scope."""
        to, actor = (self.elsewhere if self.in_park else self.park), Actor.of(self.people[who])

        def carry():
            for case in (self.case, self.beside):
                case.parcel.refresh_from_db()
                services.change(record=case.parcel, values={"platform": to}, version=case.parcel.version, actor=actor)
            return True

        if self.attempt(who, who >= 2, carry):
            self.in_park = not self.in_park

    def close_or_open_an_account(self, who, data, seldom):
        act = accounts.activate if who in self.closed else accounts.deactivate
        if seldom or who in self.closed:
            act(user=self.people[who], actor=factories.SYSTEM)
            self.closed ^= {who}

    # --- what is so at any time -------------------------------------------------------------------------------

    @invariant()
    def both_are_alike(self):
        if not hasattr(self, "case"):
            return
        for case, version, values in zip((self.case, self.beside), self.versions, (self.values, self.aside), strict=True):
            case.refresh_from_db()
            assert (case.version, case.history.count()) == (version, version)
            assert {name: getattr(case, name) for name in values} == values
        assert (self.case.state, self.beside.state) == (self.state, "draft")
        entries = list(trail.of(self.case))
        assert [(entry.move, entry.user_id) for entry in entries] == self.line
        assert [entry.number for entry in entries] == list(range(len(self.line)))
        assert all(before.target == after.source for before, after in zip(entries, entries[1:], strict=False))
        assert JournalEntry.objects.filter(act="办理").count() == len(self.line) - 1
        seen = [self.ledger.model.objects.visible_to(user).count() for user in self.people]
        assert seen == [2 if self.sees(who) else 0 for who in range(len(self.people))]

    def teardown(self):
        assert verify().intact
