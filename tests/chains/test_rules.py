import datetime as dt
from fractions import Fraction as F

import pytest

from apps.chains import rules

TODAY = dt.date(2021, 10, 15)


@pytest.mark.parametrize(
    ("state", "due", "light"),
    [
        ("done", dt.date(2021, 1, 1), "green"),
        ("doing", dt.date(2021, 10, 14), "red"),
        ("doing", TODAY, "yellow"),
        ("doing", None, "yellow"),
        ("todo", dt.date(2021, 10, 14), "red"),
        ("todo", dt.date(2021, 12, 31), "grey"),
    ],
)
def test_light_of_one_of_the_nine_ones(state, due, light):
    assert rules.item_light(state, due, TODAY) == light


def test_the_straight_way_to_the_target():
    """From 120 in 2020 to 150 in 2025: 126 for the year 2021, three quarters of it by September."""
    assert rules.due_by(120, 150, 2021, 9) == F(189, 2)
    assert rules.due_by(120, 150, 2025, 12) == 150


def test_nothing_is_due_where_an_end_is_unknown():
    assert rules.due_by(None, 150, 2021, 9) is rules.due_by(120, None, 2021, 9) is None
