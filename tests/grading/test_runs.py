"""A year evaluated in the database: what is stored, what never changes, what triggers the next run."""

import datetime as dt
import gc
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from apps.core.actor import Actor
from apps.core.errors import Refused
from apps.core.numbers import half_up
from apps.core.written_once import Immutable
from apps.enterprises.models import LandOccupation, YearlyFact
from apps.grading import selectors, services
from apps.grading.models import CurrentRun, GradeResult, GradingRun
from apps.grading.services import request_run
from apps.jobs.models import Job
from apps.jobs.services import run_here
from apps.journal.models import JournalEntry
from apps.ledger import services as ledger
from tests import factories as make
from tests.grading.conftest import evaluate, firm

pytestmark = pytest.mark.django_db


def grades(run):
    return dict(run.results.values_list("enterprise__name", "grade"))


def change_tax(enterprise, tax):
    fact = YearlyFact.objects.get(enterprise=enterprise, year=2020)
    ledger.change(record=fact, values={"tax": Decimal(tax)}, version=fact.version, actor=make.SYSTEM)


def test_population_is_what_was_graded_and_what_was_not(county):
    run = evaluate()
    assert (run.population, run.participants, run.excluded) == (7, 5, 2)
    assert run.grades == {"A": 0, "B": 2, "C": 0, "D": 3}
    named = {"示例甲厂": "B", "示例乙厂": "D", "示例丙厂": "D", "示例丁厂": "N", "示例戊厂": "N", "示例己厂": "B", "示例庚厂": "D"}
    assert grades(run) == named
    assert sum(run.grades.values()) == run.participants


def test_a_result_keeps_its_working(county):
    run = evaluate(method="huangyan-2022")
    result = run.results.get(enterprise=county["best"])
    assert result.figures == {
        "tax": Decimal(1200), "land": Decimal(30), "value_added": Decimal(5200), "energy": Decimal(1500), "discharge": Decimal("0.9"),
        "staff": 210, "rd_expense": Decimal(620), "revenue": Decimal(18000), "power": Decimal(100),
    }  # fmt: skip
    assert result.scores[0] == {"code": "I1", "value": "40.000000", "score": "45.000000", "capped": True, "flag": ""}
    printed = ["45.0000", "25.4602", "25.7362", "11.7201", "13.6504", "11.4054"]  # domain 1.5, E1
    assert [str(half_up(score["score"], 4)) for score in result.scores] == printed
    assert (result.total.quantize(Decimal("0.0001")), result.rank, result.size) == (Decimal("132.9724"), 1, 3)
    assert [step["rule"] for step in result.trail] == ["population", "score", "quota"]
    assert run.method_code == "huangyan-2022"
    assert run.method.groups["above"].indicators[0].benchmark.value == Decimal("24.097")


def test_the_largest_numbers_are_read_to_the_last_digit(db):
    largest = {"tax": "9999999999999.99", "energy": "999999999999.999", "power": "99999999999.9999", "discharge": "99999999999.9999"}
    firm("示例甲厂", largest.pop("tax"), "99999999999.9999", **largest)
    firm("示例乙厂", "0.01", "0.0001", staff=2**31 - 1, **largest)
    figures = [result.figures for result in evaluate().results.order_by("pk")]
    assert [item["tax"] for item in figures] == [Decimal("9999999999999.99"), Decimal("0.01")]
    assert [item["land"] for item in figures] == [Decimal("99999999999.9999"), Decimal("0.0001")]
    assert {name: figures[0][name] for name in largest} == {name: Decimal(text) for name, text in largest.items()}
    assert figures[1]["staff"] == 2**31 - 1


def test_the_collector_is_back_whatever_becomes_of_the_run(county):
    evaluate()
    assert gc.isenabled()
    with pytest.raises(Refused):
        services.regrade(job=Job.objects.create(kind="grading.regrade", key="x"), year=2018)
    assert gc.isenabled()


def test_same_inputs_and_method_give_the_same_hashes(county):
    first, second = evaluate(), evaluate()
    assert first.pk != second.pk
    assert (first.input_hash, first.output_hash, first.method_hash) == (second.input_hash, second.output_hash, second.method_hash)
    other = evaluate(method="huangyan-2021")
    assert other.input_hash == first.input_hash
    assert other.output_hash != first.output_hash


def test_a_changed_figure_changes_the_hashes_and_leaves_the_old_run_alone(county):
    first = evaluate()
    before = list(first.results.order_by("pk").values())
    change_tax(county["best"], "1200.01")
    second = evaluate()
    assert second.input_hash != first.input_hash
    assert second.output_hash != first.output_hash
    assert list(first.results.order_by("pk").values()) == before
    assert CurrentRun.objects.get(year=2020).run == second


def test_a_finished_run_cannot_be_changed(county):
    run = evaluate()
    result = run.results.first()
    for act in (run.save, run.delete, result.save, result.delete, run.results.all().delete):
        with pytest.raises(Immutable):
            act()
    with pytest.raises(Immutable):
        GradeResult.objects.filter(run=run).update(grade="A")
    with pytest.raises(Immutable):
        GradingRun.objects.bulk_update([run], ["grades"])
    assert evaluate().output_hash == run.output_hash


def test_the_database_refuses_a_run_whose_numbers_do_not_add_up(county):
    run = evaluate()
    run.pk, run._state.adding, run.participants = None, True, 99
    run.job = Job.objects.create(kind="grading.regrade", key="x")
    with pytest.raises(IntegrityError, match="run_population"), transaction.atomic():
        run.save()


def test_importing_facts_queues_one_run_of_the_year(county):
    queued = Job.objects.filter(kind="grading.regrade", state="pending")
    assert [(job.key, job.params) for job in queued] == [("regrade:2020", {"year": 2020})]
    run_here(queued.get().pk)
    assert CurrentRun.objects.get().run.method_code == "jinyun-sample"
    assert Job.objects.get(key="regrade:2020").result["text"].startswith("2020年第 ")


def test_a_trial_by_another_method_does_not_become_the_method_of_the_year(county):
    drain()
    evaluate(method="huangyan-2021")
    assert CurrentRun.objects.get().run.method_code == "huangyan-2021"
    change_tax(county["best"], 1300)
    drain()
    assert CurrentRun.objects.get().run.method_code == "jinyun-sample"
    evaluate(method="huangyan-2022")
    land = LandOccupation.objects.get(enterprise=county["smaller"])
    ledger.archive(record=land, version=land.version, reason="已退回", actor=make.SYSTEM)
    drain()
    codes = list(GradingRun.objects.order_by("pk").values_list("method_code", flat=True))
    assert codes == ["jinyun-sample", "huangyan-2021", "jinyun-sample", "huangyan-2022", "jinyun-sample"]


def drain():
    """Run what is pending, oldest first, until nothing is left."""
    while job := Job.objects.filter(state="pending").order_by("pk").first():
        run_here(job.pk)


def test_land_and_archived_enterprises_requeue_only_the_years_they_touch(county):
    firm("示例辛厂", 90, 3, year=2019)
    drain()
    runs = {pointer.year: pointer.run_id for pointer in CurrentRun.objects.all()}
    drain()
    assert {pointer.year: pointer.run_id for pointer in CurrentRun.objects.all()} == runs

    land = LandOccupation.objects.get(enterprise=county["smaller"])
    ledger.archive(record=land, version=land.version, reason="已退回", actor=make.SYSTEM)
    drain()
    after = {pointer.year: pointer.run_id for pointer in CurrentRun.objects.all()}
    assert after[2019] == runs[2019]
    assert after[2020] > runs[2020]
    assert grades(selectors.current_run(2020))["示例庚厂"] == "N"

    ledger.archive(record=county["small"], version=county["small"].version, reason="注销", actor=make.SYSTEM)
    drain()
    assert "示例己厂" not in grades(selectors.current_run(2020))
    assert selectors.current_run(2019).pk == runs[2019]


def test_the_pointer_never_goes_back_to_older_data(county):
    """A slow worker that read earlier finishes last: its run is kept, people go on looking at the newer one."""
    newer = evaluate()
    newer.pk, newer._state.adding, newer.cutoff = None, True, newer.cutoff + dt.timedelta(minutes=5)
    newer.job = Job.objects.create(kind="grading.regrade", key="elsewhere", state="done")
    newer.save()
    CurrentRun.objects.update(run=newer)
    slow = evaluate()
    assert GradingRun.objects.filter(pk=slow.pk).exists()
    assert CurrentRun.objects.get(year=2020).run == newer


def test_a_year_without_figures_is_refused_with_a_sentence(county):
    with pytest.raises(Refused, match="2018年没有企业年度数据"):
        evaluate(year=2018)
    job = Job.objects.create(kind="grading.regrade", key="regrade:2018", params={"year": 2018})
    assert (run_here(job.pk).state, job.key) == ("failed", "regrade:2018")
    assert Job.objects.get(pk=job.pk).error == "2018年没有企业年度数据，无法评价；请先导入该年度数据。"
    assert not GradingRun.objects.exists()


def test_only_published_grades_leave_the_app(county):
    run = evaluate()
    assert selectors.grade_of(county["best"], 2020) is None
    run.published_at = run.cutoff
    run.save(update_fields=["published_at"])
    evaluate(method="huangyan-2022")
    published = selectors.grade_of(county["best"], 2020)
    assert (published.run, published.grade) == (run, "B")
    assert selectors.grade_of(county["best"], 2019) is None


def test_every_run_is_in_the_journal(county, office):
    run_here(request_run(year=2020, method="jinyun-sample", actor=Actor.of(office)).pk)
    entry = JournalEntry.objects.get(act="亩均重算")
    run = GradingRun.objects.get()
    assert (entry.user, entry.target, entry.detail["output"]) == (office, str(run), run.output_hash)
    assert run.created_by == office
