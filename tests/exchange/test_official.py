"""The official forms re-opened: 附件 line, title, unit row, merged header on every page, 合计, foot; in scope, journalled."""

import datetime as dt
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from apps.accounts.choices import Role
from apps.grading.models import GradingRun
from apps.grading.services import request_run
from apps.jobs.services import run_here
from apps.journal.models import JournalEntry
from tests import factories
from tests.commands import run
from tests.exchange.books import book, load, places

D = Decimal
FOOT = ["填表人", "审核人", "负责人", "联系电话", "填报日期"]


def official(kind, user, tmp_path, *filters):
    arguments = [argument for pair in filters for argument in ("--filter", pair)]
    code, document = run("export_ledger", kind, tmp_path / "a.xlsx", "--form", "official", "--as", user.username, *arguments)
    assert (code, document["status"]) == (0, "done")
    return load_workbook(tmp_path / "a.xlsx"), document


def merges(sheet, first, last):
    return sorted(str(area) for area in sheet.merged_cells.ranges if first <= area.min_row <= last)


def values(sheet, row):
    return [cell.value for cell in sheet[row]]


def text_below(sheet, row):
    return [sheet.cell(number, 1).value for number in range(row, sheet.max_row + 1)]


@pytest.fixture
def firms(db):
    park = factories.platform()
    one = factories.enterprise("示例甲厂", platform=park, founded_on=dt.date(1999, 2, 28), gb_code="3421", address="=1+1")
    two = factories.enterprise("示例乙厂", platform=park)
    factories.yearly(one, 2020, output=D("300"), tax=D("90.5"), staff=12, discharge=D("1.0004"))
    factories.yearly(two, 2020, output=D("50"), value_added=D("20"))
    factories.occupation(one, area=D("10"), on=factories.parcel(area=D("10"), platform=park))
    factories.occupation(two, area=D("30"), on=factories.parcel(area=D("30"), platform=park))
    return one, two


def test_the_list_of_enterprises(firms, permu, tmp_path):
    book, document = official("enterprises", permu, tmp_path)
    sheet = book.active
    assert (document["rows"], sheet["A1"].value, sheet["A2"].value) == (2, "附件1", "缙云县企业名录")
    assert sheet["A3"].value == "填报单位（盖章）："
    assert sheet.oddHeader.right.text == "敏感级别：敏感"
    assert sheet["G3"].value.startswith("单位：家")
    assert values(sheet, 4)[:9] == ["序号", "企业名称", "统一社会信用代码", "规模", "经营状态", "成立日期", "归属", None, None]
    assert values(sheet, 5)[5:9] == [None, "乡镇（街道）", "平台", "产业"]
    assert merges(sheet, 1, 5) == sorted(["A2:L2", "A3:F3", "G3:L3", "G4:I4", *(f"{letter}4:{letter}5" for letter in "ABCDEFJKL")])
    assert (sheet.print_title_rows, sheet.freeze_panes) == ("$4:$5", "C6")
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    first = dict(zip(values(sheet, 4)[:6] + values(sheet, 5)[6:9] + values(sheet, 4)[9:], sheet[6], strict=True))
    assert (first["序号"].value, first["企业名称"].value, first["行业代码"].value, first["地址"].value) == (1, "示例甲厂", "3421", "=1+1")
    assert (first["地址"].data_type, first["地址"].quotePrefix, first["联系人"].value) == ("s", True, "—")
    assert values(sheet, 8)[:2] == ["合计", "2 家"]
    assert all(word in sheet["A9"].value for word in FOOT)
    assert sheet["A10"].value.startswith("注：1.“—”表示没有数据")
    assert "导出人：permu（亩均办）" in text_below(sheet, 10)[-1]
    entry = JournalEntry.objects.get(act="导出")
    assert entry.detail == {"conditions": "全部", "rows": 2, "sha256": document["sha256"], "level": "敏感", "form": "缙云县企业名录"}


def test_the_figures_of_a_year_total_from_sums(firms, permu, tmp_path):
    book, document = official("enterprise-facts", permu, tmp_path, "year=2020")
    sheet = book.active
    calculated = load_workbook(tmp_path / "a.xlsx", data_only=True).active
    titles = {(cell.value or upper.value): cell.column for upper, cell in zip(sheet[4], sheet[5], strict=True)}
    assert sheet["A2"].value == "缙云县2020年度企业数据表"
    assert [sheet.cell(8, titles[title]).value for title in ("工业总产值", "评价税收")] == ["=SUM(H6:H7)", "=SUM(L6:L7)"]
    total = {title: calculated.cell(8, column).value for title, column in titles.items()}
    assert (total["序号"], total["用地面积（亩）"], total["工业总产值"], total["评价税收"]) == ("合计", 40, 350, 90.5)
    assert (total["产值"], total["税收"]) == (8.75, 9.05)  # 350 / 40, and 90.5 / 10: only who has both
    assert total["营业收入"] == "—"
    rows = [{title: calculated.cell(row, column).value for title, column in titles.items()} for row in (6, 7)]
    by_name = {row["企业名称"]: row for row in rows}
    assert (by_name["示例乙厂"]["评价税收"], by_name["示例乙厂"]["税收"], by_name["示例甲厂"]["税收"]) == ("—", "—", 9.05)
    assert (sheet.page_setup.paperSize, sheet.print_title_rows) == (8, "$4:$5")
    assert document["rows"] == 2


def test_a_form_of_a_year_asks_for_the_year(firms, permu, tmp_path):
    code, document = run(
        "export_ledger", "enterprise-facts", tmp_path / "b.xlsx", "--form", "official", "--as", "permu", "--filter", "year="
    )
    assert (code, document["message"]) == (1, "年度企业数据表一年一张，请先选定年份。")
    assert not (tmp_path / "b.xlsx").exists()


@pytest.fixture
def graded(firms, permu):
    run_here(request_run(year=2020, method="jinyun-sample", actor=factories.Actor.of(permu)).pk)
    return GradingRun.objects.get()


def test_the_publicity_sheet(graded, permu, tmp_path):
    book, document = official("grades", permu, tmp_path, "year=2020")
    assert (book.sheetnames, document["rows"]) == (["规上"], 2)
    sheet = book.active
    assert sheet["A2"].value == "缙云县2020年度规上工业企业亩均效益综合评价结果公示表（试算，未公布）"
    upper, lower = values(sheet, 4), values(sheet, 5)
    assert upper[:8] == [
        "序号",
        "企业名称",
        "统一社会信用代码",
        "所属平台、乡镇（街道）",
        "产业",
        "用地面积（亩）",
        "评价税收（万元）",
        "指标值",
    ]
    assert upper[13] == "得分"
    assert upper[-4:] == ["总分", "排名", "评价等级", "备注"]
    assert (lower[7], lower[13]) == ("亩均税收（万元/亩）", "亩均税收（30）")
    by_name = {sheet.cell(row, 2).value: values(sheet, row) for row in (6, 7)}
    assert by_name["示例甲厂"][5:8] == [10, 90.5, 9.05]
    assert by_name["示例乙厂"][-2:] == ["N", "数据缺失：没有评价税收"]
    assert by_name["示例乙厂"][-4:-2] == ["—", "—"]
    calculated = load_workbook(tmp_path / "a.xlsx", data_only=True).active
    assert [cell.value for cell in calculated[8]][:8] == ["合计", "2 家", None, None, None, 40, 90.5, 9.05]
    notes = "".join(text_below(sheet, 10))
    assert all(word in notes for word in ("依据：缙云县示例办法", "评价税收 ÷ 用地面积", "不得对外公示", f"{graded.output_hash[:16]}"))
    assert "逾期视为无异议" not in notes


def test_a_published_run_says_so(graded, permu, tmp_path):
    graded.published_at = dt.datetime(2021, 9, 28, 4, tzinfo=dt.UTC)
    graded.save(update_fields=["published_at"])
    sheet = official("grades", permu, tmp_path)[0].active
    assert sheet["A2"].value == "缙云县2020年度规上工业企业亩均效益综合评价结果公示表"
    notes = "".join(text_below(sheet, 10))
    assert "2021-09-28 公布。" in notes
    assert "逾期视为无异议" in notes


def test_only_who_may_see_the_run_gets_its_sheet(graded, firms, tmp_path):
    factories.person("bureau", Role.NATURAL)
    code, document = run("export_ledger", "grades", tmp_path / "a.xlsx", "--form", "official", "--as", "bureau")
    assert (code, document["message"]) == (1, "您的岗位不查看亩均评价结果，不能导出公示表。")
    other = factories.person("park_other", Role.PARK, platform=factories.platform("开发区"))
    book, document = official("grades", other, tmp_path)
    assert document["rows"] == 0
    assert "示例甲厂" not in [cell.value for row in book.active for cell in row]


@pytest.fixture
def cases(db):
    park, far = factories.platform("丽缙园"), factories.platform("开发区")
    grounds = [factories.parcel(area=D(30), platform=park) for _ in range(2)]
    for ground in (*grounds, factories.parcel(area=D(30), platform=far)):
        factories.land_case(parcel=ground, area=D("12.5"), cause_text="＝征迁未完")
    factories.land_case(parcel=factories.parcel(area=D(8)), land_class="unused", area=D(8))


def test_land_summary_and_a_page_a_parcel(cases, tmp_path):
    bureau = factories.person("bureau", Role.NATURAL)
    book, document = official("land-cases", bureau, tmp_path)
    assert (document["rows"], book.sheetnames) == (4, ["五类土地汇总表", "一地一册"])
    sheet = book["五类土地汇总表"]
    assert (sheet["A1"].value, sheet["A2"].value) == ("附表1", "缙云县五类土地汇总表")
    assert values(sheet, 4)[:6] == ["序号", "平台", "批而未供", None, "供而未用", None]
    assert values(sheet, 5)[2:6] == ["宗数", "面积（亩）", "宗数", "面积（亩）"]
    assert {"C4:D4", "E4:F4", "M4:N4", "A4:A5", "B4:B5"} <= set(merges(sheet, 4, 5))
    lines = [values(load_workbook(tmp_path / "a.xlsx", data_only=True)["五类土地汇总表"], row) for row in (6, 7, 8, 9)]
    nothing = ["—"] * 6
    assert lines[0] == [1, "丽缙园", 2, 25, "—", "—", *nothing, 2, 25]
    assert lines[1] == [2, "开发区", 1, 12.5, "—", "—", *nothing, 1, 12.5]
    assert lines[2] == [3, "平台以外", "—", "—", 1, 8, *nothing, 1, 8]
    assert lines[3] == ["合计", None, 3, 37.5, 1, 8, *nothing, 4, 45.5]
    pages = book["一地一册"]
    assert len(pages.row_breaks.brk) == 4
    assert (pages.page_setup.orientation, pages.page_setup.paperSize) == ("portrait", 9)
    written = [[cell.value for cell in row] for row in pages.iter_rows() if any(cell.value for cell in row)]
    assert [row[0] for row in written].count("缙云县土地处置“一地一册”") == 4
    assert ["成因", "政府原因", None, None] in written
    assert ["成因说明", "＝征迁未完", None, None] in written
    assert [row[1] for row in written if str(row[1]).startswith("登记：登记")] == ["登记：登记。（测试）"] * 4
    cell = next(cell for row in pages.iter_rows() for cell in row if cell.value == "＝征迁未完")
    assert (cell.data_type, cell.quotePrefix) == ("s", True)


def test_the_land_forms_end_at_the_scope(cases, tmp_path):
    park = factories.person("park_lijin", Role.PARK, platform=factories.platform("丽缙园"))
    book, document = official("land-cases", park, tmp_path)
    assert document["rows"] == 2
    assert "开发区" not in [cell.value for sheet in book for row in sheet.iter_rows() for cell in row]


def test_a_kind_without_a_form(permu, tmp_path):
    assert run("export_ledger", "towns", tmp_path / "a.xlsx", "--form", "official", "--as", "permu")[0] == 2
    assert run("export_ledger", "enterprises", tmp_path / "a.csv", "--form", "official", "--as", "permu")[0] == 1


# --- a form that comes back ---------------------------------------------------------------------------------------------


def test_the_list_of_enterprises_comes_back_unchanged(firms, permu, tmp_path):
    official("enterprises", permu, tmp_path)
    code, document = load("enterprises", tmp_path / "a.xlsx", permu)
    assert (code, document["errors"], document["new"], document["changed"], document["unchanged"]) == (0, [], 0, 0, 2)
    assert document["notes"] == [
        "按官方表式“缙云县企业名录”读取。",
        "跳过 1 行表尾。",
        "识别出 1 行合计，不作为数据导入；写有数值的合计已与各行之和核对。",
        "G 列“归属/乡镇（街道）”按“乡镇街道”读取。",
    ]


def test_the_figures_of_a_year_come_back_unchanged_and_name_their_year(firms, permu, tmp_path):
    official("enterprise-facts", permu, tmp_path, "year=2020")
    code, document = load("enterprise-facts", tmp_path / "a.xlsx", permu)
    assert (code, document["errors"], document["new"], document["changed"], document["unchanged"]) == (0, [], 0, 0, 2)
    shown = "表式中供查阅的列不导入：“统计区域”、“产业”、“用地面积（亩）”、“产值”、“税收”。"
    assert [note for note in document["notes"] if "忽略" in note or "供查阅" in note] == [shown]
    assert load("enterprise-facts", tmp_path / "a.xlsx", permu, "--year", "2020")[1]["unchanged"] == 2
    code, document = load("enterprise-facts", tmp_path / "a.xlsx", permu, "--year", "2021")
    assert (code, document["message"]) == (1, "表题是 2020 年，与上传时选择的 2021 年不一致；请改选年份后重新上传。")


def edited(path, **cells):
    """Write `cells` into a workbook as a clerk does, and return its path."""
    book = load_workbook(path)
    for place, value in cells.items():
        book.active[place] = value
    book.save(path)
    return path


def test_what_was_written_over_our_dash_is_read(firms, permu, tmp_path):
    sheet = official("enterprises", permu, tmp_path)[0].active
    assert sheet["L6"].value == "—"
    document = load("enterprises", edited(tmp_path / "a.xlsx", L6="张三"), permu)[1]
    assert (document["errors"], document["changed"], document["unchanged"]) == ([], 1, 1)
    firms[0].refresh_from_db()
    assert firms[0].contact == "张三"


def test_a_dash_counts_as_no_data_only_where_we_wrote_it(firms, permu, tmp_path):
    """In a column somebody added, in a sheet of his own, and in the words people use for nothing it is refused as ever."""
    official("enterprises", permu, tmp_path)
    path = edited(tmp_path / "a.xlsx", M4="曾用名", M6="—", M7="甲厂", L7="无")
    assert places(load("enterprises", path, permu)[1]) == [(6, "M"), (7, "L")]
    own = book(tmp_path / "own.xlsx", ["统一社会信用代码", "企业名称", "联系人"], [firms[0].credit_code, firms[0].name, "—"])
    assert places(load("enterprises", own, permu)[1]) == [(2, "C")]


def test_a_form_of_another_ledger_is_sent_there(firms, permu, tmp_path):
    official("enterprises", permu, tmp_path)
    code, document = load("enterprise-facts", tmp_path / "a.xlsx", permu)
    assert (code, document["status"], document["message"]) == (1, "refused", "这是官方表式“缙云县企业名录”，请在“企业”中导入。")


def test_results_are_no_data_to_import(graded, permu, tmp_path):
    official("grades", permu, tmp_path, "year=2020")
    code, document = load("enterprise-facts", tmp_path / "a.xlsx", permu, "--year", "2020")
    assert (code, document["message"]) == (
        1,
        "这是官方表式“亩均效益综合评价结果公示表”，只用于打印、报送，不能导入。"
        "评价结果由系统算出；要改依据的数据，请在“年度数据”用“导出 → Excel 全部列”，改后导入。",
    )


def test_the_land_forms_are_for_printing(cases, tmp_path):
    bureau = factories.person("bureau", Role.NATURAL)
    official("land-cases", bureau, tmp_path)
    code, document = load("land-cases", tmp_path / "a.xlsx", bureau)
    assert (code, document["message"]) == (
        1,
        "这是官方表式“五类土地处置表册”，只用于打印、报送，不能导入。请在“土地处置”用“导出 → Excel 全部列”，改后导入。",
    )
