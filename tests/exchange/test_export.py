"""What an export says above, between and below its rows; text never becomes a formula."""

import hashlib
import zipfile
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from apps.accounts.choices import Role
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
