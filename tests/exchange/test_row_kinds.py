"""What a row below the header is: no record is taken for a foot, no foot for a record, and totals of every sort for what they are."""

import pytest

from apps.enterprises.models import MonthlyFact, YearlyFact
from apps.exchange import row_kinds
from tests import factories
from tests.exchange.books import CODE, NAME, book, load, places

KIND, TAX = "enterprise-facts", "税收（万元）"


@pytest.fixture
def firms(db):
    return [factories.enterprise(f"示例{which}机械有限公司") for which in "甲乙丙丁"]


def taken(path, user, header, *rows, kind=KIND):
    """Import these rows; return the document."""
    return load(kind, book(path / "a.xlsx", header, *rows), user)[1]


FIRST_CELLS = {
    "审核状态": ["审核通过", "审核通过", "待审核", "复核"],
    "备注": ["报送数有调整", "备注：已核对", "审核"],
    "负责人": ["单位负责人张三", "负责人：李四"],
    "报送单位": ["编制办", "填报单位"],
}


@pytest.mark.parametrize("title", FIRST_CELLS)
@pytest.mark.parametrize("columns", [[CODE, NAME], [NAME, CODE], [CODE], [NAME]], ids="-".join)
def test_a_row_that_names_a_record_is_data_whatever_its_first_cell_says(tmp_path, permu, firms, title, columns):
    named = [[{CODE: firm.credit_code, NAME: firm.name}[column] for column in columns] for firm in firms]
    rows = [[word, *who, 2020, tax] for tax, (word, who) in enumerate(zip(FIRST_CELLS[title], named, strict=False), start=5)]
    document = taken(tmp_path, permu, [title, *columns, "年份", TAX], *rows)
    assert (document["status"], document["errors"], document["new"]) == ("done", [], len(rows))
    figures = dict(YearlyFact.objects.values_list("enterprise__name", "tax"))
    assert figures == {firm.name: tax for tax, firm in enumerate(firms[: len(rows)], start=5)}


def test_a_record_with_its_code_is_no_total_either(tmp_path, permu, firms):
    rows = [[word, firm.credit_code, 2020, 5] for word, firm in zip(("合计", "小计"), firms, strict=False)]
    assert taken(tmp_path, permu, ["类型", CODE, "年份", TAX], *rows)["new"] == 2


def test_a_record_with_its_name_is_no_total_because_a_cell_beside_it_says_so(tmp_path, permu, firms):
    """In a column of taxes, of remarks, or before the name."""
    rows = [[1, firms[0].name, "合计", 4], [2, firms[1].name, "小计", 5], ["合计", firms[2].name, None, 6]]
    total = [["合计", "（3家）", None, 15], ["总计", 3, "全县", 15], [None, "共3户企业", "合计", 15], ["合计", "壶镇镇", None, 15]]
    document = taken(tmp_path, permu, ["序号", NAME, "备注", TAX, "年份"], *[[*row, 2020] for row in rows], *total)
    assert (document["errors"], document["new"]) == ([], 3)
    assert "识别出 4 行合计，不作为数据导入；写有数值的合计已与各行之和核对。" in document["notes"]


def test_a_record_whose_code_is_wrong_is_an_error_and_no_foot(tmp_path, permu, firms):
    document = taken(tmp_path, permu, ["审核状态", CODE, NAME, "年份", TAX], ["审核通过", "无", firms[0].name, 2020, 5])
    assert places(document) == [(2, "B")]


FEET = [
    ["填表人：张三", None, "审核人：李四"],
    ["填表人：", "张三", "审核人：", "李四"],
    ["填表人", "张三", "审核人", "李四"],
    ["填表人：张三", "李四"],
    ["填表人：张三", "填报日期：2021-10-08"],
    ["填表人：张三", "2021-10-08", "0578-3123456"],
    ["审核", "张三", "复核", "李四"],
    ["单位负责人：张三", "统计负责人：李四", "填表人：王五"],
    ["联系电话：", "13900000000"],
    ["填表人：张三", "联系电话：", 13900000000],
    [None, "填表人：张三"],
    [None, None, "填表人：张三", "2021年10月8日"],
    ["备注：本表为入库税收"],
    ["数据来源：县税务局", None, "2021年10月"],
    ["注1：入库数"],
]


@pytest.mark.parametrize("columns", [["序号", NAME, CODE], [CODE, NAME, "序号"], [NAME, CODE, "序号"]], ids="-".join)
def test_a_foot_stays_a_foot(tmp_path, permu, firms, columns):
    row = [{CODE: firms[0].credit_code, NAME: firms[0].name, "序号": 1}[column] for column in columns]
    document = taken(tmp_path, permu, [*columns, "年份", TAX], [*row, 2020, 5], *FEET)
    assert (document["status"], document["errors"], document["new"]) == ("done", [], 1)
    assert f"跳过 {len(FEET)} 行表尾。" in document["notes"]


def test_the_rows_of_a_month_of_parcels_and_of_land_cases_are_data(tmp_path, permu, firms):
    firm = firms[0]
    document = taken(
        tmp_path, permu, ["审核状态", CODE, "年份", "月份", TAX], ["审核通过", firm.credit_code, 2021, 9, 5], kind="monthly-facts"
    )
    assert (document["new"], MonthlyFact.objects.get().tax) == (1, 5)
    for code, header, row in (
        ("parcels", ["备注", "宗地编号"], ["报送数有调整", "DK-001"]),
        ("land-cases", ["负责人", "编号"], ["单位负责人张三", "CL2021001"]),
        ("towns", ["备注", "代码", "名称"], ["报送数有调整", "331122001", "五云街道"]),
        ("chains", ["备注", "产业", "名称"], ["报送数有调整", "时尚产业", "时尚产业链"]),
    ):
        naming = list(range(2, len(header) + 1))
        assert row_kinds.row_kind(row, naming) == "data", code


def test_a_sheet_of_nothing_but_totals_says_so(tmp_path, permu, db):
    document = taken(tmp_path, permu, [CODE, NAME, "年份", TAX], ["合计", None, None, 5], ["填表人：张三"])
    assert document["message"] == "没有数据行：标题行下面只有合计、表尾等 2 行，没有一行写明代码或名称。"


# --- totals -------------------------------------------------------------------------------------------------------

WORDS = ["合计", "共计", "总计：", "合计:", "Total", "TOTAL:", "Total/合 计", "合 计 Total", "合计（Total）"]
WORDS += ["合　 计", "全县总计", "合计：2家", "总计（2家）"]


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize(("total", "errors"), [(11, []), (12, [(4, "D")])])
def test_a_total_is_recognised_in_many_words(tmp_path, permu, firms, word, total, errors):
    rows = [[firm.credit_code, firm.name, 2020, tax] for firm, tax in zip(firms, (5, 6), strict=False)]
    document = taken(tmp_path, permu, [CODE, NAME, "年份", TAX], *rows, [word, None, None, total])
    assert places(document) == errors


@pytest.mark.parametrize("word", ["共计机械厂", "Total Machines", "合计", "小计"])
def test_a_firm_with_its_code_is_no_total_whatever_it_is_called(tmp_path, permu, firms, word):
    document = taken(tmp_path, permu, [CODE, NAME, "年份", TAX], [firms[0].credit_code, word, 2020, 5])
    assert (document["new"], document["errors"]) == (1, [])


# --- 小计 of towns and groups -------------------------------------------------------------------------------------


@pytest.fixture
def summed(tmp_path, permu, firms):
    """Return (places of the errors, messages, notes) of a sheet in which numbers are firms' taxes and pairs rows of totals."""

    def sheet(*lines):
        facts = iter((firm.credit_code, firm.name, year) for year in range(2000, 2020) for firm in firms)
        rows = [[*next(facts), line] if isinstance(line, int) else [None, line[0], None, *line[1:]] for line in lines]
        document = taken(tmp_path, permu, [CODE, NAME, "年份", TAX, "产值（万元）"], *rows)
        return [(error["row"], error["message"].partition("：")[2]) for error in document["errors"]], document["notes"]

    return sheet


def wrong(row, name, printed, whose, total):
    return row, f"{name}写 {printed}，{whose}之和为 {total}；请核对是否缺行，或改正合计。"


def checked(number):
    return f"识别出 {number} 行合计，不作为数据导入；写有数值的合计已与各行之和核对。"


def unsure(*rows):
    return f"{'、'.join(f'第 {number} 行“{name}”' for number, name in rows)}：分不清是哪些行之和，没有核对，请自行核对。"


A, B, ALL = ("五云街道小计", 500), ("新碧街道小计", 300), ("合计", 800)


@pytest.mark.parametrize(
    ("lines", "number"),
    [
        ([500, A, 300, B, ALL], 3),
        ([200, 300, A, 100, 200, B, ALL], 3),
        ([A, 500, B, 300, ALL], 3),  # above their rows
        ([ALL, A, 200, 300, B, 300], 3),
        ([500, A, 300, B, ("全部企业合计", 800)], 3),
        ([200, ("五云规上小计", 200), 300, ("五云规下小计", 300), ("五云合计", 500), 300, B, ALL], 5),  # in levels
        ([200, ("小计", 200), 300, ("小计", 300), A, 300, B, ALL], 5),
        ([300, ("五云街道小计", 300), 100, ("小计", 100), ("合计", 400)], 3),
        ([300, ("五云街道小计", 300), 100, B[:1] + (100,), ("小计", 400)], 3),
        ([("小计", 400), 300, ("五云街道小计", 300), 100, ("新碧街道小计", 100), ("合计", 400)], 4),
        ([("小计", 300), 300, ("小计", 100), 100, ("合计", 400)], 3),
        ([500, ("本页小计", 500), 300, ("本页合计", 300), ALL], 3),
        ([500, ("小计（五云街道）", 500), 300, ("小计（新碧街道）", 300), ALL], 3),
        ([500, A, 300, B, 200], 2),  # rows below the last one
        ([500, ("合计", 500), 200, 100, ("合计", 300), ("总计", 800)], 3),  # each of its own block, the last of all
        ([500, ("合计", 500), 200, 100, ("合计", 800)], 2),  # of all rows so far
        ([500, ("小计", 500), ("合计", 500), 200, ("小计", 200), 100, ("小计", 100), ("合计", 300)], 5),
        ([("合计", 500), 500, ("合计", 300), 200, 100], 2),  # each above its own block
        ([("总计", 800), ("合计", 500), 500, ("合计", 300), 200, 100], 3),
        ([500, ("合计", 500), A, 300, ("合计", 300), B, ALL], 5),
    ],
)
def test_sums_that_agree_are_checked(summed, lines, number):
    errors, notes = summed(*lines)
    assert (errors, [note for note in notes if "核对" in note]) == ([], [checked(number)])


@pytest.mark.parametrize(
    ("lines", "faults"),
    [
        ([500, ("五云街道小计", 999), 300, B, ALL], [wrong(3, "“五云街道小计”", 999, "其上 1 行", 500)]),
        ([200, 300, A, 100, 200, ("新碧街道小计", 299), ALL], [wrong(7, "“新碧街道小计”", 299, "其上 2 行", 300)]),
        ([("五云街道小计", 499), 500, B, 300, ALL], [wrong(2, "“五云街道小计”", 499, "其下 1 行", 500)]),
        ([300, ("五云街道小计", 300), 100, ("小计", 150)], [wrong(5, "合计行", 150, "各行", 100)]),
        ([300, ("小计", 200), 100, ("小计", 100)], [wrong(3, "合计行", 200, "各行", 300)]),
        ([("合计", 799), 500, 300, ALL], [wrong(2, "合计行", 799, "各行", 800)]),
        ([200, 300, ("五云街道小计", 999), ("合计", 500)], [wrong(4, "“五云街道小计”", 999, "其上 2 行", 500)]),  # more than all rows
        ([("五云街道小计", 600), 200, 300], [wrong(2, "“五云街道小计”", 600, "其下 2 行", 500)]),
        ([*[100] * 13, ("五云街道小计", 1301), ("合计", 1300)], [wrong(15, "“五云街道小计”", 1301, "其上 13 行", 1300)]),
        ([500, ("合计", 500), 200, 100, ("合计", 299)], [wrong(6, "合计行", 299, "其上 2 行", 300)]),
        ([500, ("合计", 500), 200, 100, ("合计", 799)], [wrong(6, "合计行", 799, "各行", 800)]),
        ([("合计", 500), 500, ("合计", 301), 200, 100], [wrong(4, "合计行", 301, "其下 2 行", 300)]),
        ([500, ("合计", 500), 200, 100, ("总计", 300)], [wrong(6, "合计行", 300, "各行", 800)]),  # 总计 is of all rows
        ([500, ("合计", 500), 200, 100, ("全县合计", 300)], [wrong(6, "合计行", 300, "各行", 800)]),
        ([("总计", 500), 500, ("合计", 300), 200, 100], [wrong(2, "合计行", 500, "各行", 800)]),
    ],
)
def test_sums_that_are_certainly_wrong_are_errors(summed, lines, faults):
    assert summed(*lines)[0] == faults


@pytest.mark.parametrize(
    ("lines", "rows"),
    [
        ([500, 300, ("规上小计", 500), ALL], [(4, "规上小计")]),
        ([200, 300, ("五云街道小计", 499), ("合计", 500)], [(4, "五云街道小计")]),  # one alone may be of some rows
        ([500, ("五云街道去年小计", 999), ("合计", 500)], [(3, "五云街道去年小计")]),  # of no rows of this sheet
        ([200, 300, 400, ("五云街道小计", 600), B, ("合计", 900)], [(5, "五云街道小计"), (6, "新碧街道小计")]),  # scattered
        (  # rows of one town beside those of another: together they are all rows
            [100, ("丙镇小计", 100), 100, ("丁镇小计", 100), 300, 200, ("乙镇小计", 200), 50, ("甲镇小计", 350)],
            [(8, "乙镇小计"), (10, "甲镇小计")],
        ),
        ([500, ("规上小计", 500), 300, 100, ("规上小计", 300)], [(6, "规上小计")]),  # some of the rows of two towns
        ([500, A, 300, 100, ("新碧街道规上企业小计", 300)], [(6, "新碧街道规上企业小计")]),
        ([200, ("五云街道小计", 150), 300, B[:1] + (500,)], [(3, "五云街道小计")]),  # the second embraces the first
        ([500, A, ("上年合计", 700), 300, B, ALL], [(4, "上年合计")]),
        ([500, ("五云街道小计", "约500"), 300, B], [(3, "五云街道小计")]),
    ],
)
def test_where_it_is_in_doubt_it_is_told_and_no_error(summed, lines, rows):
    errors, notes = summed(*lines)
    assert (errors, [note for note in notes if "分不清" in note]) == ([], [unsure(*rows)])
    assert f"跳过 {len(rows)} 行部分合计或平均（没有核对）。" in notes


@pytest.mark.parametrize(
    ("lines", "faults"),
    [
        ([300, 200, ("壶镇镇小计", 400), 100, ("合计", 600)], [wrong(4, "“壶镇镇小计”", 400, "其上 2 行", 500)]),
        ([300, 200, ("壶镇镇小计", 400), 100, 250], [wrong(4, "“壶镇镇小计”", 400, "其上 2 行", 500)]),
        ([300, 200, ("壶镇镇小计", 200), 100, ("合计", 600)], []),  # of the last row above
        ([300, 200, ("壶镇镇小计", 500), 100, ("合计", 600)], []),
        ([300, ("壶镇镇小计", 350), 100, 250, 60, ("合计", 710)], []),  # of the first two below
    ],
)
def test_a_group_alone_between_rows_is_a_sum_of_those_beside_it(summed, lines, faults):
    errors, notes = summed(*lines)
    assert (errors, [note for note in notes if "分不清" in note]) == (faults, [])


@pytest.fixture
def of_towns(tmp_path, permu, firms):
    """Return (places and messages of the errors, notes on what was not checked) of rows (town, tax) and (total, tax) of the year 2020."""

    def sheet(*lines, title="乡镇"):
        who = iter(firms)
        rows = [
            [*((firm := next(who)).credit_code, firm.name, 2020), *line] if len(line) == 2 else [line[0], None, None, None, line[2]]
            for line in lines
        ]
        document = taken(tmp_path, permu, [CODE, NAME, "年份", title, TAX], *rows)
        faults = [(error["row"], error["column"], error["message"].partition("：")[2]) for error in document["errors"]]
        return faults, [note for note in document["notes"] if "分不清" in note]

    return sheet


def of_town(row, name, printed, town, number, total):
    return row, "E", wrong(row, f"“{name}”", printed, f"D 列为“{town}”的 {number} 行", total)[1]


HU, XIN = "壶镇镇", "新建镇"


@pytest.mark.parametrize(
    ("lines", "faults"),
    [
        ([(HU, 200), (XIN, 50), (HU, 300), ("壶镇镇小计", None, 500)], []),
        ([(HU, 200), (XIN, 50), (HU, 300), ("壶镇镇小计", None, 499)], [of_town(5, "壶镇镇小计", 499, HU, 2, 500)]),
        ([("小计（壶镇镇）", None, 499), (HU, 200), (XIN, 50), (HU, 300)], [of_town(2, "小计(壶镇镇)", 499, HU, 2, 500)]),
        (
            [(HU, 200), (XIN, 50), (HU, 300), ("壶镇镇小计", None, 500), ("新建镇小计", None, 51)],
            [of_town(6, "新建镇小计", 51, XIN, 1, 50)],
        ),
        ([("规上", 200), ("规下", 50), ("规上", 300), ("规上小计", None, 400)], [of_town(5, "规上小计", 400, "规上", 2, 500)]),
    ],
)
def test_a_group_is_the_sum_of_the_rows_that_say_so(of_towns, lines, faults):
    assert of_towns(*lines) == (faults, [])


@pytest.mark.parametrize(
    "lines",
    [
        [(HU, 200), (None, 300), (XIN, 50), ("壶镇镇小计", None, 499)],  # the town stands in its first row only
        [(HU, 200), (XIN, 50), (HU, 300), ("壶镇小计", None, 499)],
        [(HU, 200), (XIN, 50), (HU, 300), ("壶镇镇小计", None, "约499")],
    ],
)
def test_where_not_every_row_says_whose_it_is_it_is_told(of_towns, lines):
    name = lines[-1][0]
    assert of_towns(*lines) == ([], [unsure((5, name))])


def test_a_column_that_cannot_be_summed_is_not_compared(of_towns):
    faults, told = of_towns((None, 300), (None, 200), ("壶镇镇小计", None, 400), (None, "约100"))
    assert ([(row, column) for row, column, _ in faults], told) == ([(5, "E")], [unsure((4, "壶镇镇小计"))])


def test_averages_and_parts_of_a_sum_are_never_compared(summed):
    errors, notes = summed(500, A, ("其中：规上小计", 400), ("平均", 250), 300, ("新碧街道小计", 301), ALL)
    assert [row for row, _ in errors] == [7]
    assert "跳过 2 行部分合计或平均（没有核对）。" in notes


def test_every_column_of_a_subtotal_is_compared(tmp_path, permu, firms):
    rows = [[firm.credit_code, firm.name, 2020, 10, 20] for firm in firms]
    lines = [*rows[:2], [None, "五云街道小计", None, 20, 41], *rows[2:], [None, "新碧街道小计", None, 20, 40]]
    assert places(taken(tmp_path, permu, [CODE, NAME, "年份", TAX, "产值（万元）"], *lines)) == [(4, "E")]


def test_thousands_of_groups_are_told_in_one_sentence(tmp_path, permu, firms):
    rows = [[None, f"第{number}组小计", None, number] for number in range(1, 3000)]
    document = taken(tmp_path, permu, [CODE, NAME, "年份", TAX], [firms[0].credit_code, firms[0].name, 2020, 0], *rows)
    told = next(note for note in document["notes"] if "分不清" in note)
    assert told.endswith("第 12 行“第10组小计”等 2999 行：分不清是哪些行之和，没有核对，请自行核对。")
