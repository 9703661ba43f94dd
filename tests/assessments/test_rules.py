"""The scoring rules of domain 4.4, as vectors."""

from decimal import Decimal as D
from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.assessments import rules
from apps.assessments.rules import Measure, Reading


def one_indicator(values, **measure):
    """Score units 0..n-1 on one result indicator of 100 points that is all there is (r = 1)."""
    readings = {unit: {"i": Reading(*pair)} for unit, pair in enumerate(values)}
    return rules.score_group([Measure("i", "result", D(100), **measure)], readings, result_share=D(1))


def test_equal_values_share_a_rank_and_the_next_is_skipped():
    values = {"a": D(90), "b": D(80), "c": D("80.0"), "d": D(70), "e": None}
    assert rules.ranks(values) == {"a": 1, "b": 2, "c": 2, "d": 4, "e": None}


def test_the_published_jining_table():
    """Ranks 1 to 9, 9, 11 of thirteen units (domain 4.4, source S65)."""
    totals = [99, 98, 97, 96, 95, 94, 93, 92, 91, 91, 90, 89, 88]
    assert list(rules.ranks(dict(enumerate(map(D, totals)))).values()) == [1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 11, 12, 13]


def test_the_lower_the_better_ranks_from_below():
    assert rules.ranks({"a": D(3), "b": D(1), "c": D(2)}, lower_is_better=True) == {"a": 3, "b": 1, "c": 2}


def test_totals_are_compared_unrounded():
    """Two totals that show as the same 66.67 are no tie."""
    standings = one_indicator([(D(3), D(2)), (D("3.0001"), D(2))], cap=D(1))
    assert [rules.decimal(standings[unit].total, 2) for unit in (0, 1)] == [D("66.67"), D("66.66")]
    close = one_indicator([(D(3), D(2)), (D("3.000001"), D(2))], cap=D(1))
    assert [rules.decimal(close[unit].total, 2) for unit in (0, 1)] == [D("66.67"), D("66.67")]
    assert [close[unit].rank for unit in (0, 1)] == [1, 2]


def test_thirds_are_exact():
    """1/3 + 1/3 + 1/3 of the weight is the whole weight: a tie with a unit that reached it at once."""
    measures = [Measure(name, "result", D(100) / 4) for name in "abcd"]
    thirds = {name: Reading(D(3), D(actual)) for name, actual in zip("abcd", (1, 2, 3, 2), strict=True)}
    plain = {name: Reading(D(3), D(actual)) for name, actual in zip("abcd", (2, 2, 2, 2), strict=True)}
    standings = rules.score_group(measures, {"thirds": thirds, "plain": plain}, result_share=D(1))
    assert standings["thirds"].total == standings["plain"].total == F(200, 3)
    assert {standing.rank for standing in standings.values()} == {1}


@pytest.mark.parametrize(
    ("actual", "cap", "share"),
    [
        ("0", "1.2", 0),
        ("-5", "1.2", 0),
        ("50", "1.2", F(1, 2)),
        ("100", "1.2", 1),
        ("115", "1.2", F(115, 100)),
        ("130", "1.2", F(12, 10)),
        ("130", "1", 1),
    ],
)
def test_completion_ratio_with_cap(actual, cap, share):
    """w x min(max(actual ÷ target, 0), cap) (domain 4.4 M1)."""
    standing = one_indicator([(D(100), D(actual))], cap=D(cap))[0]
    assert standing.marks["i"].score == 100 * share
    assert standing.marks["i"].ratio == F(D(actual)) / 100


def test_the_lower_the_better_turns_the_ratio_round():
    assert rules.completion(Reading(D(6), D(8)), lower_is_better=True) == F(3, 4)
    assert rules.completion(Reading(D(6), D(0)), lower_is_better=True) == rules.ZERO_IS_BEST


@pytest.mark.parametrize("reading", [Reading(None, D(1)), Reading(D(1), None), Reading(D(0), D(1)), Reading(D(-1), D(1))])
def test_no_completion_without_both_figures_or_a_real_target(reading):
    assert rules.completion(reading) is None


@pytest.mark.parametrize(
    ("method", "target", "actual", "lower", "needs"),
    [
        ("points", None, "0.5", False, True),
        ("points", None, "0", False, False),
        ("points", None, None, False, False),
        ("completion", "30", "30", False, False),
        ("completion", "30", "30.000001", False, True),
        ("completion", None, "30", False, False),
        ("completion", "7", "7", True, False),
        ("completion", "7", "6.9", True, True),
        ("completion", "7", "0", True, True),
        ("rank", "15", "15.1", False, True),
        ("rank", None, "15.1", False, False),
    ],
)
def test_points_by_hand_and_completion_above_a_hundred_percent_need_a_file(method, target, actual, lower, needs):
    measure = Measure("X", "result", D(10), method=method, lower_is_better=lower)
    reading = Reading(*(None if amount is None else D(amount) for amount in (target, actual)))
    assert rules.needs_paper(measure, reading) is needs


def test_rank_steps():
    """Rank 1 = w, 2 = 0.95 w, 3 = 0.90 w, each further -5 % (domain 4.4 M3); a tie shares the better step."""
    standings = one_indicator([(None, D(value)) for value in (9, 7, 7, 5, 3)], method="rank")
    assert [standings[unit].marks["i"].rank for unit in range(5)] == [1, 2, 2, 4, 5]
    assert [standings[unit].total for unit in range(5)] == [100, 95, 95, 85, 80]


def test_rank_steps_never_fall_below_nothing():
    assert rules.rank_share(30) == 0


def test_missing_data_spreads_its_weight_and_is_not_zero():
    measures = [Measure("a", "result", D(60)), Measure("b", "result", D(40))]
    full, none = Reading(D(10), D(8)), Reading(D(10), None)
    standings = rules.score_group(measures, {"both": {"a": full, "b": full}, "one": {"a": full, "b": none}}, result_share=D(1))
    assert standings["one"].total == standings["both"].total == 80
    assert (standings["one"].marks["a"].weight, standings["one"].marks["a"].score) == (100, 80)
    assert (standings["one"].marks["b"].weight, standings["one"].marks["b"].score) == (0, None)


def test_missing_data_may_take_the_groups_average():
    measures = [Measure("a", "result", D(60)), Measure("b", "result", D(40), missing="average")]
    rows = {
        "x": {"a": Reading(D(10), D(10)), "b": Reading(D(10), D(10))},
        "y": {"a": Reading(D(10), D(10)), "b": Reading(D(10), D(5))},
        "z": {"a": Reading(D(10), D(10))},
    }
    mark = rules.score_group(measures, rows, result_share=D(1))["z"].marks["b"]
    assert (mark.share, mark.score, mark.stand_in, mark.rank) == (F(3, 4), 30, True, None)


def test_an_average_of_nobody_falls_back_to_spreading():
    measures = [Measure("a", "result", D(60)), Measure("b", "result", D(40), missing="average")]
    standings = rules.score_group(measures, {"x": {"a": Reading(D(10), D(5))}}, result_share=D(1))
    assert standings["x"].total == 50


def test_a_block_without_any_data_leaves_the_unit_unranked():
    measures = [Measure("a", "result", D(100)), Measure("p", "process", D(100))]
    rows = {"x": {"a": Reading(D(1), D(1)), "p": Reading(D(1), D(1))}, "y": {"a": Reading(D(1), D(1))}}
    standings = rules.score_group(measures, rows)
    assert (standings["y"].process, standings["y"].total, standings["y"].rank) == (None, None, None)
    assert standings["x"].rank == 1


def test_total_is_result_and_process_in_their_shares_plus_bonus_minus_penalty():
    """Σ result x r + Σ process x (1 - r) + bonus - penalty (domain 4.4): 90 x 0.7 + 80 x 0.3 + 3 - 1."""
    measures = [
        Measure("a", "result", D(100)),
        Measure("p", "process", D(100)),
        Measure("up", "bonus", D(5), method="points"),
        Measure("down", "penalty", D(5), method="points"),
    ]
    row = {"a": Reading(D(100), D(90)), "p": Reading(D(100), D(80)), "up": Reading(None, D(3)), "down": Reading(None, D(1))}
    standing = rules.score_group(measures, {"x": row}, result_share=D("0.7"))["x"]
    assert (standing.result, standing.process, standing.bonus, standing.penalty) == (90, 80, 3, 1)
    assert standing.total == 89


def test_bonus_is_limited_to_its_weight_and_nothing_given_is_nothing():
    measures = [Measure("a", "result", D(100)), Measure("up", "bonus", D(5), method="points")]
    rows = {"x": {"a": Reading(D(1), D(1)), "up": Reading(None, D(9))}, "y": {"a": Reading(D(1), D(1))}}
    standings = rules.score_group(measures, rows, result_share=D(1))
    assert (standings["x"].total, standings["y"].total) == (105, 100)


def test_overall_completion_counts_no_indicator_more_than_once_over():
    measures = [Measure("a", "result", D(50), cap=D("1.2")), Measure("b", "result", D(50), cap=D("1.2"))]
    standing = rules.score_group(measures, {"x": {"a": Reading(D(10), D(20)), "b": Reading(D(10), D(8))}}, result_share=D(1))["x"]
    assert (standing.completion, standing.total) == (F(9, 10), 100)


@pytest.mark.parametrize(("quarter", "target"), [(1, 30), (2, 60), (3, 90), (4, 120)])
def test_the_quarters_target_is_cumulative(quarter, target):
    assert rules.quarter_target(D(120), quarter, rules.PACE) == target


def test_quarter_is_written_2021q3():
    assert rules.parse_quarter("2021Q3") == (2021, 3)


@pytest.mark.parametrize("text", ["2021Q5", "2021q3", "21Q3", "2021-Q3", "2021Q3 ", "", "２０２１Q3x"])
def test_any_other_text_is_no_quarter(text):
    with pytest.raises(ValueError, match="2021Q3"):
        rules.parse_quarter(text)


@pytest.mark.parametrize(("score", "heat"), [(None, None), (D(10), 4), (D(12), 4), (D("9.99"), 3), (D(9), 3), (D(8), 2), (D("7.99"), 1)])
def test_heat_of_a_cell(score, heat):
    assert rules.heat(score, D(10)) == heat


@pytest.mark.parametrize(("value", "stored"), [(F(2, 3), "0.67"), (F(1, 200), "0.01"), (F(-1, 200), "-0.01"), (None, None)])
def test_fractions_are_stored_rounded_half_up(value, stored):
    assert rules.decimal(value, 2) == (stored and D(stored))


amounts = st.none() | st.decimals(min_value=0, max_value=1000, places=2)


@given(st.lists(st.tuples(amounts, amounts), min_size=1, max_size=8))
def test_scores_stay_between_nothing_and_the_cap(pairs):
    """Whatever is missing, a total is between 0 and weight x cap, and ranks start at 1 and never exceed the number of totals."""
    standings = one_indicator(pairs, cap=D("1.2")).values()
    known = [standing for standing in standings if standing.total is not None]
    assert all(0 <= standing.total <= 120 for standing in known)
    assert sorted(standing.rank for standing in known)[:1] in ([], [1])
    assert all(standing.rank <= len(known) for standing in known)
