"""The checkers of the fault run find what they are there for: an office without a fault has no findings, each planted one has its own."""

import math
from pathlib import Path

import pytest
from django.db.models import QuerySet

from apps.accounts.choices import Role
from apps.jobs.models import Job
from apps.jobs.rules import GAVE_UP, INTERRUPTED
from apps.land.models import LandCase
from apps.ledger import papers, workflow
from apps.ledger.models import Answer, Paper, TrailEntry
from tests import factories
from tests.faults.__main__ import longest
from tests.faults.checks import check
from tests.faults.clients import Diary, pdf_of
from tests.ledger.api_contract import Script

pytestmark = pytest.mark.django_db
WAY = {"m1": "verify", "m2": "return", "m3": "resubmit"}


@pytest.fixture
def diary(tmp_path):
    """The diary of an afternoon in which everything went well: three moves, two papers, an instruction entered twice under its key."""
    diary = Diary(tmp_path / "diary.jsonl")
    case = factories.land_case()
    for name, move in WAY.items():
        case = workflow.apply_move(record=case, move=move, actor=factories.SYSTEM, version=case.version, comment=name)
        promise(diary, name, "move")
    for name in ("p1", "p2"):
        papers.add(record=case, slot="approval", name=f"{name}.pdf", content=pdf_of(name), actor=factories.SYSTEM)
        promise(diary, name, "paper")
    script = Script(factories.person("office", Role.CHAIN_OFFICE, industry=factories.industry()), "/api/ledgers/instructions/")
    body = {"chain": factories.chain().pk, "text": "k1", "reason": "k1"}
    answers = {script("post", body=body, key="k1").content for _ in range(2)}
    promise(diary, "k1", "enter", answers=len(answers))
    return diary


def promise(diary, name, kind, outcome="ok", **detail):
    diary.begin(name, kind)
    diary.end(name, outcome, **detail)


def found(diary):
    """Return the kinds of the findings that there are, with how many of each."""
    return {kind: number for kind, number in check(diary).counts().items() if number}


def rows(model):
    """Return rows that are written past the one write path, as only a fault does."""
    return QuerySet(model)


def file_of(name, settings):
    return Path(settings.MEDIA_ROOT, Paper.objects.get(title=f"{name}.pdf").file.name)


def test_what_went_well_has_no_findings(diary):
    assert found(diary) == {}


DAMAGE = {
    "a line of the trail lost": (lambda: TrailEntry.objects.filter(comment="m2").delete(), {"lost": 1, "broken": 1}),
    "the last line of the trail lost": (lambda: TrailEntry.objects.filter(comment="m3").delete(), {"lost": 2}),
    "a move twice": (lambda: TrailEntry.objects.filter(comment="m2").update(comment="m3"), {"lost": 1, "doubled": 1}),
    "a move that is not in the table": (lambda: TrailEntry.objects.filter(comment="m2").update(target="closed"), {"broken": 1}),
    "a gap in the trail": (lambda: TrailEntry.objects.filter(comment="m2").update(number=7), {"broken": 1}),
    "another state": (lambda: rows(LandCase).update(state="closed"), {"lost": 2}),
    "another version": (lambda: rows(LandCase).update(version=9), {"lost": 2}),
    "a paper's row lost": (
        lambda: Paper.objects.filter(title="p1.pdf").delete(),
        {"lost": 1, "phantom": 1, "broken": 1},
    ),  # the journal misses it too
    "a paper twice": (lambda: Paper.objects.filter(title="p1.pdf").update(title="p2.pdf"), {"lost": 2, "doubled": 1}),
    "a row twice under one key": (lambda: factories.instruction(text="k1"), {"doubled": 1, "phantom": 1}),
    "a kept answer lost": (lambda: Answer.objects.all().delete(), {"lost": 1}),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_in_the_database_is_found(diary, damage):
    done, findings = DAMAGE[damage]
    done()
    assert found(diary) == findings


def test_a_paper_that_is_not_as_it_was_sent_is_found(diary, settings):
    file_of("p1", settings).write_bytes(b"%PDF-1.4 P1")
    file_of("p2", settings).unlink()
    assert found(diary) == {"lost": 2}


def test_a_file_without_a_row_is_let_pass_only_for_a_paper_that_did_not_go_well(diary, settings):
    file_of("p1", settings).with_name("left.bin").write_bytes(pdf_of("p3"))
    assert found(diary) == {"phantom": 1}
    promise(diary, "p3", "paper", outcome="unknown")
    assert found(diary) == {}


def test_what_nobody_asked_for_is_found(diary):
    del diary.entries["m1"], diary.entries["p1"], diary.entries["k1"]
    assert found(diary) == {"phantom": 3 + 2 + 3}


def test_what_was_refused_and_is_there_is_found(diary):
    for name in ("m1", "p1", "k1"):
        diary.entries[name]["outcome"] = "fail"
    assert found(diary) == {"phantom": 3 + 2 + 3}


def test_two_answers_under_one_key_are_found(diary):
    diary.entries["k1"]["answers"] = 2
    assert found(diary) == {"broken": 1}


def test_a_fault_after_which_nothing_succeeds_is_never_recovered_from():
    served = [(1, 2), (11, 14), (19, 22)]  # the last one was begun before the second fault: it proves nothing
    assert longest([(10, "kill_web")], served) == 4
    assert longest([(10, "kill_web"), (20, "kill_web")], served) == math.inf


@pytest.mark.parametrize(
    ("error", "later", "findings"),
    [(INTERRUPTED, "done", {}), (INTERRUPTED, "failed", {"lost": 2}), (INTERRUPTED, None, {"lost": 1}), (GAVE_UP, "done", {"lost": 1})],
    ids=["made again", "not made again", "not asked for again", "its own fault"],
)
def test_an_interrupted_job_is_let_pass_only_where_it_was_asked_for_again_and_done(diary, error, later, findings):
    job = {"kind": "ledger.remind", "key": "2021-10-15", "params": {"day": "2021-10-15"}}
    Job.objects.create(**job, state="failed", error=error)
    if later:
        made = Job.objects.create(**job, state=later, error="" if later == "done" else error)
        made.note("作业完成" if later == "done" else "作业失败", factories.SYSTEM)
    assert found(diary) == findings
