"""Working days of the People's Republic: the State Council's yearly holiday arrangement, from the library chinesecalendar."""

import datetime as dt

from chinese_calendar import is_workday
from chinese_calendar.constants import holidays

DAY = dt.timedelta(days=1)
LAST_KNOWN = dt.date(max(holidays).year, 12, 31)  # later arrangements are not published yet: Monday to Friday is worked


def is_working(day):
    """Say whether `day` is worked; a year whose arrangement is not published (known) counts Monday to Friday."""
    try:
        return is_workday(day)
    except NotImplementedError:
        return day.weekday() < 5


def add(day, count):
    """Return the day `count` working days after `day` (count ≥ 0); the day itself is not counted (行政许可法 §82)."""
    while count > 0:
        day += DAY
        count -= is_working(day)
    return day


def between(start, end):
    """Count the working days after `start` up to and including `end`; negative when `end` lies before `start`."""
    if end < start:
        return -between(end, start)
    known = min(end, max(start, LAST_KNOWN))
    counted = sum(is_working(start + DAY * number) for number in range(1, (known - start).days + 1))
    weeks, rest = divmod((end - known).days, 7)
    return counted + 5 * weeks + sum(is_working(end - DAY * number) for number in range(rest))
