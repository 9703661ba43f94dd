"""T30: 200 figures and what they are in the unit of their column, checked by hand; exact fractions, half up (corpus/units.csv)."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from apps.exchange import rules

REFUSED = "拒绝"
with open(Path(__file__).parent / "corpus/units.csv", encoding="utf-8", newline="") as file:
    FIGURES = [tuple(row.values()) for row in csv.DictReader(file)]
READ = {"文字": str, "数字": Decimal, "布尔": lambda written: True}


def test_there_are_two_hundred():
    assert len(FIGURES) == len({row[:5] for row in FIGURES}) >= 200


@pytest.mark.parametrize(("written", "cell", "unit", "sheet_unit", "places", "value", "why"), FIGURES)
def test_a_figure(written, cell, unit, sheet_unit, places, value, why):
    def read():
        return rules.number(READ[cell](written), int(places), unit, sheet_unit)

    if value == REFUSED:
        with pytest.raises(rules.Fault):
            read()
        return
    found, _ = read()
    assert str(found) == value, why
