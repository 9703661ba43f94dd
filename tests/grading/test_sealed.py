"""Results somebody changed past the office, with the database in hand, are named the next night (F1)."""

import pytest
from django.db import connection
from django.utils import timezone

from apps.grading.models import GradeResult, GradingRun
from apps.journal.models import JournalEntry
from apps.ledger.verification import verify
from tests.grading.conftest import evaluate, firm

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(county):
    return evaluate()


def sql(statement, *params):
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        assert cursor.rowcount == 1


def test_what_was_computed_is_as_it_was_computed(run):
    evaluate(method="huangyan-2022")
    verdict = verify()
    assert (verdict.results, verdict.faults) == (1, ())


FORGED = {
    "grade": "grade = 'A'",
    "score": "total = 99.5",
    "figure": "tax = tax + 1",
    "rule": "trail = '[]'",
    "score of an indicator": "scores = '[]'",
    "rank": "rank = 9",
}


@pytest.mark.parametrize("forged", FORGED)
def test_one_value_of_one_result(run, county, forged):
    sql(f"UPDATE grading_graderesult SET {FORGED[forged]} WHERE run_id = %s AND enterprise_id = %s", run.pk, county["second"].pk)
    assert verify().faults == (f"亩均评价{run}运算的结果与日志不符",)


def test_a_result_taken_out_and_the_sums_of_the_run(run, county):
    sql("DELETE FROM grading_graderesult WHERE run_id = %s AND enterprise_id = %s", run.pk, county["second"].pk)
    assert verify().faults == (f"亩均评价{run}运算的结果与日志不符",)


def test_the_sums_of_a_run(run):
    sql("UPDATE grading_gradingrun SET participants = 6, excluded = 1 WHERE id = %s", run.pk)
    assert verify().faults == (f"亩均评价{run}运算的结果与日志不符",)


def test_a_run_that_no_entry_tells_of(run):
    """Forged as a whole and made the current one."""
    rows = list(GradeResult.objects.filter(run=run))
    forged = GradingRun.objects.get(pk=run.pk)
    forged.pk, forged.cutoff, forged.job_id = None, timezone.now(), _another_job(run)
    forged._state.adding = True
    forged.save()
    for row in rows:
        row.pk, row.run, row._state.adding = None, forged, True
    GradeResult.objects.bulk_create(rows)
    sql("UPDATE grading_currentrun SET run_id = %s WHERE year = %s", forged.pk, run.year)
    assert verify().faults == (f"亩均评价{forged}运算没有日志",)


def _another_job(run):
    job = run.job
    job.pk, job.key, job._state.adding = None, "forged", True
    job.save()
    return job.pk


@pytest.mark.parametrize("harm", ["UPDATE grading_currentrun SET run_id = %s", "DELETE FROM grading_currentrun WHERE run_id > %s"])
def test_the_pointer_turned_back_or_taken_out(run, harm):
    evaluate()
    sql(harm, run.pk)
    assert verify().faults == ("2020年的当前运算不是最后一次亩均重算",)


def test_a_published_run_is_compared_for_ever(run):
    run.published_at = timezone.now()
    run.save(update_fields=["published_at"])
    firm("示例辛厂", 20, 3)
    evaluate()
    assert (verify().results, verify().faults) == (2, ())
    sql("UPDATE grading_graderesult SET grade = 'A', by_score = 'A' WHERE run_id = %s AND rank = 1 AND \"group\" = 'below'", run.pk)
    assert verify().faults == (f"亩均评价{run}运算的结果与日志不符",)


def test_a_run_nobody_looks_at_any_more_is_not_asked(run):
    entry = JournalEntry.objects.get(act="亩均重算")
    assert (entry.detail["of"], len(entry.detail["sealed"])) == (run.pk, 64)
    evaluate()
    sql("UPDATE grading_graderesult SET grade = 'A' WHERE run_id = %s AND rank = 1 AND \"group\" = 'below'", run.pk)
    assert verify().faults == ()
