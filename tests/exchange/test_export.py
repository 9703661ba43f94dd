"""What an export says above, between and below its rows; text never becomes a formula."""

import codecs
import csv
import hashlib
import io
import zipfile
from decimal import Decimal

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from apps.accounts.choices import Role
from apps.exchange.quotes import quoted, unquoted
from apps.journal.models import JournalEntry
from tests import factories
from tests.exchange.books import CODE, NAME, cells, run

D = Decimal
DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "＝1", '=HYPERLINK("http://x")', "'=1", "http://x"]


def export(kind, path, user, *filters):
    arguments = [argument for pair in filters for argument in ("--filter", pair)]
    return run("export_ledger", kind, path, "--as", user.username, *arguments)


def test_text_stays_text(permu, tmp_path):
    for value in DANGEROUS:
        factories.enterprise("示例企业", address=value)
    assert export("enterprises", tmp_path / "a.xlsx", permu)[0] == 0
    sheet = load_workbook(tmp_path / "a.xlsx").active
    column = next(cell.column for cell in sheet[4] if cell.value == "地址")
    written = [sheet.cell(row, column) for row in range(5, 5 + len(DANGEROUS))]
    assert sorted(cell.value for cell in written) == sorted(DANGEROUS)
    assert {cell.data_type for cell in written} == {"s"}
    assert {cell.value for cell in written if not cell.quotePrefix} == {"'=1", "http://x"}
    assert b"<f>" not in zipfile.ZipFile(tmp_path / "a.xlsx").read("xl/worksheets/sheet1.xml")


def test_text_of_a_csv_stands_behind_a_quote_and_comes_back(permu, tmp_path):
    values = [*DANGEROUS, "''+1", "'", "甲", '引"号,逗号', "\r\n=1", " =1"]
    firms = {factories.enterprise(address=value).credit_code: value for value in values}
    assert export("enterprises", tmp_path / "a.csv", permu)[0] == 0
    content = (tmp_path / "a.csv").read_bytes()
    assert content.startswith(codecs.BOM_UTF8)
    lines = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert {line[CODE]: unquoted(line["地址"]) for line in lines} == firms
    assert not [cell for line in lines for cell in line.values() if cell.startswith(tuple("=+-@\t\r\n＝＋－＠"))]
    assert {line["地址"] for line in lines} >= {"'=1+1", "''=1", "'＝1", "http://x", "甲"}
    code, document = run("import_workbook", "enterprises", tmp_path / "a.csv", "--as", "permu")
    assert (code, document["changed"], document["unchanged"]) == (0, 0, len(values))


@given(st.text())
def test_a_quote_is_taken_off_as_it_was_put_on(text):
    assert unquoted(quoted(text)) == text


def test_a_csv_has_the_columns_of_the_workbook_and_plain_numbers(permu, tmp_path):
    factories.yearly(factories.enterprise(), 2020, output=D("1234.50"), tax=D("-3.07"))
    for ending in ("xlsx", "csv"):
        export("enterprise-facts", tmp_path / f"a.{ending}", permu)
    titles, row = csv.reader((tmp_path / "a.csv").read_text("utf-8-sig").splitlines())
    assert titles == cells(tmp_path / "a.xlsx")[3]
    line = dict(zip(titles, row, strict=True))
    assert [line[title] for title in ("年份", "规模", "工业总产值（万元）", "评价税收（万元）", "利润总额（万元）")] == [
        "2020",
        "规上",
        "1234.50",
        "-3.07",
        "",
    ]


def test_the_total_row_carries_the_ratios_of_the_columns_shown(client, permu):
    client.force_login(permu)
    for area, tax in ((10, D(90)), (30, None)):
        firm = factories.enterprise()
        factories.yearly(firm, 2020, output=D(100), tax=tax)
        factories.occupation(firm, area=D(area), on=factories.parcel(area=D(area)))
    answer = client.get(reverse("exchange:export", args=["enterprise-facts"]), {"year": 2020, "columns": "shown"})
    rows = [
        list(row)
        for row in load_workbook(io.BytesIO(b"".join(answer.streaming_content)), data_only=True).active.iter_rows(values_only=True)
    ]
    total = dict(zip(rows[3], rows[6], strict=True))
    assert (total["企业"], total["工业总产值（万元）"], total["用地面积（亩）"]) == ("合计", 200, 40)
    assert (total["亩均产值（万元/亩）"], total["亩均税收（万元/亩）"], total["产值同比（%）"]) == (5, 9, None)
    feet = [row[0] for row in rows[7:]]
    assert feet == ["注：年度数据（条） 2"]
    assert "单位：万元、亩、万元/亩、%，见列标题" in rows[2][0]


def test_frame_of_the_sheet(permu, tmp_path):
    firm, other = factories.enterprise("示例甲厂"), factories.enterprise("示例乙厂")
    factories.yearly(firm, 2020, output=D("100.10"), tax=D("3"))
    factories.yearly(other, 2020, output=D("50.05"))
    factories.yearly(firm, 2019, output=D("1"))
    code, document = export("enterprise-facts", tmp_path / "a.xlsx", permu, "year=2020", "scale=规上")
    assert (code, document["rows"]) == (0, 2)
    assert document["sha256"] == hashlib.sha256((tmp_path / "a.xlsx").read_bytes()).hexdigest()
    rows = cells(tmp_path / "a.xlsx")
    assert rows[0][0] == "年度数据"
    assert set(rows[1][0].removeprefix("条件：").split("；")) == {"年份：2020", "规模：规上"}
    assert rows[2][0].startswith("截至：20")
    assert "permu（亩均办）" in rows[2][0]
    assert rows[3][:6] == [CODE, NAME, "年份", "规模", "工业总产值（万元）", "营业收入（万元）"]
    assert rows[6][0] == "合计"
    assert rows[6][4:9] == ["=SUM(E5:E6)", None, None, None, "=SUM(I5:I6)"]
    calculated = load_workbook(tmp_path / "a.xlsx", data_only=True).active
    assert (calculated["E7"].value, calculated["I7"].value) == (150.15, 3)
    assert all(row[0].startswith("注：") for row in rows[7:])
    sheet = load_workbook(tmp_path / "a.xlsx").active
    assert (sheet.freeze_panes, sheet.print_title_rows, sheet.page_setup.orientation, sheet.page_setup.paperSize) == (
        "B5",
        "$4:$4",
        "landscape",
        8,
    )
    assert (sheet["A5"].number_format, sheet["E5"].number_format, sheet["A5"].data_type) == ("@", "#,##0.00", "s")
    entry = JournalEntry.objects.get(act="导出")
    assert entry.detail == {"conditions": rows[1][0].removeprefix("条件："), "rows": 2, "sha256": document["sha256"], "level": "内部"}


def test_figures_of_two_years_are_not_added_up(permu, tmp_path):
    firm = factories.enterprise("示例甲厂")
    factories.yearly(firm, 2020, output=D("100"))
    factories.yearly(firm, 2019, output=D("1"))
    export("enterprise-facts", tmp_path / "a.xlsx", permu)
    assert "合计" not in [row[0] for row in cells(tmp_path / "a.xlsx")]


def test_an_export_ends_at_the_scope(tmp_path, db):
    mine, other = factories.platform("丽缙园"), factories.platform("开发区")
    factories.enterprise("示例本园企业", platform=mine), factories.enterprise("示例他园企业", platform=other)
    park = factories.person("park_lijin", Role.PARK, platform=mine)
    assert export("enterprises", tmp_path / "a.xlsx", park)[1]["rows"] == 1
    assert "示例他园企业" not in [cell for row in cells(tmp_path / "a.xlsx") for cell in row]


@pytest.mark.parametrize(("filters", "code"), [(["nothing=1"], 2), (["year"], 2), (["year=去年"], 1), (["scale=huge"], 1)])
def test_wrong_filters_export_nothing(filters, code, permu, tmp_path):
    assert export("enterprise-facts", tmp_path / "a.xlsx", permu, *filters)[0] == code
    assert not (tmp_path / "a.xlsx").exists()


def test_wrong_use(permu, tmp_path):
    assert export("nothing", tmp_path / "a.xlsx", permu)[0] == 2
    assert export("towns", tmp_path / "missing" / "a.xlsx", permu)[0] == 2
    assert run("import_template", "nothing", tmp_path / "a.xlsx")[0] == 2
