"""The comparisons by themselves: exact at the limit, silent where nothing is known."""

import datetime as dt
from decimal import Decimal

import pytest

from apps.enterprises.rules.reconciliation import change, differ, exact, existed, jumped, owes, perhaps_jumped

DAY = dt.date(2020, 12, 31)


@pytest.mark.parametrize(
    ("now", "last", "share", "expected"),
    [
        ("130", "100", 30, False),  # exactly 30 % is not more
        ("130.01", "100", 30, True),
        ("70", "100", 30, False),
        ("69.99", "100", 30, True),
        ("0.13", "0.1", 30, False),  # floats say 30.000000000000004 %
        ("-0.13", "-0.1", 30, False),
        ("-13.01", "-10", 30, True),
        ("5", "-5", 30, True),  # from loss to profit
        ("0.01", "0", 30, True),
        ("0", "0", 30, False),
        ("0", "5", 30, True),
        ("0", "5", 100, False),
        (None, "5", 30, False),
        ("5", None, 30, False),
        ("1234567890.13", "1234567890.12", 1, False),
    ],
)
def test_a_jump_is_more_than_the_share_of_last_year(now, last, share, expected):
    now, last = (None if value is None else Decimal(value) for value in (now, last))
    assert jumped(now, last, Decimal(share)) is expected
    if expected:
        assert perhaps_jumped({"x": float(now)}, {"x": float(last)}, Decimal(share)) == ["x"]


def test_nothing_known_is_nothing_to_ask():
    assert perhaps_jumped({"a": None, "b": 5.0, "c": 5.0}, {"a": 1.0, "b": None}) == []


@pytest.mark.parametrize("number", ["0.1", "12345678901.23", "-0.05", "1234567890123.99", "0"])
def test_no_digit_is_lost_on_the_way_through_a_float(number):
    assert exact(float(number), 2) == Decimal(number)


@pytest.mark.parametrize(
    ("first", "second", "expected"), [(1, 1, False), (1, 2, True), (0, None, False), (None, 0, False), (0, 0.01, True)]
)
def test_two_sources_differ_only_where_both_speak(first, second, expected):
    assert differ(first, second) is expected


@pytest.mark.parametrize(
    ("now", "base", "expected"), [("150", "100", "50"), ("50", "100", "-50"), ("-5", "-10", "50"), ("5", "0", None), (None, "1", None)]
)
def test_the_change_is_told_in_percent(now, base, expected):
    now, base, expected = (None if value is None else Decimal(value) for value in (now, base, expected))
    assert change(now, base) == expected


@pytest.mark.parametrize(
    ("field", "scale", "expected"),
    [("tax", "below", True), ("power", "below", True), ("output", "below", False), ("output", "above", True)],
)
def test_what_an_enterprise_owes(field, scale, expected):
    assert owes(field, scale) is expected


@pytest.mark.parametrize(
    ("founded_on", "closed", "reported", "expected"),
    [
        (None, False, False, True),
        (DAY, False, False, True),
        (dt.date(2021, 1, 1), False, False, False),
        (dt.date(2021, 1, 1), False, True, True),
        (None, True, False, False),
        (None, True, True, True),
    ],
)
def test_who_is_asked_for_figures_of_a_year(founded_on, closed, reported, expected):
    assert existed(DAY, founded_on, closed, reported) is expected
