"""The person's own workbook comes back with its bad cells marked, and can be mended and sent again as it stands."""

import datetime as dt
import io
import re
from pathlib import Path

import pytest
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from apps.enterprises.models import YearlyFact
from apps.exchange import child
from apps.exchange.models import Batch
from apps.exchange.selectors import errors_of
from tests import factories
from tests.exchange.books import CODE, FACT, NAME, book, cells, load, places, upload
from tests.exchange.corpus.files import archive, parts


def test_marked_workbook(clerk, bad, firm):
    upload(clerk, bad)
    batch = Batch.objects.get()
    answer = clerk.get(reverse("exchange:marked", args=[batch.pk]))
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("attachment")
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    red = [cell.coordinate for row in sheet for cell in row if cell.fill.fgColor.rgb == "FFFF9999"]
    assert red == ["E2", "A3"]
    assert sheet["G1"].value == "核对意见"
    assert "不是确切的数字" in sheet["G2"].value
    assert sheet["E2"].comment.text == sheet["G2"].value
    assert sheet["B2"].value == "<script>alert(1)</script>"


def test_the_marked_workbook_can_be_mended_and_sent_again(bad, permu, firm, tmp_path):
    out = tmp_path / "marked.xlsx"
    assert load("enterprise-facts", bad, permu, "--marked", out)[0] == 1
    workbook = load_workbook(out)
    workbook.active["E2"], workbook.active["A3"] = 100, "1"
    workbook.save(out)
    again = tmp_path / "again.xlsx"
    code, document = load("enterprise-facts", out, permu, "--marked", again)
    assert [(error["row"], error["column"]) for error in document["errors"]] == [(3, "A")]
    sheet = load_workbook(again).active
    assert (sheet["E2"].fill.fgColor.rgb, sheet["G2"].value, sheet.max_column) == ("00000000", None, 7)
    workbook.active.delete_rows(3)
    workbook.save(out)
    assert load("enterprise-facts", out, permu)[1]["status"] == "done"


def test_a_bad_cell_under_a_merged_one_is_marked_on_the_merge(permu, firm, tmp_path):
    rows = [[firm.credit_code, firm.name, 2020, "规上", 1, 1], [None, None, 2021, "规上", 1, 1]]
    workbook = load_workbook(book(tmp_path / "a.xlsx", FACT, *rows))
    workbook.active.merge_cells("A2:A3")
    workbook.save(tmp_path / "a.xlsx")
    code, document = load("enterprise-facts", tmp_path / "a.xlsx", permu, "--marked", tmp_path / "out.xlsx")
    assert (code, places(document)) == (1, [(3, "A")])
    sheet = load_workbook(tmp_path / "out.xlsx").active
    assert [cell.coordinate for row in sheet for cell in row if cell.fill.fgColor.rgb == "FFFF9999"][:1] == ["A2"]
    assert "在合并单元格 A2:A3 内" in sheet["G3"].value


def test_a_text_table_comes_back_whole_as_a_workbook(permu, firm, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(f"{CODE},{NAME},年份,评价税收（万元）\n{firm.credit_code},{firm.name},2020,3\n{firm.credit_code},=1+1,2021,约3\n")
    assert load("enterprise-facts", path, permu, "--marked", tmp_path / "out.xlsx")[0] == 1
    rows = cells(tmp_path / "out.xlsx")
    assert rows[0] == [CODE, NAME, "年份", "评价税收（万元）", "核对意见"]
    assert [row[:4] for row in rows[1:]] == [[firm.credit_code, firm.name, "2020", "3"], [firm.credit_code, "=1+1", "2021", "约3"]]
    assert (rows[1][4], "不是确切的数字" in rows[2][4]) == (None, True)


def bad_rows(clerk, path, kind, target):
    """Send a file, take its bad rows and nothing else; return where they lie and the batch."""
    upload(clerk, path, kind)
    batch = Batch.objects.latest("uploaded_at")
    answer = clerk.get(reverse("exchange:marked", args=[batch.pk]), {"rows": "bad"})
    target.write_bytes(b"".join(answer.streaming_content))
    return target, batch


def faults(batch):
    """Return [(column, message)] of a batch's errors."""
    return [(error["column"], error["message"]) for error in errors_of(batch)]


@pytest.fixture
def official(tmp_path, firm):
    """A sheet as offices make it: title, unit line, header of two merged rows; one row is right, two are not."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = "年度"
    sheet.append(["2020年企业情况表"])
    sheet.append(["单位：万元"])
    sheet.append([CODE, NAME, "年份", "规模", "经济", None])
    sheet.append([None, None, None, None, "工业总产值", "评价税收"])
    for area in ("A1:F1", "A3:A4", "B3:B4", "C3:C4", "D3:D4", "E3:F3"):
        sheet.merge_cells(area)
    rows = [[firm.credit_code, firm.name, year, "规上", output, 3] for year, output in ((2019, 10), (2020, "约3"), (2021, "无"))]
    sheet.append(rows[0])
    sheet.append([])
    for row in rows[1:]:
        sheet.append(row)
    workbook.save(tmp_path / "official.xlsx")
    return tmp_path / "official.xlsx"


def test_the_bad_rows_come_with_the_whole_head_and_can_be_sent_again(clerk, official, firm, tmp_path):
    left, batch = bad_rows(clerk, official, "enterprise-facts", tmp_path / "left.xlsx")
    rows = cells(left)
    assert [row[0] for row in rows[:4]] == ["2020年企业情况表", "单位：万元", CODE, None]
    assert (rows[3][4:], [row[2:5] for row in rows[4:]]) == (
        ["工业总产值", "评价税收", "核对意见"],
        [[2020, "规上", "约3"], [2021, "规上", "无"]],
    )
    assert [row[6].split("\n")[0] for row in rows[4:]] == ["原第 7 行", "原第 8 行"]
    again, second = bad_rows(clerk, left, "enterprise-facts", tmp_path / "again.xlsx")
    assert faults(second) == faults(batch)
    assert (second.header_row, cells(again)[3], len(cells(again)[4])) == (4, rows[3], 7)

    workbook = load_workbook(left)
    workbook.active["E5"], workbook.active["E6"] = 3, 4
    workbook.save(left)
    document = load("enterprise-facts", left, batch.uploader)[1]
    assert (document["status"], document["new"], document["notes"]) == ("done", 2, [])
    assert list(YearlyFact.objects.order_by("year").values_list("year", "output")) == [(2020, 3), (2021, 4)]


def test_dates_and_cells_without_a_value_are_the_same_in_the_bad_rows(clerk, firm, tmp_path):
    ground = factories.parcel()
    rows = [
        [firm.credit_code, ground.code, "自有", dt.date(2020, 1, 1), "约8"],
        [firm.credit_code, ground.code, "承租", dt.datetime(2020, 3, 1), "#N/A"],
        [firm.credit_code, ground.code, "出租", "2020年5月", "=1+1"],
    ]
    path = book(tmp_path / "a.xlsx", [CODE, "宗地编号", "占用方式", "起始日期", "面积（亩）"], *rows)
    left, batch = bad_rows(clerk, path, "land-occupation", tmp_path / "left.xlsx")
    _, again = bad_rows(clerk, left, "land-occupation", tmp_path / "again.xlsx")
    first, second = faults(batch), faults(again)
    assert [column for column, _ in first] == [column for column, _ in second] == ["E", "E", "E"]
    assert second[:2] == first[:2]
    assert load_workbook(left).active["D2"].value == dt.datetime(2020, 1, 1)


def test_no_cell_of_a_new_workbook_is_a_formula(clerk, firm, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(f"{CODE},{NAME},年份,评价税收（万元）\n{firm.credit_code},=1+1,2021,约3\n")
    left, _ = bad_rows(clerk, path, "enterprise-facts", tmp_path / "left.xlsx")
    assert load_workbook(left).active["B2"].data_type == "s"


def test_an_old_workbook_comes_back_as_a_new_one(permu, tmp_path):
    """Nobody knows its enterprise; the date of its row is a date again."""
    out = tmp_path / "out.xlsx"
    code, document = load("land-occupation", Path(__file__).parent / "old.xls", permu, "--marked", out)
    assert code == 1
    sheet = load_workbook(out).active
    red = {(cell.row, cell.column_letter) for row in sheet for cell in row if cell.fill.fgColor.rgb == "FFFF9999"}
    assert red == set(places(document))
    assert [value for value in next(sheet.iter_rows(min_row=3, max_row=3, values_only=True)) if isinstance(value, dt.datetime)]
    assert sheet.cell(2, sheet.max_column).value == "核对意见"


def test_a_very_large_table_comes_back_as_its_bad_rows(tmp_path):
    path, out = tmp_path / "a.csv", tmp_path / "out.xlsx"
    path.write_text("\n".join(",".join(f"{row}-{column}" for column in range(80)) for row in range(5_001)))
    given = {"sheet": "文本", "header": 1, "marks": [[4_000, "B", "不对"]], "only_bad": False}
    child.run("apps.exchange.reading.marking", path, out, given=given)
    found = cells(out)
    assert (len(found), found[1][0], found[1][80]) == (2, "3999-0", "原第 4000 行\n不对")


def test_far_formatted_cells_do_not_cost_the_rows(permu, firm, tmp_path):
    """Too wide to be marked in place, not too large to come back whole: every row at its place, without the formats."""
    workbook = load_workbook(book(tmp_path / "a.xlsx", FACT, [firm.credit_code, firm.name, 2020, "规上", "约", 3]))
    workbook.active.cell(60, 16_384).number_format = "0.0"
    workbook.save(tmp_path / "a.xlsx")
    assert load("enterprise-facts", tmp_path / "a.xlsx", permu, "--marked", tmp_path / "out.xlsx")[0] == 1
    found = cells(tmp_path / "out.xlsx")
    assert (found[0], len(found), "不是确切的数字" in found[1][6]) == ([*FACT, "核对意见"], 2, True)


def test_reasons_stand_behind_the_last_value_whatever_is_formatted(permu, firm, tmp_path):
    workbook = load_workbook(book(tmp_path / "a.xlsx", FACT, [firm.credit_code, firm.name, 2020, "规上", "约", 3]))
    workbook.active.cell(2, 16_384).number_format = "0.0"
    workbook.save(tmp_path / "a.xlsx")
    assert load("enterprise-facts", tmp_path / "a.xlsx", permu, "--marked", tmp_path / "out.xlsx")[0] == 1
    assert load_workbook(tmp_path / "out.xlsx").active["G1"].value == "核对意见"


def in_sheet(path, *changes):
    """Change the first sheet of a workbook: pairs of what stands there and what shall."""
    inside = parts(path.read_bytes())
    for before, after in changes:
        inside["xl/worksheets/sheet1.xml"] = inside["xl/worksheets/sheet1.xml"].replace(before, after)
    path.write_bytes(archive(inside))


@pytest.mark.parametrize(
    ("last", "area", "column"),
    [
        (["填表人：张三"], "A3:J3", "K"),  # a foot wider than the table
        (["合计", None, None, None, 99], "E3:H3", "I"),  # a total
        (["填表人：张三"], "H3:J4", "G"),  # a merged area beside the table that leaves room
    ],
)
def test_reasons_stand_behind_merged_cells(permu, firm, tmp_path, last, area, column):
    workbook = load_workbook(book(tmp_path / "a.xlsx", FACT, [firm.credit_code, firm.name, 2020, "规上", "约", 3], last))
    workbook.active.merge_cells(area)
    workbook.save(tmp_path / "a.xlsx")
    out, again = tmp_path / "out.xlsx", tmp_path / "again.xlsx"
    document = load("enterprise-facts", tmp_path / "a.xlsx", permu, "--marked", out)[1]
    sheet = load_workbook(out).active
    assert (sheet[f"{column}1"].value, sheet["E2"].fill.fgColor.rgb) == ("核对意见", "FFFF9999")
    assert sheet[f"{column}2"].value == document["errors"][0]["message"]
    assert area in sheet.merged_cells
    assert load("enterprise-facts", out, permu, "--marked", again)[1]["errors"] == document["errors"]
    assert cells(again) == cells(out)


def test_reasons_leave_their_column_where_somebody_merged_it(permu, firm, tmp_path):
    rows = [[*FACT, "核对意见"], [firm.credit_code, firm.name, 2020, "规上", "约", 3, "旧"], ["注：初步数"]]
    workbook = load_workbook(book(tmp_path / "a.xlsx", *rows))
    workbook.active.merge_cells("A3:H3")
    workbook.save(tmp_path / "a.xlsx")
    assert load("enterprise-facts", tmp_path / "a.xlsx", permu, "--marked", tmp_path / "out.xlsx")[0] == 1
    sheet = load_workbook(tmp_path / "out.xlsx").active
    assert [sheet[place].value for place in ("G1", "G2", "I1")] == [None, None, "核对意见"]
    assert "不是确切的数字" in sheet["I2"].value


@pytest.mark.parametrize("odd", ["merged to its last column", "a rule nobody knows"])
def test_a_sheet_that_cannot_be_marked_in_place_comes_back_as_its_values(permu, firm, tmp_path, odd):
    path, out = book(tmp_path / "a.xlsx", FACT, [firm.credit_code, firm.name, 2020, "规上", "约", 3], ["注：初步数"]), tmp_path / "out.xlsx"
    rule = b'</sheetData><dataValidations><dataValidation type="odd" sqref="A1"/></dataValidations>'
    merge = b'</sheetData><mergeCells><mergeCell ref="A3:XFD3"/></mergeCells>'
    in_sheet(path, (b"</sheetData>", merge if odd.startswith("merged") else rule))
    assert load("enterprise-facts", path, permu, "--marked", out)[0] == 1
    found = cells(out)
    assert (found[0], "不是确切的数字" in found[1][6]) == ([*FACT, "核对意见"], True)


def test_the_errors_are_told_where_no_workbook_can_be_made(bad, permu, tmp_path, monkeypatch):
    """The child that marks may die of its limits; the command then says so, and what is wrong."""
    expected = load("enterprise-facts", bad, permu)[1]
    real = child.run
    monkeypatch.setattr(
        child,
        "run",
        lambda module, *rest, **more: real(module.replace("apps.exchange.reading.marking", "tests.exchange.dying"), *rest, **more),
    )
    code, document = load("enterprise-facts", bad, permu, "--marked", tmp_path / "out.xlsx")
    assert (code, document["errors"], (tmp_path / "out.xlsx").exists()) == (1, expected["errors"], False)
    assert document["notes"][-1] == "没有写出标注的工作簿：文件太大或太复杂，不能标注。请按错误清单修改。"


def test_the_page_says_what_does_not_come_back(clerk, bad):
    page = upload(clerk, bad).content.decode()
    assert "图片、图表、形状和控件不保留" in page
    assert reverse("exchange:marked", args=[Batch.objects.get().pk]) + "?rows=bad" in page


def linked(path, code, result="5000", settings=""):
    """Write a workbook whose figure is a formula that points to another one, with the result a spreadsheet has saved."""
    book(path, [CODE, NAME, "年份", "评价税收（万元）", "营业收入（万元）"], [code, "甲", 2020, 1, "约3"])
    found = parts(path.read_bytes())
    sheet = found["xl/worksheets/sheet1.xml"].decode()
    cell = f'<c r="D2"><f>VLOOKUP(A2,[1]Sheet1!$A:$B,2,0)</f><v>{result}</v></c>'
    found["xl/worksheets/sheet1.xml"] = re.sub(r'<c r="D2".*?</c>', cell, sheet).encode()
    found["xl/workbook.xml"] = re.sub(r"<calcPr[^>]*/>", f"<calcPr {settings}/>", found["xl/workbook.xml"].decode()).encode()
    path.write_bytes(archive(found))
    return path


def test_a_formula_that_points_to_another_workbook_comes_back_as_its_result(permu, firm, tmp_path):
    path = linked(tmp_path / "a.xlsx", firm.credit_code)
    assert places(load("enterprise-facts", path, permu, "--marked", tmp_path / "out.xlsx")[1]) == [(2, "E")]
    workbook = load_workbook(tmp_path / "out.xlsx")
    assert workbook.active["D2"].value == 5000
    workbook.active["E2"] = 3
    workbook.save(tmp_path / "again.xlsx")
    assert load("enterprise-facts", tmp_path / "again.xlsx", permu)[1]["status"] == "done"
    assert YearlyFact.objects.get().tax == 5000


def test_a_result_nobody_calculated_is_not_written_for_a_formula(permu, firm, tmp_path):
    path = linked(tmp_path / "a.xlsx", firm.credit_code, result="0", settings='fullCalcOnLoad="1"')
    assert load("enterprise-facts", path, permu, "--marked", tmp_path / "out.xlsx")[0] == 1
    assert load_workbook(tmp_path / "out.xlsx").active["D2"].value == "#N/A"
