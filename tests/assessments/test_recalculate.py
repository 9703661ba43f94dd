"""A round from its values to an immutable computation."""

from decimal import Decimal as D

import pytest
from django.core.exceptions import ValidationError

from apps.assessments import services
from apps.assessments.models import AssessmentValue, Computation, Score, Standing
from apps.core.actor import Actor
from apps.core.written_once import Immutable
from apps.jobs.choices import State
from apps.jobs.services import run_here
from apps.journal.models import JournalEntry
from apps.ledger import services as ledger
from tests import factories as make
from tests.assessments.conftest import compute, type_value

pytestmark = pytest.mark.django_db


def standings(round):
    return {
        row.unit.name: (row.result, row.process, row.total, row.rank, row.light) for row in round.current.standings.select_related("unit")
    }


def test_totals_ranks_and_lights(third_quarter):
    compute(third_quarter)
    assert standings(third_quarter) == {
        "丽缙园": (120, 80, 110, 1, "green"),
        "壶镇镇": (100, 100, 100, 1, "green"),
        "东方镇": (70, 90, 76, 2, "red"),
        "新建镇": (70, 90, 76, 2, "red"),
        "舒洪镇": (50, 100, 65, 4, "red"),
    }


def test_every_cell_is_stored(third_quarter):
    computation = compute(third_quarter)
    cells = {
        (score.unit.name, score.indicator.code): (score.target, score.actual, score.ratio, score.weight, score.score, score.rank)
        for score in computation.scores.select_related("unit", "indicator")
    }
    assert len(cells) == 5 * 4
    assert cells["丽缙园", "R1"] == (30, 60, 200, 100, 120, 1)
    assert cells["丽缙园", "R2"] == (3, None, None, 0, None, None)
    assert cells["东方镇", "R1"] == (30, 15, 50, 60, 30, 2)
    assert cells["舒洪镇", "R1"] == (30, None, None, 0, None, None)
    assert cells["舒洪镇", "R2"] == (3, D("1.5"), 50, 100, 50, 4)
    assert cells["丽缙园", "B1"] == (None, 2, None, 5, 2, None)


@pytest.mark.parametrize(("quarter", "target"), [(1, 10), (2, 20), (3, 30), (4, 40)])
def test_a_quarter_is_cumulative_in_target_and_feed(scheme, quarter, target):
    firm = make.enterprise(town=make.town("东方镇"))
    for month, output in ((3, 80_000), (6, 190_000), (9, 300_000), (12, 410_000)):
        make.monthly(firm, 2021, month, output=D(output))
    opened = services.open_round(scheme=scheme, quarter=quarter, actor=make.SYSTEM)
    cell = compute(opened).scores.get(unit__name="东方镇", indicator__code="R1")
    assert (cell.target, cell.actual) == (target, {1: 8, 2: 19, 3: 30, 4: 41}[quarter])


def test_a_second_computation_leaves_the_first_as_it_was(third_quarter):
    first = compute(third_quarter)
    type_value(third_quarter, "舒洪镇", "P1", 50)
    second = compute(third_quarter)
    assert (first.number, second.number) == (1, 2)
    assert first.standings.get(unit__name="舒洪镇").total == 65
    assert second.standings.get(unit__name="舒洪镇").total == 50
    assert first.output_hash != second.output_hash


def test_equal_inputs_give_equal_hashes(third_quarter):
    first, second = compute(third_quarter), compute(third_quarter)
    assert (first.input_hash, first.output_hash) == (second.input_hash, second.output_hash)
    assert first.pk != second.pk


def test_results_cannot_be_changed_or_deleted(third_quarter):
    computation = compute(third_quarter)
    row = computation.standings.first()
    row.total = D(1)
    for act in (
        row.save,
        row.delete,
        Standing.objects.all().delete,
        Score.objects.all().delete,
        lambda: Computation.objects.update(number=9),
    ):
        with pytest.raises(Immutable):
            act()


def test_stale_after_a_change_of_a_value_or_of_the_scheme(third_quarter):
    compute(third_quarter)
    assert not third_quarter.is_stale
    type_value(third_quarter, "舒洪镇", "P1", 50)
    assert third_quarter.is_stale
    compute(third_quarter)
    scheme = third_quarter.scheme
    ledger.change(record=scheme, values={"result_share": D("0.6")}, version=scheme.version, actor=make.SYSTEM)
    third_quarter.refresh_from_db()
    assert third_quarter.is_stale
    assert standings(third_quarter)["舒洪镇"][2] == 50
    compute(third_quarter)
    assert standings(third_quarter)["舒洪镇"][2] == 50 * D("0.6") + 50 * D("0.4")


def test_fed_values_have_history_and_are_written_once(third_quarter):
    value = AssessmentValue.objects.get(round=third_quarter, unit__name="东方镇", indicator__code="R1")
    compute(third_quarter)
    compute(third_quarter)
    value.refresh_from_db()
    assert (value.actual, value.version) == (15, 2)
    assert [row.history_change_reason for row in value.history.order_by("pk")] == ["开启 2021Q3", "台账取数"]


def test_requests_waiting_become_one_job(third_quarter):
    jobs = {services.request_recalculation(round=third_quarter, actor=make.SYSTEM).pk for _ in range(3)}
    assert len(jobs) == 1
    job = run_here(jobs.pop())
    third_quarter.refresh_from_db()
    assert (job.state, job.result["computation"]) == (State.DONE, third_quarter.current_id)
    assert Computation.objects.count() == 1


def test_a_round_without_values_is_refused(third_quarter, scheme):
    empty = ledger.create(model=type(third_quarter), values={"scheme": scheme, "quarter": 4}, actor=make.SYSTEM)
    job = run_here(services.request_recalculation(round=empty, actor=make.SYSTEM).pk)
    assert (job.state, job.error) == (State.FAILED, "测试方案 2021Q4 没有考核数据，不能计分。")
    assert not Computation.objects.exists()


def test_the_computation_is_journalled(third_quarter, evaluator):
    run_here(services.request_recalculation(round=third_quarter, actor=Actor.of(evaluator)).pk)
    third_quarter.refresh_from_db()
    entry = JournalEntry.objects.get(act="考核计分")
    assert (entry.user, entry.detail["output"]) == (evaluator, third_quarter.current.output_hash)
    assert third_quarter.current.actor == "考核办"


def test_a_typed_value_needs_evidence(third_quarter):
    with pytest.raises(ValidationError, match="必须写明佐证"):
        type_value(third_quarter, "丽缙园", "R2", 3, evidence=" ")


def test_the_same_quarter_is_not_opened_twice(third_quarter, scheme):
    with pytest.raises(ValidationError, match="该方案本季度已有考核轮次"):
        services.open_round(scheme=scheme, quarter=3, actor=make.SYSTEM)
    assert AssessmentValue.objects.count() == 5 * 4
