"""What a sheet says beside its figures (units, months, groups of columns) is read, or the person who sent it is asked."""

import datetime as dt
import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from apps.enterprises.models import YearlyFact
from apps.exchange.models import Batch
from tests.exchange.books import CODE, NAME, book, load, upload
from tests.factories import column_mapping, organisation

ALL = [CODE, NAME, "年份"]
HEADER = [*ALL, "产值", "税收", "营业收入"]
FIGURES = [5_000_000, 200_000, 4_800_000]


@pytest.fixture
def who(firm):
    return [firm.credit_code, firm.name]


def sent(path, permu, *rows, merged=(), sheet="数据", kind="enterprise-facts", options=()):
    """Import a sheet; return what was written as {year: (output, tax, revenue)}, or the refusal."""
    book(path, *rows, sheet=sheet)
    filled = load_workbook(path)
    for area in merged:
        filled.active.merge_cells(area)
    filled.save(path)
    code, document = load(kind, path, permu, *options)
    if code:
        return document["message"] or [error["message"] for error in document["errors"]]
    return {fact.year: tuple(map(plain, (fact.output, fact.tax, fact.revenue))) for fact in YearlyFact.objects.order_by("year")}


def plain(value):
    return None if value is None else float(value)


CONVERTED = {2018: (500.0, 20.0, 480.0)}
TAKEN = {2018: (5_000_000.0, 200_000.0, 4_800_000.0)}


# --- units ------------------------------------------------------------------------------------------------------------


def test_a_merged_cell_of_the_unit_row_speaks_of_all_its_columns(tmp_path, permu, who):
    rows = [["2018年度企业情况表"], HEADER, [None, None, None, "元"], [*who, 2018, *FIGURES]]
    assert sent(tmp_path / "a.xlsx", permu, *rows, merged=["A1:F1", "D3:F3"]) == CONVERTED


def test_a_unit_that_may_speak_of_the_next_columns_too_is_asked_for(tmp_path, permu, who):
    """元 under the first figure and nothing under the others, where nobody merged the cells."""
    rows = [HEADER, [None, None, None, "元"], [*who, 2018, *FIGURES]]
    assert sent(tmp_path / "a.xlsx", permu, *rows) == (
        "工作表“数据”第 1 至 2 行的标题，E 列“税收”：没有写单位，而 D 列“产值”以“元”为单位；"
        "F 列“营业收入”：没有写单位，而 D 列“产值”以“元”为单位。请在文件中改正标题（如“评价税收（万元）”）后重新上传，"
        "或在“指定各列”中说明它是哪一项、以什么为单位。"
    )


def test_a_unit_of_the_whole_sheet_fills_what_the_unit_row_leaves_out(tmp_path, permu, who):
    rows = [["单位：元"], HEADER, [None, None, None, "元"], [*who, 2018, *FIGURES]]
    assert sent(tmp_path / "a.xlsx", permu, *rows) == CONVERTED


@pytest.mark.parametrize(
    "said",
    [
        "2018年度税收情况表（金额单位为元）",
        "2018年度税收情况表（以元计）",
        "2018年度税收情况表（表中金额以元为单位）",
        "金额以人民币元为单位",
        "金额按元计算",
        "单位—元",
        "计量单位为：元",
    ],
)
def test_a_sentence_about_the_unit_is_read(tmp_path, permu, who, said):
    assert sent(tmp_path / "a.xlsx", permu, [said], HEADER, [*who, 2018, *FIGURES]) == CONVERTED


@pytest.mark.parametrize(
    "said",
    ["按户计征的企业", "以规上企业为主要单位", "填报单位：县税务局", "各单位-2018年税收", "用地按计划安排", "2018年度税收情况表（万元）"],
)
def test_a_sentence_about_anything_else_is_not(tmp_path, permu, who, said):
    assert sent(tmp_path / "a.xlsx", permu, [said], HEADER, [*who, 2018, *FIGURES]) == TAKEN


def test_a_unit_nobody_knows_is_asked_for(tmp_path, permu, who):
    answer = sent(tmp_path / "a.xlsx", permu, ["2018年度税收情况表（金额单位为美元）"], HEADER, [*who, 2018, *FIGURES])
    assert answer.startswith("工作表“数据”第 2 行的标题，D 列“产值”：表头上方看不懂单位“美元”；")


@pytest.mark.parametrize("foot", ["注：本表金额单位为元", "说明：金额单位：元", "填表人：张三 金额以元为单位"])
def test_a_foot_that_names_another_unit_refuses_the_file(tmp_path, permu, who, foot):
    answer = sent(tmp_path / "a.xlsx", permu, HEADER, [*who, 2018, *FIGURES], [foot])
    assert answer == (
        "第 3 行写的单位是“元”，而D 列“产值”是按“万元”读取的。请把单位写在列标题里，或在“指定各列”中说明它是哪一项、以什么为单位。"
    )


@pytest.mark.parametrize(
    ("foot", "written"),
    [("注：本表金额均为元", "元"), ("注：税收为元", "税收为元"), ("备注：税收单位元", "元"), ("注：金额单位：元/户", "元/户")],
)
def test_other_words_of_a_foot_about_the_unit(tmp_path, permu, who, foot, written):
    answer = sent(tmp_path / "a.xlsx", permu, HEADER, [*who, 2018, *FIGURES], [foot])
    assert answer.startswith(f"第 3 行写的单位是“{written}”，而D 列“产值”是按“万元”读取的。")


def test_a_foot_of_one_figure_that_says_what_is_above_is_passed_over(tmp_path, permu, who):
    assert sent(tmp_path / "a.xlsx", permu, ["单位：元"], HEADER, [*who, 2018, *FIGURES], ["注：税收为元"]) == CONVERTED


@pytest.mark.parametrize("foot", ["单位：度假区管委会", "注：数据为初步数", "单位：县局", "注：产值为万元"])
def test_a_foot_about_anything_else_is_passed_over(tmp_path, permu, who, foot):
    assert sent(tmp_path / "a.xlsx", permu, HEADER, [*who, 2018, *FIGURES], [foot]) == TAKEN


def test_a_second_block_in_another_unit_refuses_the_file(tmp_path, permu, who):
    rows = [["单位：万元"], HEADER, [*who, 2018, *FIGURES], ["单位：元"], HEADER, [*who, 2019, *FIGURES]]
    assert sent(tmp_path / "a.xlsx", permu, *rows).startswith("第 4 行写的单位是“元”，而D 列“产值”是按“万元”读取的。")


def test_a_foot_that_says_what_the_titles_say_is_passed_over(tmp_path, permu, who):
    titles = [*ALL, "产值（元）", "税收（元）", "营业收入（元）"]
    assert sent(tmp_path / "a.xlsx", permu, titles, [*who, 2018, *FIGURES], ["注：单位：元"]) == CONVERTED


@pytest.mark.parametrize("said", ["单位：元", "（单位：元）", "注：金额单位为元", "金额单位：元至角分", "Unit: RMB yuan"])
def test_a_unit_in_the_row_of_the_titles_is_that_of_the_sheet(tmp_path, permu, who, said):
    assert sent(tmp_path / "a.xlsx", permu, [*HEADER, None, said], [*who, 2018, *FIGURES]) == CONVERTED


@pytest.mark.parametrize(
    ("said", "doubt"),
    [
        ("单位：元/户", "标题行看不懂单位“元/户”"),
        ("元", "表头上方或标题行写了“元”，分不清是哪几列的单位"),
        ("税收为元", "“税收为元”，分不清"),
    ],
)
def test_a_doubtful_unit_in_the_row_of_the_titles_is_asked_about(tmp_path, permu, who, said, doubt):
    answer = sent(tmp_path / "a.xlsx", permu, [*HEADER, None, said], [*who, 2018, *FIGURES])
    assert "D 列“产值”：" in answer and doubt in answer


@pytest.mark.parametrize(
    "title", ["上年税收（元）", "总资产（单位：元）", "单位（个）", "备注", "补贴（单位为元）", "人", "单位：县税务局"]
)
def test_the_title_of_another_column_says_nothing_of_these(tmp_path, permu, who, title):
    assert sent(tmp_path / "a.xlsx", permu, [*HEADER, title], [*who, 2018, *FIGURES, 1]) == TAKEN


@pytest.mark.parametrize(("said", "unit"), [("单位：元", "元"), ("注：金额单位为元", "元"), ("元", "元"), ("单位：元/户", "元/户")])
def test_a_unit_beside_a_row_refuses_the_file(tmp_path, permu, who, said, unit):
    answer = sent(tmp_path / "a.xlsx", permu, HEADER, [*who, 2018, *FIGURES, said])
    assert answer.startswith(f"第 2 行写的单位是“{unit}”，而D 列“产值”是按“万元”读取的。")


@pytest.mark.parametrize("said", ["万元", "单位：万元", "补缴（元）", "单位：县局", "规上", "以厂为家"])
def test_what_stands_beside_a_row_may_be_anything(tmp_path, permu, who, said):
    assert sent(tmp_path / "a.xlsx", permu, HEADER, [*who, 2018, *FIGURES, said]) == TAKEN


# --- groups of columns ------------------------------------------------------------------------------------------------

TITLE, OVER = ["企业情况表"], [None, None, None]


@pytest.mark.parametrize("merged", [(), ("A1:F1",), ("A1:F1", "A2:A3", "B2:B3", "C2:C3")])
@pytest.mark.parametrize("group", ["财务指标（元）", "税务数据（元）"])
def test_a_group_nobody_merged_reaches_all_its_columns(tmp_path, permu, who, merged, group):
    """A title that was merged says nothing of the row in which nothing was."""
    names = ALL if len(merged) > 1 else [None] * 3
    rows = [TITLE, [*names, group], [*([None] * 3 if len(merged) > 1 else ALL), *HEADER[3:]], [*who, 2018, *FIGURES]]
    assert sent(tmp_path / "a.xlsx", permu, *rows, merged=merged) == CONVERTED


def test_last_year_is_not_this_year_because_its_heading_was_not_merged(tmp_path, permu, who):
    rows = [TITLE, [*OVER, "本年", "上年同期"], [*ALL, "产值（万元）", "产值（万元）", "税收（万元）"], [*who, 2018, 5, 6, 7]]
    assert sent(tmp_path / "a.xlsx", permu, *rows, merged=["A1:F1"]) == {2018: (5.0, None, None)}


def test_a_unit_alone_over_the_first_column_is_asked_about_for_the_others(tmp_path, permu, who):
    rows = [TITLE, [*OVER, "（元）"], HEADER, [*who, 2018, *FIGURES]]
    answer = sent(tmp_path / "a.xlsx", permu, *rows, merged=["A1:F1"])
    assert "E 列“税收”：没有写单位，而 D 列“（元）/产值”以“元”为单位" in answer


# --- what a mapping remembers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", [[["单位：万元"]], [["税收情况表（金额单位为万元）"]]])
def test_a_unit_a_mapping_remembers_does_not_contradict_the_file(tmp_path, permu, who, said):
    """Last year's file of the office was in 元; this one says 万元."""
    office = organisation("县税务局")
    permu.unit = office
    titles = {"入库数": ["tax", "元"], "纳税人识别号": ["enterprise", ""], "所属年度": ["year", ""]}
    mapping = column_mapping(1, organisation=office, columns=titles)
    rows = [["纳税人识别号", "所属年度", "入库数"], [who[0], 2018, 512]]
    answer = sent(tmp_path / "a.xlsx", permu, *said, *rows)
    assert f"文件里写的单位是“万元”，按“{mapping.name}”（县税务局）读取时它的单位是“元”" in answer
    assert sent(tmp_path / "b.xlsx", permu, *rows) == {2018: (None, 0.05, None)}


# --- the time the figures are of --------------------------------------------------------------------------------------

YEARLY = [[*ALL, "产值（万元）"]]


@pytest.mark.parametrize(
    ("said", "sheet"),
    [("2018年9月税收表", "数据"), ("2018年截至9月底税收表", "数据"), ("税收表", "9月"), ("税收表", "2018.09"), ("税收表", "201809")],
)
def test_a_month_is_not_a_year(tmp_path, permu, who, said, sheet):
    answer = sent(tmp_path / "a.xlsx", permu, [said], *YEARLY, [*who, 2018, 5], sheet=sheet)
    assert "，要导入的是 全年的数据。请核对文件和所选的年份" in answer


@pytest.mark.parametrize(
    "said",
    [
        "2018年企业情况（2019年3月填报）",
        "2018年12月税收表",
        "2018年1-12月",
        "填表时间：2019年3月",
        "2018年度（截至2018年12月31日）",
        "3月15日印发",
    ],
)
def test_the_month_of_the_report_and_the_end_of_the_year_are_no_part_of_it(tmp_path, permu, who, said):
    assert sent(tmp_path / "a.xlsx", permu, [said], *YEARLY, [*who, 2018, 5]) == {2018: (5.0, None, None)}


@pytest.mark.parametrize(("title", "cell"), [("月份", 9), ("月份", "1-9月"), ("所属期", "2018-01至2018-09"), ("季度", "三季度")])
def test_a_column_of_months_is_not_passed_over(tmp_path, permu, who, title, cell):
    answer = sent(tmp_path / "a.xlsx", permu, [*ALL, title, "产值（万元）"], [*who, 2018, cell, 5])
    assert answer == (
        f"D 列“{title}”第 2 行是“{cell}”，像是各月或累计的数，要导入的是全年的数据。"
        "请改用全年的表；确是全年数的，请删去这一列，或在“指定各列”中对它选“不读取，与各列的数无关”。"
    )


@pytest.mark.parametrize("title", ["数据年度", "会计年度", "所属期", "统计时间", "时间"])
@pytest.mark.parametrize("cell", [2017, "2017年", "2017年度", "2017-01至2017-12", "二〇一七年"])
def test_a_column_that_says_another_year_is_not_passed_over(tmp_path, permu, who, title, cell):
    path = book(tmp_path / "a.xlsx", [*ALL[:2], title, "产值（万元）"], [*who, cell, 5])
    assert load("enterprise-facts", path, permu, "--year", "2018")[1]["message"] == (
        f"C 列“{title}”第 2 行是“{cell}”，像是别的年份的数，要导入的是 2018 年的数据。"
        "请改用 2018 年的表；确是 2018 年数的，请删去这一列，或在“指定各列”中对它选“不读取，与各列的数无关”。"
    )


@pytest.mark.parametrize("title", ["评价年度", "成立时间", "入库时间", "更新日期"])
def test_a_column_of_other_times_says_nothing_of_the_figures(tmp_path, permu, who, title):
    path = book(tmp_path / "a.xlsx", [*ALL[:2], title, "产值（万元）"], [*who, 2019, 5])
    assert load("enterprise-facts", path, permu, "--year", "2018")[1]["status"] == "done"


WHOLE_YEAR = [12, "1-12月", "全年", "2018年度", "2018-01至2018-12", "2018年1月1日至2018年12月31日", "20180101-20181231", None]
WHOLE_YEAR += ["2018年1-12月", "2018.1-12", "2018年1—12月", "1-12月累计", "2018年全年", "2018年底", "12月底", "1-4季度", "2018年第1-4季度"]


@pytest.mark.parametrize("cell", WHOLE_YEAR)
def test_a_column_that_says_the_whole_year_is(tmp_path, permu, who, cell):
    assert sent(tmp_path / "a.xlsx", permu, [*ALL, "所属期", "产值（万元）"], [*who, 2018, cell, 5]) == {2018: (5.0, None, None)}


@pytest.mark.parametrize(
    ("title", "cell"),
    [("截至时间", "2018-12-31"), ("截至时间", dt.date(2018, 12, 31)), ("统计时间", "2019-01-15"), ("时间", "2015年投产"), ("截止年", 2030)],
)
def test_the_end_of_the_year_the_day_the_sheet_was_made_and_other_times_are_fine(tmp_path, permu, who, title, cell):
    path = book(tmp_path / "a.xlsx", [*ALL[:2], title, "产值（万元）"], [*who, cell, 5])
    assert load("enterprise-facts", path, permu, "--year", "2018")[1]["status"] == "done"


def test_the_month_over_a_table_is_that_of_its_rows(tmp_path, permu, who):
    rows = [["2018年6月情况"], [*ALL, "月份", "用电量（万千瓦时）"], [*who, 2018, 9, 5]]
    answer = sent(tmp_path / "a.xlsx", permu, *rows, kind="monthly-facts")
    assert answer == "工作表“数据”表头上方“2018年6月情况”写的是 6 月，第 3 行的月份是 9。请核对后改正其中一处再上传。"
    assert sent(tmp_path / "b.xlsx", permu, ["2018年1-9月情况"], *rows[1:], kind="monthly-facts") == {}


def test_a_unit_between_the_rows_counts_for_a_title_with_its_own_unit_too(tmp_path, permu, who):
    """The rows below it may be in that; at the end of all rows it says nothing."""
    rows = [[*ALL, "产值（万元）"], [*who, 2017, 5], ["单位：元"], [*who, 2018, 60_000]]
    answer = sent(tmp_path / "a.xlsx", permu, *rows)
    assert answer == (
        "第 3 行写的单位是“元”，而D 列“产值（万元）”是按“万元”读取的。请把单位写在列标题里，或在“指定各列”中说明它是哪一项、以什么为单位。"
    )
    assert sent(tmp_path / "b.xlsx", permu, *rows[:3]) == {2017: (5.0, None, None)}
    assert sent(tmp_path / "c.xlsx", permu, *rows[:2], ["单位：万元"], *rows[3:]) == {2017: (5.0, None, None), 2018: (60_000.0, None, None)}


# --- the marked workbook of a form that numbers its columns -----------------------------------------------------------


@pytest.mark.parametrize("rows", ["", "?rows=bad"])
def test_a_marked_form_with_numbered_columns_can_be_sent_again(tmp_path, clerk, permu, who, rows):
    path = tmp_path / "a.xlsx"
    book(path, [*ALL, "产值（万元）", "税收（万元）"], ["甲", "乙", "丙", 1, 2], [*who, 2018, "约5", 6], ["合计", None, None, 5, 6])
    upload(clerk, path)
    answer = clerk.get(reverse("exchange:marked", args=[Batch.objects.get().pk]) + rows)
    marked = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    marked.active["D3"] = 5
    marked.save(path)
    document = load("enterprise-facts", path, permu)[1]
    assert (document["errors"], [note for note in document["notes"] if "没有标题" in note]) == ([], [])
    assert [(fact.output, fact.tax) for fact in YearlyFact.objects.all()] == [(5, 6)]
