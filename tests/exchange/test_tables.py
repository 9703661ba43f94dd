"""Two tables in one sheet or workbook: none of them is left out in silence, and no figure goes to a firm of the other."""

import pytest
from openpyxl import load_workbook

from apps.enterprises.models import YearlyFact
from tests import factories
from tests.exchange.books import CODE, NAME, book, load

KIND, TAX, POWER = "enterprise-facts", "税收", "用电量"


@pytest.fixture
def firms(db):
    return [factories.enterprise(f"示例{which}机械有限公司") for which in "甲乙丙丁"]


@pytest.fixture
def sent(tmp_path, permu):
    """Return (message of the refusal, "" where there is none; {firm: (tax, power)}; notes) of a sheet of the year 2020."""

    def send(*rows, merged=(), year=2020):
        path = book(tmp_path / "a.xlsx", *rows)
        if merged:
            filled = load_workbook(path)
            for area in merged:
                filled.active.merge_cells(area)
            filled.save(path)
        document = load(KIND, path, permu, *(["--year", str(year)] if year else []))[1]
        facts = YearlyFact.objects.values_list("enterprise__name", "tax", "power")
        faults = "；".join(error["message"] for error in document["errors"])
        return document.get("message") or faults, {name: figures for name, *figures in facts}, document["notes"]

    return send


def both(first, second):
    remedy = "请把两张表分成两个文件分别上传，或合成一张表（只有一种标题行）后重新上传"
    return f"第 {first} 行和第 {second} 行都像标题行，各列又不相同，像是上下两张表。{remedy}。"


@pytest.mark.parametrize("number", range(2010, 2041))  # with the digits of a year, and every check character: 9T is no unit either
def test_a_row_with_a_code_is_no_part_of_a_header(sent, number):
    firm = factories.enterprise("示例2020机械有限公司", credit_code=factories.credit_code(number))
    assert sent([CODE, NAME, "产值"], [firm.credit_code, firm.name, 5], [NAME, CODE, TAX, POWER])[:2] == (both(1, 3), {})


# --- below each other -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("gap", [0, 3])
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ([CODE, NAME, TAX], [CODE, NAME, TAX, POWER]),
        ([CODE, NAME, TAX, POWER], [CODE, NAME, TAX]),
        ([CODE, NAME, TAX], [CODE, NAME, POWER]),  # the second would be tax, too
        ([CODE, NAME, "税收（万元）"], [CODE, NAME, "税收（元）"]),
        ([CODE, NAME, "产值"], [NAME, CODE, TAX, POWER]),
    ],
)
def test_the_header_of_another_table_refuses_the_sheet(sent, firms, first, second, gap):
    who = [[firm.credit_code, firm.name, 5, 6] for firm in firms]
    rows = [first, *[row[: len(first)] for row in who[:2]], *[[]] * gap, second, *[row[: len(second)] for row in who[2:]]]
    assert sent(*rows)[:2] == (both(1, 4 + gap), {})


def test_the_header_of_another_table_far_below_does_too(sent, firms):
    rows = [[firms[0].credit_code, firms[0].name, year, 5] for year in range(1960, 2000)]
    header = [CODE, NAME, "年份", TAX]
    second = [[*header, POWER], [firms[1].credit_code, firms[1].name, 2000, 5, 6]]
    assert sent(header, *rows, *second, year=None)[:2] == (both(1, 42), {})


def test_two_rows_of_a_first_header_are_one(sent, firms):
    rows = [[NAME, "税务", None], [None, TAX, "产值"], [firms[0].name, 5, 6], [NAME, TAX, POWER, "产值"], [firms[1].name, 5, 6, 7]]
    assert sent(*rows, merged=["A1:A2", "B1:C1"])[0] == both(1, 4)


def test_what_only_looks_like_a_header_is_none(sent, firms):
    form = [["单位名称：", "壶镇镇", "年份：", "2020"], ["联系人", "张三", "电话", "0578-3123456"]]
    again = [[CODE, NAME, TAX], [firms[0].credit_code, firms[0].name, 5], [CODE, NAME, TAX], [firms[1].credit_code, firms[1].name, 6]]
    assert sent(*form, *again)[:2] == ("", {firms[0].name: [5, None], firms[1].name: [6, None]})


REAL = [CODE, NAME, TAX, POWER]


@pytest.mark.parametrize(
    ("small", "rows"),
    [
        ([["乡镇", TAX], ["壶镇镇", 500], ["新建镇", "1,200.5"]], "2、3"),
        ([["序号", "纳税人", "入库数"], [1, "示例甲机械有限公司", 5], [2, "示例乙机械有限公司", 6]], "2、3"),
        ([["汇总情况"], ["项目", "户数", "税额"], ["规上", 3, 900], ["规下", 9, None], ["小计", 12, 900]], "3、4、5"),
        ([[TAX, "户数"], [500, 3]], "2"),
    ],
)
@pytest.mark.parametrize("gap", [0, 2])
def test_a_small_table_over_the_header_is_named(sent, firms, small, rows, gap):
    lines = [*small, *[[]] * gap, REAL, [firms[0].credit_code, firms[0].name, 5, 6]]
    message, taken, notes = sent(*lines)
    assert (message, taken) == ("", {firms[0].name: [5, 6]})
    note = f"标题行（第 {len(small) + gap + 1} 行）上方的第 {rows} 行有数值，像是另一张表，没有读取；是要导入的，请另存为一张表单独上传。"
    assert [one for one in notes if "上方" in one] == [note]


@pytest.mark.parametrize(
    "over",
    [
        [["企业税收表"], ["填报单位：", "县税务局", "填报日期：", 2021, "联系电话", 5783123456]],
        [["单位名称：", "壶镇镇", "年份：", "2020"], ["联系人", "张三", "电话", "0578-3123456"]],
        [["附件1"], ["2020年度企业税收表"], [None, None, None, "单位：万元"]],
        [["2020年企业税收", None, "第", 1, "页"], ["页次", 1]],
        [["甲", "乙", "丙"], [1, 2, 3]],
    ],
)
def test_a_form_of_labels_over_the_header_is_no_table(sent, firms, over):
    assert not [note for note in sent(*over, REAL, [firms[0].credit_code, firms[0].name, 5, 6])[2] if "上方" in note]


# --- the same header again --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "merged", "share"),
    [
        ([[CODE, NAME, TAX], [None, None, "（元）"]], (), 10_000),
        ([[CODE, NAME, TAX], [None, None, "2020年"]], ("A{0}:A{1}", "B{0}:B{1}"), 1),
        ([[CODE, NAME, TAX], [None, None, "2020年"]], (), 1),
        ([[CODE, NAME, TAX, TAX], [None, None, "2019年", "2020年"]], (), 1),
        ([[CODE, NAME, TAX, TAX], [None, None, "2019年", "2020年"]], ("A{0}:A{1}", "B{0}:B{1}", "C{0}:D{0}"), 1),
        ([[CODE, NAME, "税收\n（元）"], ["甲", "乙", 1]], (), 10_000),
        ([[CODE, "企业", "指标"], [None, NAME, TAX], ["甲", "乙", 1]], ("A{0}:A{1}", "B{0}:C{0}"), 1),
    ],
)
@pytest.mark.parametrize("over", [[], [["企业税收表"]], [["企业税收表"], [None, None, "2020年度"]]])
def test_a_header_of_several_rows_may_stand_on_every_page(sent, firms, header, merged, share, over):
    """With or without what stands over it."""
    who = [[firm.credit_code, firm.name, *[5 * share] * (len(header[0]) - 2)] for firm in firms]
    size = len(over) + len(header)
    rows = [*over, *header, who[0], *over, *header, who[1], *header, who[2], *header, who[3]]
    tops = [len(over) + 1, 2 * len(over) + len(header) + 2, 2 * size + 3, 2 * size + len(header) + 4]
    areas = [area.format(top, top + 1) for top in tops for area in merged]
    message, taken, notes = sent(*rows, merged=areas)
    assert (message, taken) == ("", {firm.name: [5, None] for firm in firms})
    assert f"跳过 {len(over) + 3 * len(header)} 行重复的标题。" in notes


def test_part_of_a_header_is_no_repetition(sent, firms):
    header = [[CODE, NAME, TAX], [None, None, "（元）"]]
    message = sent(*header, [firms[0].credit_code, firms[0].name, 50_000], [None, None, "（元）"])[0]
    assert message.startswith(f"{CODE}：不能为空")


# --- beside each other ------------------------------------------------------------------------------------------------


def beside(left, right):
    return f"第 1 行的标题中，{left}和 {right}像是并排的两张表，分不清各列的数是谁的。请把它们上下接成一张表，或分成两个文件分别上传。"


@pytest.mark.parametrize(
    ("header", "places"),
    [
        ([CODE, NAME, TAX, None, CODE, NAME, TAX], ("A 至 C 列", "E 至 G 列")),
        (["序号", NAME, TAX, None, "序号", "单位名称", POWER], ("A 至 C 列", "E 至 G 列")),
        (["序号", NAME, TAX, None, "序号", "纳税人", POWER], ("A 至 C 列", "E 至 G 列")),
        (["序号", NAME, TAX, "序号", "谁", POWER], ("A 至 C 列", "D 至 F 列")),
        ([NAME, "入库数", None, "户名", POWER], ("A 至 B 列", "D 至 E 列")),
        (["用户名称", POWER, None, NAME, TAX], ("A 至 B 列", "D 至 E 列")),
        ([CODE, TAX, None, "名称", POWER], ("A 至 B 列", "D 至 E 列")),
        ([CODE, TAX, None, NAME, POWER], ("A 至 B 列", "D 至 E 列")),
    ],
)
def test_the_table_beside_is_not_read_for_the_firms_of_the_first(sent, firms, header, places):
    row = [{CODE: firms[0].credit_code, "序号": 1, TAX: 5, POWER: 6, None: None}.get(title, firms[0].name) for title in header]
    assert sent(header, row)[:2] == (beside(*places), {})


@pytest.mark.parametrize(
    "header",
    [
        ["序号", NAME, CODE, None, TAX, POWER],
        [CODE, "区域", None, NAME, TAX, POWER],
        ["序号", NAME, TAX, POWER, "序号", "备注"],
        ["户名", "备注", None, NAME, TAX, POWER],
        [NAME, CODE, "序号", TAX, POWER],
        ["纳税人", TAX, POWER],
    ],
)
def test_a_gap_in_one_table_is_none(sent, firms, header):
    row = [{CODE: firms[0].credit_code, "序号": 1, TAX: 5, POWER: 6, None: None}.get(title, firms[0].name) for title in header]
    assert sent(header, row)[:2] == ("", {firms[0].name: [5, 6]})


# --- in other sheets --------------------------------------------------------------------------------------------------


@pytest.fixture
def with_sheets(tmp_path, permu, firms):
    """Return the document of a file whose first sheet has one firm, and which has these other sheets."""

    def send(**sheets):
        path = book(tmp_path / "a.xlsx", [CODE, NAME, TAX], [firms[0].credit_code, firms[0].name, 5])
        filled = load_workbook(path)
        for name, rows in sheets.items():
            other = filled.create_sheet(name)
            for row in rows:
                other.append(row)
            other.sheet_state = "hidden" if name == "隐藏" else "visible"
        filled.save(path)
        return load(KIND, path, permu, "--year", "2020")[1]

    return send


def test_other_sheets_are_named(with_sheets, firms):
    goes_on = [[firms[1].credit_code, firms[1].name, 6]]
    document = with_sheets(
        续表=[[firms[1].name, 6], [firms[2].name, 7]], 隐藏=goes_on, 空=[], 汇总=[["汇总"], ["乡镇", "税收"], ["壶镇镇", 5]]
    )
    assert document["new"] == 1
    assert [note for note in document["notes"] if "工作表" in note] == ["工作表“续表”（2 行）没有读取。", "工作表“汇总”（3 行）没有读取。"]


def test_a_sheet_that_goes_on_without_a_header_is_not_left_out(with_sheets, firms):
    rows = [[firm.credit_code, firm.name, 6] for firm in firms[1:]]
    remedy = "请把它的行接到工作表“数据”下面，或补上标题行单独上传；不用导入的，请删除或隐藏这个工作表"
    for more in ([], [["续表"]]):
        answer = with_sheets(续表=[*more, *rows])["message"]
        assert answer == f"工作表“续表”第 {1 + len(more)} 行起是数据而没有标题行，像是工作表“数据”的续表，不能读取。{remedy}。"
