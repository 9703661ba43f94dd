"""The sample scheme works at once: three rounds, targets from the ledger, typed values marked 示例."""

from decimal import Decimal as D

import pytest

from apps.assessments import sample
from apps.assessments.models import AssessmentRound, AssessmentValue, Indicator, Scheme, Target
from apps.ledger.models import Paper
from apps.ledger.papers import read
from apps.plan.services import load_plan
from tests import factories as make
from tests.assessments.conftest import compute

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded(db):
    """The sample scheme over one firm per unit, each with 10 亿元 in 2020 and 9 亿元 by September 2021."""
    load_plan(actor=make.SYSTEM)
    places = [{"platform": make.platform("丽缙园")}, {"town": make.town("新碧街道")}]
    places += [{"town": make.town(name)} for name in ("壶镇镇", "东方镇", "新建镇", "东渡镇", "舒洪镇", "五云街道")]
    for place in places:
        firm = make.enterprise(**place)
        make.monthly(firm, 2020, 12, output=D(100_000), tax=D(5_000))
        make.monthly(firm, 2021, 9, output=D(90_000), tax=D(4_000))
    assert sample.load(make.SYSTEM) == 3


def test_rounds_and_targets(loaded):
    assert [round.code for round in AssessmentRound.objects.all()] == ["2021Q3", "2021Q2", "2021Q1"]
    grown = Target.objects.filter(unit__name="开发区", indicator__code__in=["R1", "R3"]).order_by("indicator__code")
    assert [target.yearly for target in grown] == [D("11.8"), D("0.58")]


def test_weights_of_a_block_are_a_hundred(loaded):
    for block in ("result", "process"):
        assert sum(indicator.weight for indicator in Indicator.objects.filter(block=block)) == 100


def test_everything_typed_is_marked(loaded):
    typed = AssessmentValue.objects.filter(source="typed", actual__isnull=False)
    assert typed.count() > 100
    assert all(value.evidence.startswith("示例：") and value.origin == "sample" for value in typed)
    assert "示例方案" in Scheme.objects.get().name


def test_what_needs_a_file_names_an_invented_one(loaded):
    assert [round.values_without_paper() for round in AssessmentRound.objects.all()] == [[], [], []]
    papers = {value.paper for value in AssessmentValue.objects.exclude(paper=None)}
    assert papers == set(Paper.objects.filter(ledger="assessment-rounds"))
    assert all(paper.title.endswith("佐证(示例).pdf") and b"sample" in read(paper) for paper in papers)


def test_third_quarter_can_be_scored(loaded):
    computation = compute(AssessmentRound.objects.get(quarter=3))
    rows = {row.unit.name: (row.rank is not None, row.total) for row in computation.standings.select_related("unit")}
    assert len(rows) == 8
    assert all(ranked and 60 < total < 130 for ranked, total in rows.values())


def test_loading_again_changes_nothing(loaded):
    before = AssessmentValue.history.count(), Target.objects.count()
    assert sample.load(make.SYSTEM) == 0
    assert (AssessmentValue.history.count(), Target.objects.count()) == before
