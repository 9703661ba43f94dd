"""Cells under a merged one: only its first cell holds what people see, so the others are refused where they would be read as empty."""

import pytest
import xlwt
from openpyxl import load_workbook

from apps.enterprises.models import YearlyFact
from tests import factories
from tests.exchange.books import CODE, NAME, book, load, upload

pytestmark = pytest.mark.django_db
HEADER = [CODE, NAME, "年份", "评价税收（万元）", "工业总产值（万元）", "备注"]


def merged(path, rows, *areas):
    """Write rows under HEADER with merged areas; return the path."""
    filled = load_workbook(book(path, HEADER, *rows))
    for area in areas:
        filled.active.merge_cells(area)
    filled.save(path)
    return path


def told(document):
    return [(error["row"], error["column"], error["value"], error["message"]) for error in document["errors"]]


def sentence(title, area):
    return f"{title}：在合并单元格 {area} 内，读不出这一格的内容；请取消合并后分别填写。"


TAX, OUTPUT = "评价税收（万元）", "工业总产值（万元）"


@pytest.fixture
def rows(firm):
    """Three years of a firm; their stored tax is 9."""
    for year in (2019, 2020, 2021):
        factories.yearly(firm, year, tax=9)
    return [[firm.credit_code, firm.name, year, 5, 6, "注"] for year in (2019, 2020, 2021)]


def test_a_figure_merged_over_rows_clears_nothing(tmp_path, permu, rows):
    _, document = load("enterprise-facts", merged(tmp_path / "a.xlsx", rows, "D2:D4"), permu)
    assert told(document) == [(row, "D", "", sentence(TAX, "D2:D4")) for row in (3, 4)]
    assert list(YearlyFact.objects.values_list("tax", flat=True)) == [9, 9, 9]


def test_a_figure_merged_over_columns_is_none_of_the_second(tmp_path, permu, rows):
    _, document = load("enterprise-facts", merged(tmp_path / "a.xlsx", rows, "D3:E3", "D4:E4"), permu)
    assert told(document) == [(row, "E", "", sentence(OUTPUT, f"D{row}:E{row}")) for row in (3, 4)]


def test_a_block_covers_all_but_its_first_cell(tmp_path, permu, rows):
    _, document = load("enterprise-facts", merged(tmp_path / "a.xlsx", rows, "D2:F3"), permu)
    assert [place[:2] for place in told(document)] == [(2, "E"), (3, "D"), (3, "E")]


def test_a_code_merged_over_the_years_of_a_firm(tmp_path, permu, rows):
    """Its name may stand merged beside it: the code decides."""
    _, document = load("enterprise-facts", merged(tmp_path / "a.xlsx", rows, "A2:A4", "B2:B4"), permu)
    assert told(document) == [(row, "A", "", sentence(CODE, "A2:A4")) for row in (3, 4)]


def test_a_name_merged_where_the_file_has_no_code(tmp_path, permu, rows):
    filled = load_workbook(merged(tmp_path / "a.xlsx", rows, "B2:B4"))
    filled.active["A1"] = "编号"
    filled.save(tmp_path / "a.xlsx")
    _, document = load("enterprise-facts", tmp_path / "a.xlsx", permu)
    assert told(document) == [(row, "B", "", sentence(NAME, "B2:B4")) for row in (3, 4)]


def test_through_the_page(tmp_path, client, permu, rows):
    client.force_login(permu)
    page = upload(client, merged(tmp_path / "a.xlsx", rows, "D2:D3")).content.decode()
    assert sentence(TAX, "D2:D3").partition("：")[2] in page


def test_an_old_workbook(tmp_path, permu, rows):
    filled = xlwt.Workbook(encoding="utf-8")
    sheet = filled.add_sheet("数据")
    for number, line in enumerate([HEADER, *rows]):
        for column, cell in enumerate(line):
            if (number, column) not in {(1, 3), (2, 3)}:
                sheet.write(number, column, cell)
    sheet.write_merge(1, 2, 3, 3, 5)
    filled.save(str(tmp_path / "a.xls"))
    assert told(load("enterprise-facts", tmp_path / "a.xls", permu)[1]) == [(3, "D", "", sentence(TAX, "D2:D3"))]


def test_merges_that_cover_no_figure_are_harmless(tmp_path, permu, rows):
    """Blank ones, of columns that are not read, of names beside codes, of the total and of the foot."""
    lines = [row[:] for row in rows]
    for line in lines[:2]:
        line[4] = None
    total, foot = ["合计", None, None, 15, 6, None], ["填表人：某某", None, None, None, None, None]
    path = merged(tmp_path / "a.xlsx", [*lines, total, foot], "E2:E3", "F2:F4", "B2:B4", "A5:C5", "A6:F6")
    _, document = load("enterprise-facts", path, permu)
    assert (document["status"], told(document)) == ("done", [])
    assert list(YearlyFact.objects.order_by("year").values_list("tax", "output")) == [(5, None), (5, None), (5, 6)]


def test_a_total_merged_with_its_figures_says_nothing_of_the_rows_above(tmp_path, permu, rows):
    path = merged(tmp_path / "a.xlsx", [*rows, ["合计", None, None, 15, None, None]], "D5:E5")
    assert told(load("enterprise-facts", path, permu)[1]) == []


def test_the_sheet_that_comes_back_marked_can_be_mended(tmp_path, permu, rows):
    path, out = merged(tmp_path / "a.xlsx", rows, "D2:D3"), tmp_path / "out.xlsx"
    load("enterprise-facts", path, permu, "--marked", out)
    filled = load_workbook(out)
    filled.active.unmerge_cells("D2:D3")
    filled.active["D3"] = 7
    filled.save(out)
    assert load("enterprise-facts", out, permu)[1]["errors"] == []
    assert list(YearlyFact.objects.order_by("year").values_list("tax", flat=True)) == [5, 7, 5]


def test_a_merge_far_below_is_known_before_the_rows_above_it_are_judged(tmp_path, permu, firm):
    """A sheet that is begun with before it is read to its end."""
    rows = [[firm.credit_code, firm.name, 2000 + number, 5, 6, None] for number in range(100)]
    path = merged(tmp_path / "a.xlsx", rows, "D90:D91", "E100:F100")
    assert told(load("enterprise-facts", path, permu)[1]) == [(91, "D", "", sentence(TAX, "D90:D91"))]
