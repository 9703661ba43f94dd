"""Rank, quota, ties, floor and who takes part."""

from collections import Counter
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.grading import methods
from apps.grading.rules import exact
from apps.grading.rules.evaluation import evaluate, grade_of_rank
from apps.grading.rules.scoring import Exclusion
from tests.grading.firms import firm

SAMPLE = methods.get("jinyun-sample")
QUOTAS = (20, 45, 30, 5)


def grades(results):
    return Counter(result.grade for result in results)


def ladder(count, start=100):
    """Return firms with different taxes on one 亩 each, all far above the floor."""
    return [firm(number, tax=start + number, land=1, power=1) for number in range(1, count + 1)]


def test_published_quota_counts():
    """Chaohu 2021 (domain 1.6, S25): 120 firms are 24/54/36/6, exactly 20/45/30/5 %."""
    assert grades(evaluate(SAMPLE, ladder(120)).results) == {"A": 24, "B": 54, "C": 36, "D": 6}


@pytest.mark.parametrize(("size", "expected"), [(1, "D"), (2, "BD"), (3, "BCD"), (5, "ABBCD"), (10, "AABBBBCCCD")])
def test_small_groups(size, expected):
    assert "".join(grade_of_rank(rank, size, QUOTAS) for rank in range(1, size + 1)) == expected


@given(size=st.integers(1, 5000), cut=st.lists(st.integers(0, 100), min_size=3, max_size=3))
def test_every_rank_has_a_grade_and_no_grade_has_more_than_its_share(size, cut):
    first, second, third = sorted(cut)
    quotas = (first, second - first, third - second, 100 - third)
    counts = Counter(grade_of_rank(rank, size, quotas) for rank in range(1, size + 1))
    assert sum(counts.values()) == size
    upper = running = 0
    for grade, share in zip("ABCD", quotas, strict=True):
        upper += share
        running += counts[grade]
        assert running == size * upper // 100


def test_equal_totals_share_the_rank_and_the_better_grade():
    """Ten firms, the second to fifth equal: ranks 1, 2, 2, 2, 2, 6; A ends at rank 2, so all four are A."""
    taxes = [200, 150, 150, 150, 150, 140, 130, 120, 110, 100]
    results = evaluate(SAMPLE, [firm(number, tax=tax, land=1, power=1) for number, tax in enumerate(taxes)]).results
    assert [result.rank for result in results] == [1, 2, 2, 2, 2, 6, 7, 8, 9, 10]
    assert [result.grade for result in results] == list("AAAAABCCCD")


def test_ratios_equal_on_different_figures_are_a_tie():
    results = evaluate(
        SAMPLE, [firm(1, tax=10, land=3, power=7), firm(2, tax=30, land=9, power=21), firm(3, tax=1, land=9, power=21)]
    ).results
    assert [result.rank for result in results] == [1, 1, 3]


def test_totals_that_differ_beyond_eighteen_decimals_are_not_a_tie():
    tiny = 10**40
    assert exact.positions([(1, 3), (tiny + 1, 3 * tiny), (1, 3), (0, 1)]) == [2, 1, 2, 4]


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**9), st.integers(1, 12))
def test_what_is_written_down_is_rounded_half_up(numerator, denominator, places):
    exactly = Fraction(numerator, denominator) * 10**places
    expected = int(abs(exactly) + Fraction(1, 2)) * (1 if numerator >= 0 else -1)
    text = exact.written((numerator, denominator), places)
    assert Decimal(text) == Decimal(expected).scaleb(-places)
    assert len(text.partition(".")[2]) == places


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 50)), max_size=60))
def test_positions_agree_with_fractions(pairs):
    values = [Decimal(0)] + [Decimal(n) / Decimal(d) for n, d in pairs]
    assert exact.positions([(0, 1), *pairs]) == [1 + sum(other > value for other in values) for value in values]


def test_floor_puts_down_without_using_up_the_quota():
    """100 firms; the first by score lies below 3 万元/亩 and becomes D beside the five that are D by rank."""
    firms = [firm(number, tax=400 + number, land=100, power=10000) for number in range(1, 100)]
    results = evaluate(methods.get("huangyan-2022"), [*firms, firm(100, tax=299, land=100, power=1)]).results
    put_down = [result for result in results if result.trail[-1][0] == "floor"]
    assert [(result.firm.key, result.rank, result.by_score, result.grade) for result in put_down] == [(100, 1, "A", "D")]
    assert grades(results) == {"A": 19, "B": 45, "C": 30, "D": 6}
    assert Counter(result.by_score for result in results) == {"A": 20, "B": 45, "C": 30, "D": 5}


def test_exactly_three_keeps_its_grade():
    results = evaluate(SAMPLE, [firm(1, tax=3, land=1, power=1), firm(2, tax="2.99", land=1, power=1)]).results
    assert [(result.by_score, result.grade) for result in results] == [("B", "B"), ("D", "D")]
    assert [result.trail[-1] for result in results] == [("quota", "", "B"), ("floor", "D", "D")]


@pytest.mark.parametrize(
    ("figures", "reason"),
    [
        ({"land": 10}, Exclusion.NO_TAX),
        ({"tax": 10}, Exclusion.NO_LAND),
        ({"tax": 1, "land": 0}, Exclusion.LAND_NOT_POSITIVE),
        ({"tax": 1, "land": -2}, Exclusion.LAND_NOT_POSITIVE),
    ],
)
def test_no_tax_or_no_land_is_not_graded_and_not_touched_by_the_floor(figures, reason):
    excluded, graded = evaluate(SAMPLE, [firm(1, **figures), firm(2, tax=50, land=1, power=1)]).results
    assert (excluded.grade, excluded.excluded, excluded.rank, excluded.scores) == ("N", reason, None, ())
    assert excluded.trail == [("population", "", ""), ("exclusion", "", "N")]
    assert (graded.rank, graded.size) == (1, 1)


def test_groups_are_ranked_apart():
    firms = [firm(1, "above", tax=10, land=1), firm(2, tax=500, land=1), firm(3, tax=400, land=1)]
    assert [(result.rank, result.size) for result in evaluate(SAMPLE, firms).results] == [(1, 1), (1, 2), (2, 2)]


FIGURE = st.one_of(st.none(), st.integers(-10, 400))


@given(st.lists(st.tuples(FIGURE, FIGURE, FIGURE, st.sampled_from(["above", "below"])), max_size=40))
def test_population_is_participants_and_excluded(rows):
    firms = [firm(number, group, tax=tax, land=land, power=power) for number, (tax, land, power, group) in enumerate(rows)]
    results = evaluate(SAMPLE, firms).results
    counts = grades(results)
    participants = [result for result in results if not result.excluded]
    assert len(results) == len(rows)
    assert sum(counts[grade] for grade in "ABCD") == len(participants)
    assert counts["N"] == len(rows) - len(participants)
    assert all(result.by_score == "D" or result.trail[-1][0] == "floor" for result in participants if result.grade == "D")
