"""Scores somebody changed past the office, with the database in hand, are named the next night (F1)."""

import pytest
from django.db import connection

from apps.ledger.verification import verify
from tests.assessments.conftest import compute

pytestmark = pytest.mark.django_db


@pytest.fixture
def computation(third_quarter):
    return compute(third_quarter)


FORGED = {
    "score": "UPDATE assessments_score SET score = score + 1 WHERE id = (SELECT max(id) FROM assessments_score)",
    "score taken out": "DELETE FROM assessments_score WHERE id = (SELECT max(id) FROM assessments_score)",
    "rank": "UPDATE assessments_standing SET rank = 9 WHERE id = (SELECT max(id) FROM assessments_standing)",
    "computation": "UPDATE assessments_computation SET actor = '局长'",
}


@pytest.mark.parametrize("forged", FORGED)
def test_one_value_of_a_computation(computation, forged):
    verdict = verify()
    assert (verdict.results, verdict.faults) == (1, ())
    with connection.cursor() as cursor:
        cursor.execute(FORGED[forged])
        assert cursor.rowcount == 1
    assert verify().faults == (f"{computation}的结果与日志不符",)


def test_the_pointer_of_the_round(third_quarter, computation):
    later = compute(third_quarter)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE assessments_assessmentround SET current_id = %s", [computation.pk])
    third_quarter.refresh_from_db()
    assert verify().faults == (f"考核轮次“{third_quarter}”（编号 {third_quarter.pk}）的当前计分与历史不符",)
    assert later.pk > computation.pk
