"""Rules of the chain page: lights of the nine ones and the straight way to a target year."""

from fractions import Fraction

from apps.ledger.lights import GREEN, GREY, RED, YELLOW

BASE_YEAR = 2020  # the plan's last known year (§1.1)
TARGET_YEAR = 2025  # its first target year (§3.3)
MONTHS = 12


def item_light(state, due, today):
    """Return the light of one of the nine ones: done green, overdue red, under way yellow, not begun grey."""
    if state == "done":
        return GREEN
    if due is not None and due < today:
        return RED
    return YELLOW if state == "doing" else GREY


def due_by(base, target, year, month):
    """Return the cumulative output due from January to `month` of `year` on the straight line from base to target year.

    base, target: yearly output of 2020 and 2025 in the same unit; None where either is unknown. The straight line and
    its division by months are assumptions (default): the plan prints only the two ends.
    """
    if base is None or target is None:
        return None
    of_year = Fraction(base) + Fraction(target - base) * (year - BASE_YEAR) / (TARGET_YEAR - BASE_YEAR)
    return of_year * month / MONTHS
