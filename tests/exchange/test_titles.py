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
from tests.exchange.books import CODE, NAME, book, load, places
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


@pytest.mark.parametrize(
    ("titles", "figures"),
    [
        (["本年税收", "上年税收"], [5, 9]),
        (["2020年税收", "2021年税收"], [9, 5]),
        (["2020税收（万元）", "2021税收（万元）"], [9, 5]),
        (["20年税收", "21年税收"], [9, 5]),
    ],
)
def test_of_two_years_side_by_side_the_one_asked_for_is_read(titles, figures, known, permu, tmp_path):
    path = book(tmp_path / "a.xlsx", [CODE, NAME, *titles], [known.credit_code, known.name, *figures])
    assert (load(KIND, path, permu, "--year", "2021")[1]["status"], tax_of(known)) == ("done", 5)


def test_where_the_rows_say_the_year_a_column_of_one_year_is_none_of_ours(known, permu, tmp_path):
    path = book(tmp_path / "a.xlsx", [CODE, NAME, "年份", "2020年税收", "税收"], [known.credit_code, known.name, 2021, 9, 5])
    told = load(KIND, path, permu)[1]
    assert (told["status"], tax_of(known)) == ("done", 5)
    assert "忽略 1 列不认识的列：D“2020年税收”。" in told["notes"]


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

    @examples(200 if WHOLE else 3)
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


def test_of_two_sheets_that_would_do_the_fuller_is_not_simply_taken(known, permu, tmp_path):
    workbook = Workbook()
    for name, row in (("2020", [9, 6000]), ("2021", [7000])):
        table = workbook.create_sheet(name)
        table.append([CODE, NAME, "税收（万元）", "营业收入（万元）"][: 2 + len(row)])
        table.append([known.credit_code, known.name, *row])
    workbook.remove(workbook.active)
    workbook.save(tmp_path / "a.xlsx")
    told = load(KIND, tmp_path / "a.xlsx", permu, "--year", "2021")[1]
    remedy = "请只保留一个后重新上传，或在“指定各列”中选定工作表"
    assert told["message"] == f"有 2 个工作表都像是要导入的数据：“2020”、“2021”。{remedy}。"


def wide(path, firm, *titles):
    """Write a sheet with the tax in column C, 80 columns of others behind it, and then these."""
    others = [f"某列{number}" for number in range(80)]
    return book(path, [CODE, NAME, "税收（万元）", *others, *titles], [firm.credit_code, firm.name, 5, *others, *titles])


def test_columns_beyond_the_eightieth_are_named(known, permu, tmp_path):
    told = load(KIND, wide(tmp_path / "a.xlsx", known, "备注"), permu, "--year", "2021")[1]
    assert "只读取前 80 列，其后的 4 列没有读取：CC“某列77”、CD“某列78”、CE“某列79”、CF“备注”。" in told["notes"]


def test_a_wanted_column_beyond_the_eightieth_is_not_lost(known, permu, tmp_path):
    told = load(KIND, wide(tmp_path / "a.xlsx", known, "营业收入（万元）"), permu, "--year", "2021")[1]
    remedy = "请删去用不到的列，或把它移到前面后重新上传"
    assert told["message"] == f"只读取前 80 列，要导入的列在其后：CF“营业收入（万元）”。{remedy}。"


def test_data_under_no_title_is_named(known, permu, tmp_path):
    path = book(tmp_path / "a.xlsx", [CODE, NAME, "税收（万元）"], [known.credit_code, known.name, 5, None, 9])
    assert "没有标题的列有数据，没有读取：E 列。" in load(KIND, path, permu, "--year", "2021")[1]["notes"]


@pytest.mark.parametrize(("total", "errors"), [(5, []), (6, [(2, "C")])])
def test_a_total_above_its_rows_is_compared_with_them(total, errors, known, permu, tmp_path):
    path = book(tmp_path / "a.xlsx", [CODE, NAME, "税收（万元）"], ["合计", None, total], [known.credit_code, known.name, 5])
    assert places(load(KIND, path, permu, "--year", "2021")[1]) == errors
