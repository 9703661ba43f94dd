"""Units, parents, remarks and years in the header of a sheet: the right figure comes in, or the column is named (corpus/titles.csv)."""

import csv
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from apps.enterprises.models import YearlyFact
from tests import factories
from tests.exchange.books import CODE, NAME, load
from tests.exchange.corpus import WHOLE
from tests.exchange.test_one_bad_cell import examples
from tests.standing import taken_back

KIND, REFUSED = "enterprise-facts", "拒绝"
with open(Path(__file__).parent / "corpus/titles.csv", encoding="utf-8", newline="") as file:
    CASES = [tuple(row.values()) for row in csv.DictReader(file)]


@pytest.fixture
def known(firm):
    """The firm with a fact of the year, so that one figure is enough."""
    factories.yearly(firm, 2021, tax=1)
    return firm


def sheet(path, firm, *, above="", parent="", title="税收", child="", unit_row="", figure=1, name="数据"):
    """Write a sheet with the figure in column C, under a header of up to three rows; D stands beside it under what is merged."""
    workbook = Workbook()
    table = workbook.active
    table.title = name
    if above:
        table.append([above])
    first = table.max_row + 1 if above else 1
    rows = [
        row
        for row in ([parent, None] if parent else None, [title, None if child else "某指标"], [child, "某指标"] if child else None)
        if row
    ]
    for number, row in enumerate(rows):
        table.append([*([CODE, NAME] if number == 0 else [None, None]), *row])
    last = first + len(rows) - 1
    if last > first:
        for column in ("A", "B"):
            table.merge_cells(f"{column}{first}:{column}{last}")
    if parent:
        table.merge_cells(f"C{first}:D{first}")
    if child:
        table.merge_cells(f"C{last - 1}:D{last - 1}")
    if unit_row:
        table.append([None, None, unit_row, "%"])
    table.append([firm.credit_code, firm.name, figure, 7])
    workbook.save(path)
    return path


def tax_of(firm):
    return YearlyFact.objects.get(enterprise=firm, year=2021).tax


@pytest.mark.parametrize(("above", "parent", "title", "child", "unit_row", "figure", "value", "says"), CASES)
def test_a_header(above, parent, title, child, unit_row, figure, value, says, known, permu, tmp_path):
    header = {"above": above, "parent": parent, "title": title, "child": child, "unit_row": unit_row}
    path = sheet(tmp_path / "a.xlsx", known, figure=Decimal(figure), **header)
    code, told = load(KIND, path, permu, "--year", "2021")
    if value == REFUSED:
        assert (code, told["status"], tax_of(known)) == (1, "refused", 1)
        assert says in told["message"], told
        assert "指定各列" in told["message"] or "所选的年份" in told["message"], told
    else:
        assert (code, told["status"], tax_of(known)) == (0, "done", Decimal(value)), told


def test_the_name_of_the_sheet_may_say_another_year(known, permu, tmp_path):
    path = sheet(tmp_path / "a.xlsx", known, title="税收（万元）", figure=4, name="2020年")
    told = load(KIND, path, permu, "--year", "2021")[1]
    assert told["message"].startswith("工作表“2020年”名称写的是 2020年，要导入的是 2021 年的数据。")


# --- the ways to write a header, thrown together ------------------------------------------------------------------

UNITS = {"": 1, "万元": 1, "元": Decimal("0.0001"), "人民币千元": Decimal("0.1"), "亿元": 10_000, "万美元": None, "佰元": None, "两": None}
REMARKS = {"": True, "本年": True, "2021年": True, "合计": True}
REMARKS |= dict.fromkeys(("上年", "2020年", "增长%", "亩均", "得分", "1-9月", "其中：国税", "甲口径"), False)
PLACES = ("title", "parent", "child", "unit row", "above")
FIGURE = Decimal("950.25")


def header_of(unit, unit_at, remark, remark_at, parent):
    """Return the keywords of `sheet`, None where the places exclude each other."""
    written = {"above": "缙云县税收情况表", "parent": parent, "title": "税收", "child": "", "unit_row": ""}
    for word, place in ((unit, unit_at), (remark, remark_at)):
        if not word:
            continue
        if place in ("title", "parent"):
            written[place] = f"{written[place] or '税收情况'}（{word}）"
        elif place == "child":
            written["child"] = f"{written['child']}（{word}）" if written["child"] else word
        elif place == "unit row" and word == unit:
            written["unit_row"] = word
        elif place == "above":
            written["above"] += f"（{word}）" if word == remark else f"（单位：{word}）"
        else:
            return None
    return written


@pytest.mark.parametrize("unit_at", PLACES)
def test_no_header_lets_a_wrong_figure_in(unit_at, known, permu, tmp_path):
    """What people would read as the tax of the year comes in as they would read it; anything else names its column."""
    ways = [
        way for way in product(UNITS, REMARKS, ("title", "parent", "child"), ("", "主要指标", "县税务局")) if way[1] or way[2] == "title"
    ]

    @examples(200 if WHOLE else 8)
    @given(st.sampled_from(ways))
    def any_header(way):
        unit, remark, remark_at, parent = way
        header = header_of(unit, unit_at, remark, remark_at, parent)
        if header is None:
            return
        with taken_back():
            told = load(KIND, sheet(tmp_path / "a.xlsx", known, figure=FIGURE, **header), permu, "--year", "2021")[1]
            understood = REMARKS[remark] and UNITS[unit] is not None
            if understood:
                assert (told["status"], tax_of(known)) == ("done", read_as(unit)), (header, told)
            else:
                assert (told["status"], tax_of(known)) == ("refused", 1), (header, told)
                assert "C" in told["message"] and "指定各列" in told["message"], (header, told)

    any_header()


def read_as(unit):
    return round(FIGURE * UNITS[unit] + Decimal("1e-9"), 2)
