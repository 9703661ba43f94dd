"""The only source of the date and the time."""

import datetime as dt
from contextvars import ContextVar

from django.conf import settings
from django.utils import timezone

from apps.core.context import setting
from apps.core.numbers import whole_number

FIRST_YEAR, LAST_YEAR = 2000, 2100  # of data: what lies outside is a slip of the hand
YEAR_LIMITS = f"年份应在 {FIRST_YEAR} 至 {LAST_YEAR} 之间。"
_told = ContextVar("clock_told", default=None)


def today():
    """Return the office's date: `OFFICE_TODAY` where it is set (the sample county lives in 2021), else the real one."""
    return _told.get() or settings.OFFICE_TODAY or timezone.localdate()


def on(day):
    """Let the office's date be `day` inside this block: a loader tells a story that began earlier. Never in a request."""
    return setting(_told, day)


def now():
    """Return the real moment, aware: acts are stamped with it even where the office's date is set."""
    return timezone.now()


def year(text):
    """Return a data year from what was typed. Raises ValueError with a Chinese sentence: not a year, or not one of ours."""
    number = whole_number(text, LAST_YEAR)
    if number is None or number < FIRST_YEAR:
        raise ValueError(YEAR_LIMITS)
    return number


def year_end(year):
    """Return 31 December of `year`, the day on which a year's land is counted (default, configurable by the plan)."""
    return dt.date(year, 12, 31)
