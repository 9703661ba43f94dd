"""The figures of an enterprise a method may use, as whole numbers: every decimal is multiplied by the same factor.

A ratio of two figures is then a ratio of two integers, so nothing is rounded before a decision is taken.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

DIGITS = 6  # no ledger field has more decimals (discharge, power and land have four)


class Figure(NamedTuple):
    """What a figure is called and measured in, and with how many decimals at least it is written."""

    label: str
    unit: str
    places: int = 2


FIGURES = {
    "tax": Figure("评价税收", "万元"),
    "land": Figure("用地面积", "亩"),
    "value_added": Figure("工业增加值", "万元"),
    "energy": Figure("综合能耗", "吨标准煤"),
    "discharge": Figure("主要污染物排放量", "吨"),
    "staff": Figure("平均职工人数", "人", 0),
    "rd_expense": Figure("研发费用", "万元"),
    "revenue": Figure("营业收入", "万元"),
    "power": Figure("用电量", "万千瓦时"),
}


@dataclass(slots=True)
class Firm:
    """One enterprise of the population. figures: name -> scaled integer, None where nothing was reported."""

    key: int
    credit_code: str
    group: str
    figures: dict


def scaled(value):
    """Return a Decimal or an integer as a whole number of 10^-6; None stays None. Raises ValueError below that."""
    if value is None:
        return None
    number = Decimal(value).scaleb(DIGITS)
    whole = int(number)
    if whole != number:
        raise ValueError(f"{value} has more than {DIGITS} decimals")
    return whole


def unscaled(number):
    """Return the Decimal of a scaled integer, without trailing zeros; None stays None."""
    return None if number is None else Decimal(number).scaleb(-DIGITS)
