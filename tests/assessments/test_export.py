"""The workbook, read again cell by cell (layout: domain 7.6 item 7)."""

from hashlib import sha256
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from apps.assessments import export
from apps.core.actor import Actor
from apps.core.errors import Refused
from apps.journal.models import JournalEntry
from apps.ledger import papers, registry
from apps.ledger import services as ledger
from apps.ledger.choices import Sensitivity
from tests import factories as make
from tests.assessments.conftest import compute, prove, put_in
from tests.ledger.contract import signed_in

pytestmark = pytest.mark.django_db

PARTS = ["目标", "完成", "完成率", "得分", "位次"]
SUMS = ["结果分", "过程分", "加分", "扣分", "总分", "排名", "亮灯"]
GREEN, RED = "FFD9EFE2", "FFF6CFCB"


@pytest.fixture
def workbook(third_quarter, evaluator):
    compute(third_quarter)
    return export.export_round(round=third_quarter, user=evaluator, actor=Actor.of(evaluator))


@pytest.fixture
def book(workbook):
    return openpyxl.load_workbook(BytesIO(workbook.content))


@pytest.fixture
def sheet(book):
    return book["评分表"]


def values(sheet, row):
    return [cell.value for cell in sheet[row]]


def test_four_sheets_for_a3_landscape(book):
    assert book.sheetnames == ["评分表", "计分说明", "数据来源签字", "佐证材料"]
    for sheet in book:
        assert (sheet.page_setup.orientation, str(sheet.page_setup.paperSize)) == ("landscape", "8")
        assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToHeight) == (True, 0)


def test_title_unit_row_and_repeated_header(sheet):
    assert sheet["A1"].value == "附件1"
    assert sheet["A2"].value == "测试方案前三季度评分表"
    assert sheet["A3"].value == "填报单位（盖章）：          数据期：2021年1—9月（累计）"
    assert sheet["N3"].value.startswith("单位：亿元、%、分")
    merged = {str(area) for area in sheet.merged_cells.ranges}
    assert {"A2:Y2", "A4:A5", "B4:B5", "C4:C5", "D4:H4", "I4:M4", "N4:R4", "S4:S5", "Y4:Y5", "A7:A10", "A11:C11"} <= merged
    assert (sheet.print_title_rows, sheet.freeze_panes) == ("$4:$5", "D6")


def test_two_level_header(sheet):
    upper = [value for value in values(sheet, 4) if value]
    heads = ["结果：规上工业总产值（亿元，权重60）", "结果：制造业投资（亿元，权重40）", "过程：按时办结率（%，权重100）"]
    assert upper == ["组别", "序号", "考核对象", *heads, *SUMS]
    assert values(sheet, 5)[3:18] == PARTS * 3


def test_rows_in_groups(sheet):
    assert values(sheet, 6) == [
        *("G1 平台", 1, "丽缙园"),
        *(30, 60, 2, 120, 1),
        *(3, "—", "—", "—", "—"),
        *(100, 80, 0.8, 80, 1),
        *(120, 80, 2, 0, 110, 1, "绿灯"),
    ]
    assert values(sheet, 8) == [
        *(None, 2, "东方镇"),
        *(30, 15, 0.5, 30, 2),
        *(3, 3, 1, 40, 1),
        *(100, 90, 0.9, 90, 3),
        *(70, 90, 0, 0, 76, 2, "红灯"),
    ]
    assert [sheet.cell(row, 3).value for row in range(6, 11)] == ["丽缙园", "壶镇镇", "东方镇", "新建镇", "舒洪镇"]
    assert [sheet.cell(row, 24).value for row in range(6, 11)] == [1, 1, 2, 2, 4]


def test_total_row_has_ratios_from_sums_and_leaves_rates_out(sheet):
    """R1: 60 + 30 + 15 + 15 of 4 x 30; 舒洪镇 has no output and does not count. R2: 3 + 3 + 3 + 1.5 of 4 x 3."""
    row = values(sheet, 11)
    assert row[0] == "合计"
    assert row[3:8] == [120, 120, 1, None, None]
    assert row[8:13] == [12, 10.5, 0.875, None, None]
    assert row[13:] == [None] * 12


def test_coloured_cells(sheet):
    assert (sheet["F6"].fill.fgColor.rgb, sheet["F8"].fill.fgColor.rgb, sheet["P8"].fill.fgColor.rgb) == (GREEN, RED, "FFFDF0CC")
    assert (sheet["Y6"].fill.fgColor.rgb, sheet["Y8"].fill.fgColor.rgb) == (GREEN, RED)
    assert sheet["K6"].fill.fill_type is None


def test_foot_and_notes(sheet):
    assert sheet["A12"].value.split() == ["填表人：", "审核人：", "负责人：", "联系电话：", "填报日期："]
    assert sheet["A14"].value == "　　2.总分＝结果分×70%＋过程分×30%＋加分－扣分；结果、过程各为百分制，按未舍入的数计算和排名。"


def test_second_sheet_explains_every_indicator(book, third_quarter):
    sheet = book["计分说明"]
    assert values(sheet, 4) == [
        *("1", "结果", "规上工业总产值", "亿元", "60", "完成率法"),
        "权重×完成率（完成÷目标），完成率最低按 0、最高按120%计。",
        "县统计局；台账自动取数：规上工业总产值（累计）",
        "无数据不按 0 分计：其权重按比例分摊到同类其他指标。",
    ]
    assert [sheet.cell(row, 3).value for row in range(4, 8)] == ["规上工业总产值", "制造业投资", "按时办结率", "加分"]
    assert third_quarter.current.output_hash[:16] in sheet.cell(sheet.max_row, 1).value


def test_third_sheet_is_signed_by_every_source(book):
    sheet = book["数据来源签字"]
    assert values(sheet, 3) == ["序号", "数据来源单位（盖章）", "提供的指标", "填表人", "审核人", "负责人", "日期"]
    assert [[cell.value or "" for cell in row[1:4]] for row in sheet["A4:G7"]] == [
        ["县统计局", "规上工业总产值", ""],
        ["县发展和改革局", "制造业投资", ""],
        ["县府办督查室", "按时办结率", ""],
        ["县考核办", "加分", ""],
    ]


def test_fourth_sheet_lists_the_evidence_files(third_quarter, evaluator):
    """In the order of the matrix, whatever the order they were put in; a file that was withdrawn says so."""
    compute(third_quarter)
    spare, town, park = put_in(third_quarter, "备用.pdf"), prove(third_quarter, "壶镇镇", "P1", "督查通报.pdf"), prove(third_quarter)
    papers.withdraw(record=third_quarter, paper=town, reason="公章不清", actor=make.SYSTEM)
    exported = export.export_round(round=third_quarter, user=evaluator, actor=Actor.of(evaluator))
    sheet = openpyxl.load_workbook(BytesIO(exported.content))["佐证材料"]
    assert [row for row in sheet.iter_rows(values_only=True) if any(row)] == [
        ("测试方案前三季度评分表佐证材料清单", *[None] * 6),
        ("敏感级别：内部", *[None] * 6),
        ("序号", "组别", "考核对象", "指标", "佐证", "佐证材料", "校验值（SHA-256）"),
        ("1", "G1 平台", "丽缙园", "加分", "报送表", "表彰文件.pdf", sha256(papers.read(park)).hexdigest()),
        ("2", "G2 乡镇", "壶镇镇", "按时办结率", "报送表", "督查通报.pdf（已撤下）", sha256(papers.read(town)).hexdigest()),
        ("校验值由上传的文件算出，文件改动一字即不相同。", *[None] * 6),
    ]
    assert spare.title not in str([*sheet.values])


def test_fourth_sheet_says_where_no_file_was_chosen(book):
    assert [cell for cell in next(book["佐证材料"].iter_rows(min_row=5, max_row=5, values_only=True)) if cell] == [
        "本轮数据没有选定佐证材料。"
    ]


def levels_of(book):
    """Return per sheet the levels its head names."""
    cells = [[cell for row in sheet.iter_rows(max_row=3, values_only=True) for cell in row if cell] for sheet in book]
    return [[cell.rpartition("敏感级别：")[2] for cell in head if "敏感级别" in cell] for head in cells]


def test_every_sheet_says_how_far_it_may_go(book):
    assert levels_of(book) == [["内部"]] * 4
    assert JournalEntry.objects.get(act="导出").detail["level"] == "内部"


def test_the_workbook_goes_as_far_as_the_ledger_of_rounds(third_quarter, evaluator, monkeypatch):
    monkeypatch.setattr(registry.get("assessment-rounds"), "sensitivity", Sensitivity.SENSITIVE)
    compute(third_quarter)
    answer = signed_in(evaluator).get(reverse("assessments:export", args=[third_quarter.pk]))
    assert levels_of(openpyxl.load_workbook(BytesIO(answer.getvalue()))) == [["敏感"]] * 4
    assert JournalEntry.objects.get(act="导出").detail["level"] == "敏感"


def test_the_same_computation_gives_the_same_bytes(workbook, third_quarter, evaluator):
    again = export.export_round(round=third_quarter, user=evaluator, actor=Actor.of(evaluator))
    assert again.content == workbook.content
    assert workbook.sha256 == sha256(workbook.content).hexdigest()


def test_an_export_is_journalled(workbook, evaluator):
    entry = JournalEntry.objects.get(act="导出")
    assert (entry.user, entry.target) == (evaluator, "考核评分表：测试方案 2021Q3")
    assert (entry.detail["rows"], entry.detail["sha256"]) == (5, workbook.sha256)


def test_a_name_never_becomes_a_formula(third_quarter, evaluator):
    unit = third_quarter.values.get(unit__name="东方镇", indicator__code="R1").unit
    ledger.change(record=unit, values={"name": "=1+1"}, version=unit.version, actor=make.SYSTEM)
    compute(third_quarter)
    content = export.export_round(round=third_quarter, user=evaluator, actor=Actor.of(evaluator)).content
    cell = openpyxl.load_workbook(BytesIO(content))["评分表"]["C8"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_nothing_to_export_before_the_first_computation(third_quarter, evaluator):
    with pytest.raises(Refused, match="尚未计分"):
        export.export_round(round=third_quarter, user=evaluator, actor=Actor.of(evaluator))
