"""Lights (亮灯): how far something is against what was due by now (domain 4.6; thresholds are defaults, configurable)."""

from decimal import Decimal
from fractions import Fraction

GREEN, YELLOW, RED, GREY = "green", "yellow", "red", "grey"
LABELS = {GREEN: "正常", YELLOW: "滞后", RED: "严重滞后", GREY: "无数据"}
GREEN_FROM = Decimal(1)
YELLOW_FROM = Decimal("0.8")


def light(actual, due, green_from=GREEN_FROM, yellow_from=YELLOW_FROM):
    """Return the light of `actual` against `due` (same unit); grey where either is unknown or nothing was due.

    The thresholds are shares of `due` and compared as exact products. Numbers are Decimals, Fractions or ints.
    """
    if actual is None or due is None or due <= 0:
        return GREY
    actual, due = Fraction(actual), Fraction(due)
    if actual >= due * Fraction(green_from):
        return GREEN
    return YELLOW if actual >= due * Fraction(yellow_from) else RED
