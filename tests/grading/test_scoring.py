"""Points of one enterprise: the worked vectors of domain 1.5 and the rules for what is missing."""

from dataclasses import replace
from decimal import Decimal

import pytest

from apps.grading import methods
from apps.grading.rules import exact, scoring
from apps.grading.rules.evaluation import evaluate
from apps.grading.rules.method import Sourced
from apps.grading.rules.scoring import Flag
from tests.grading.firms import figures, firm

E1 = figures(tax=1200, land=30, value_added=5200, energy=1500, discharge="0.9", staff=210, rd_expense=620, revenue=18000)
E2 = figures(tax="86.44", land="28.85", value_added=1500, energy=900, staff=96, rd_expense=0, revenue=5200)


def score(figures, cap="1.5", average=8):
    """Score by Huangyan 2022 with the group's average I4 fixed, as the printed vectors do: (single scores, total)."""
    group = methods.get("huangyan-2022").groups["above"]
    group = replace(group, cap=Sourced(cap and Decimal(cap), group.cap.source))
    fixed = replace(scoring.constants(group, [figures]), averages={"I4": Decimal(average)})
    scores = [score(figures) for score in scoring.scorers(group, fixed)]
    return scores, exact.total(item.points for item in scores)


def printed(scores, places=4):
    return [str(exact.rounded(item.points, places)) for item in scores]


def test_first_vector():
    """Domain 1.5, E1: I1 is capped from 49.7987 to 45."""
    scores, total = score(E1)
    assert printed(scores) == ["45.0000", "25.4602", "25.7362", "11.7201", "13.6504", "11.4054"]
    assert [item.capped for item in scores] == [True, False, False, False, False, False]
    assert str(exact.rounded(total, 4)) == "132.9724"
    assert str(exact.rounded(scores[0].value, 4)) == "40.0000"


def test_first_vector_without_cap():
    scores, total = score(E1, cap=None)
    assert str(exact.rounded(scores[0].points, 4)) == "49.7987"
    assert str(exact.rounded(total, 4)) == "137.7711"


def test_second_vector_shows_as_three_and_is_below_the_floor():
    """Domain 1.5, E2: no discharge data, so the group's 8.0; 2.996187 万元/亩 shows as 3.00 and is below 3."""
    scores, total = score(E2)
    assert printed(scores) == ["3.7302", "7.6371", "12.3732", "8.0000", "8.6136", "0.0000"]
    assert [item.flag for item in scores] == ["", "", "", Flag.AVERAGED, "", ""]
    assert str(exact.rounded(total, 4)) == "40.3539"
    assert (str(exact.rounded(scores[0].value, 6)), str(exact.rounded(scores[0].value, 2))) == ("2.996187", "3.00")
    assert scoring.below_floor(methods.get("huangyan-2022").floor, E2)


def test_exactly_three_is_not_below_the_floor():
    """2,000 firms at exactly 3.000 万元/亩: none is below (float division would put 283 there)."""
    floor = methods.get("jinyun-sample").floor
    firms = [figures(tax=Decimal(number * 3).scaleb(-2), land=Decimal(number).scaleb(-2)) for number in range(1, 2001)]
    assert not any(scoring.below_floor(floor, item) for item in firms)


@pytest.mark.parametrize(("tax", "below"), [("2.99", True), ("3.00", False), ("3.01", False), ("-1", True)])
def test_floor_around_three(tax, below):
    assert scoring.below_floor(methods.get("jinyun-sample").floor, figures(tax=tax, land=1)) is below


@pytest.mark.parametrize(
    ("missing", "flags"),
    [
        ({"value_added": None}, ["", Flag.NO_NUMERATOR, Flag.NO_NUMERATOR, Flag.NO_NUMERATOR, Flag.NO_NUMERATOR, ""]),
        ({"value_added": -5}, ["", Flag.NEGATIVE, Flag.NEGATIVE, Flag.NEGATIVE, Flag.NEGATIVE, ""]),
        ({"energy": None}, ["", "", Flag.NO_DENOMINATOR, "", "", ""]),
        ({"energy": 0}, ["", "", Flag.NO_DENOMINATOR, "", "", ""]),
        ({"discharge": None}, ["", "", "", Flag.AVERAGED, "", ""]),
        ({"discharge": 0}, ["", "", "", Flag.AVERAGED, "", ""]),
        ({"staff": None}, ["", "", "", "", Flag.NO_DENOMINATOR, ""]),
        ({"revenue": None}, ["", "", "", "", "", Flag.NO_DENOMINATOR]),
        ({"rd_expense": None}, ["", "", "", "", "", Flag.NO_NUMERATOR]),
        ({"tax": -3}, [Flag.NEGATIVE, "", "", "", "", ""]),
    ],
)
def test_missing_figures_are_flagged_and_score_nothing(missing, flags):
    given = {"tax": 100, "land": 10, "value_added": 500, "energy": 20, "discharge": 1, "staff": 10, "rd_expense": 5, "revenue": 900}
    scores, _ = score(figures(**{**given, **missing}))
    assert [item.flag for item in scores] == flags
    assert [item.points for item in scores if item.flag not in ("", Flag.AVERAGED)] == [exact.ZERO] * sum(
        f not in ("", Flag.AVERAGED) for f in flags
    )


def test_average_of_those_with_discharge_is_taken_after_the_cap():
    """One firm capped at 15, one at 5 points, one without data: it gets 10."""
    base = {"tax": 100, "land": 10, "energy": 20, "staff": 10, "rd_expense": 5, "revenue": 900}
    firms = [
        firm(1, "above", **base, value_added="49298.1", discharge=1),
        firm(2, "above", **base, value_added="2464.905", discharge=1),
        firm(3, "above", **base, value_added=1000),
    ]
    outcome = evaluate(methods.get("huangyan-2022"), firms)
    fourth = [result.scores[3] for result in outcome.results]
    assert [exact.rounded(item.points, 6) for item in fourth] == [Decimal("15.000000"), Decimal("5.000000"), Decimal("10.000000")]
    assert outcome.constants["above"].averages == {"I4": Decimal("10.000000000000")}


def test_benchmark_is_the_ratio_of_sums_over_those_who_have_both_figures():
    """(300 + 100) / (10 + 30) = 10, not the mean of 30 and 3.33; the firm without power counts in J1, not in J2."""
    firms = [firm(1, tax=300, land=10, power=100), firm(2, tax=100, land=30)]
    marks = evaluate(methods.get("jinyun-sample"), firms).constants["below"].benchmarks
    assert exact.rounded(marks["J1"].value, 6) == Decimal(10)
    assert exact.rounded(marks["J2"].value, 6) == Decimal(3)


def test_a_benchmark_nobody_has_data_for_gives_no_points():
    result = evaluate(methods.get("jinyun-sample"), [firm(1, tax=300, land=10)]).results[0]
    assert [item.flag for item in result.scores] == ["", Flag.NO_DENOMINATOR]
    negative = evaluate(methods.get("jinyun-sample"), [firm(1, tax=-5, land=10, power=1), firm(2, tax=4, land=10, power=1)]).results[1]
    assert [item.flag for item in negative.scores] == [Flag.NO_BENCHMARK, Flag.NO_BENCHMARK]
