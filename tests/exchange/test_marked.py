"""The person's own workbook comes back with its bad cells marked, and can be mended and sent again as it stands."""

import io

from django.urls import reverse
from openpyxl import load_workbook

from apps.exchange.models import Batch
from tests.exchange.books import CODE, FACT, NAME, book, cells, load, places, upload


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
    assert "不能为空" in sheet["G3"].value


def test_a_text_table_comes_back_whole_as_a_workbook(permu, firm, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(f"{CODE},{NAME},年份,评价税收（万元）\n{firm.credit_code},{firm.name},2020,3\n{firm.credit_code},=1+1,2021,约3\n")
    assert load("enterprise-facts", path, permu, "--marked", tmp_path / "out.xlsx")[0] == 1
    rows = cells(tmp_path / "out.xlsx")
    assert rows[0] == [CODE, NAME, "年份", "评价税收（万元）", "核对意见"]
    assert [row[:4] for row in rows[1:]] == [[firm.credit_code, firm.name, "2020", "3"], [firm.credit_code, "=1+1", "2021", "约3"]]
    assert (rows[1][4], "不是确切的数字" in rows[2][4]) == (None, True)
