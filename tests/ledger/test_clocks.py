"""Working days and deadlines. The holidays are the State Council's arrangement of 2021 (国办发明电〔2020〕27号)."""

import datetime as dt

import pytest

from apps.ledger import workdays
from apps.ledger.clocks import OVERDUE, Clock, mark_reached, read

D = dt.date


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (D(2021, 10, 1), False),  # National Day
        (D(2021, 10, 7), False),  # still holiday, a Thursday
        (D(2021, 10, 9), True),  # a Saturday that is worked
        (D(2021, 9, 26), True),  # a Sunday that is worked
        (D(2021, 10, 16), False),  # an ordinary Saturday
        (D(2021, 10, 18), True),
        (D(2040, 10, 1), True),  # arrangement not published: a Monday counts as worked
        (D(2040, 9, 30), False),  # a Sunday
    ],
)
def test_working_days_follow_the_published_arrangement(day, working):
    assert workdays.is_working(day) is working


def test_working_days_over_the_national_holiday():
    assert workdays.add(D(2021, 9, 30), 1) == D(2021, 10, 8)
    assert workdays.add(D(2021, 9, 30), 3) == D(2021, 10, 11)
    assert workdays.add(D(2021, 9, 30), 0) == D(2021, 9, 30)
    assert workdays.between(D(2021, 9, 30), D(2021, 10, 11)) == 3
    assert workdays.between(D(2021, 10, 11), D(2021, 9, 30)) == -3


@pytest.mark.parametrize("end", [D(2026, 12, 31), D(2027, 1, 3), D(2031, 5, 7), D(2031, 5, 10)])
def test_far_years_are_counted_by_the_week(end):
    """As counting day by day, and at once however far the deadline lies."""
    start = D(2026, 9, 20)
    assert workdays.between(start, end) == sum(workdays.is_working(start + workdays.DAY * day) for day in range(1, (end - start).days + 1))


TODAY = D(2021, 10, 15)
DAYS, WORKING = Clock("deadline"), Clock("deadline", working=True, near=3, marks=(5, 1))


@pytest.mark.parametrize(
    ("clock", "due", "light"),
    [
        (DAYS, D(2021, 12, 31), ("green", "还剩77天")),
        (DAYS, D(2021, 11, 15), ("green", "还剩31天")),
        (DAYS, D(2021, 11, 14), ("yellow", "还剩30天")),
        (DAYS, TODAY, ("yellow", "今天到期")),
        (DAYS, D(2021, 10, 14), ("red", "逾期1天")),
        (DAYS, None, ("grey", "未定时限")),
        (WORKING, D(2021, 10, 20), ("yellow", "还剩3个工作日")),
        (WORKING, D(2021, 10, 21), ("green", "还剩4个工作日")),
        (WORKING, D(2021, 9, 30), ("red", "逾期7个工作日")),
    ],
)
def test_the_light_says_why(clock, due, light):
    shown = read(clock, due, TODAY)
    assert (shown.colour, shown.words) == light


def test_a_closed_or_paused_record_has_no_running_clock():
    assert read(DAYS, D(2020, 1, 1), TODAY, closed=True).words == "已办结"
    assert read(DAYS, D(2020, 1, 1), TODAY, paused=True).colour == "grey"


@pytest.mark.parametrize(
    ("left", "mark"), [(120, None), (91, None), (90, 90), (31, 90), (30, 30), (8, 30), (7, 7), (0, 7), (-1, OVERDUE), (-400, OVERDUE)]
)
def test_the_mark_reached_is_the_closest_one(left, mark):
    assert mark_reached(DAYS, TODAY + dt.timedelta(days=left), TODAY) == mark


def test_without_a_deadline_nothing_is_reached():
    assert mark_reached(DAYS, None, TODAY) is None
