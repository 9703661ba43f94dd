"""Of which year the figures of a sheet are: the texts around them against the year chosen or the one the rows say."""

import pytest

from apps.enterprises.models import YearlyFact
from apps.exchange.periods import in_digits, one_month_said, other_period, year_said
from tests.exchange.books import CODE, NAME, book, load


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("税款所属期：2020-01-01至2020-06-30", "2020-01-01至2020-06-30"),
        ("2020年1月1日至6月30日", "2020年1月1日至6月30日"),
        ("2020.1.1-6.30", "2020.1.1-6.30"),
        ("统计时间：202001-202006", "202001-202006"),
        ("所属期：2020-06", "所属期:2020-06"),
        ("所属期起：2019-01-01", "所属期起:2019-01-01"),
        ("数据期间：2019.01-2019.12", "2019.01-2019.12"),
        ("2019税收", "2019年"),
        ("19年度税收", "2019年"),
        ("19年税收", "2019年"),
        ("二〇一九年度税收", "2019年"),
        ("二○二〇年一至九月税收", "1至9月"),
        ("2020年Q3税收", "Q3"),
        ("2020H1税收", "H1"),
        ("2019年度企业税收表（2020年5月编制）", "2019年"),
        ("2019年度企业税收表（2020年5月）", "2019年"),
        ("2020年填报2019年度税收表", "2019年"),
        ("2019年度税收填报表", "2019年"),
        ("2019", "2019年"),
    ],
)
def test_another_time_than_2020(text, said):
    assert other_period(text, 2020, yearly=True) == said


@pytest.mark.parametrize(
    "text",
    ["数据期间：2020.01-2020.12", "税款所属期：2020年1月至12月", "所属期：2020年1-12月", "2020年1月1日至12月31日", "所属期止：2020-12-31"]
    + [
        "2020税收",
        "20年度税收",
        "二〇二〇年度税收",
        "2020年度企业税收表（2021年5月编制）",
        "制表日期：2019-05-01",
        "2019年5月编制",
        "Sheet1",
    ]
    + ["规上（2000万元以上）企业税收表", "规上2000家企业", "缙政发〔2019〕15号", "填报时间：2021-03-01至2021-03-31", "2020-2021年税收"]
    + [
        "2021年亩均评价，数据截至2020年12月31日",
        "2021年度亩均评价（2020年数据）",
        "10年以上企业名单",
        "二〇二〇年十二月",
        "报送日期：2021年5月8日",
    ],
)
def test_no_other_time_than_2020(text):
    assert other_period(text, 2020, yearly=True) == ""


def test_a_table_of_months_is_of_one_year():
    assert other_period("2020年9月工业产值表", 2021, yearly=False) == "2020年"
    assert other_period("2021年1-9月（2021年10月8日）", 2021, yearly=False) == ""


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2019年度税收", 2019),
        ("2019年度（2020年5月编制）", 2019),
        ("2018-2020年", None),
        ("2019.01-2019.12", 2019),
        ("2020年5月编制", None),
    ],
)
def test_the_one_year_a_text_says(text, year):
    assert year_said(text, yearly=True) == year


def test_chinese_digits():
    assert in_digits("二〇二一年十一月 至 二○二二年十月，第十二月") == "2021年11月至2022年10月,第12月"


@pytest.mark.parametrize(
    ("text", "said"),
    [("2021年9月当月产值", "当月"), ("本月数", "本月"), ("2021-09-01至2021-09-30", "2021-09-01至2021-09-30"), ("2021年1-9月", "")]
    + [("2021年9月当月及累计", ""), ("2021-01-01至2021-09-30", ""), ("报送时间：本月15日前", "")],
)
def test_one_month_alone(text, said):
    assert one_month_said(text) == said


# --- through the door -------------------------------------------------------------------------------------------------

YEARLY, MONTHLY = "enterprise-facts", "monthly-facts"


def answer(path, user, above, header, row, *options, kind=YEARLY, sheet="数据"):
    """Return the message of an import of one row, "" where it went through."""
    book(path, [above], header, row, sheet=sheet)
    return load(kind, path, user, *options)[1].get("message", "")


@pytest.mark.parametrize(
    "said", ["税款所属期：2020-01-01至2020-06-30", "2019税收", "二〇一九年度税收", "2019年度企业税收表（2020年5月编制）"]
)
def test_the_year_chosen_is_compared(tmp_path, permu, firm, said):
    row = [firm.credit_code, firm.name, 5]
    message = answer(tmp_path / "a.xlsx", permu, said, [CODE, NAME, "税收（万元）"], row, "--year", "2020")
    assert message.startswith(f"工作表“数据”表头上方“{said}”写的是 ") and "所选的年份" in message
    assert YearlyFact.objects.count() == 0


@pytest.mark.parametrize(("kind", "more"), [(YEARLY, {}), (MONTHLY, {"月份": 9})])
def test_the_year_over_a_table_is_that_of_its_rows(tmp_path, permu, firm, kind, more):
    header, row = [CODE, NAME, "年份", *more, "税收（万元）"], [firm.credit_code, firm.name, 2020, *more.values(), 5]
    message = answer(tmp_path / "a.xlsx", permu, "2019年度企业税收表", header, row, kind=kind)
    assert message == "工作表“数据”表头上方“2019年度企业税收表”写的是 2019 年，第 3 行的年份是 2020。请核对后改正其中一处再上传。"
    assert answer(tmp_path / "b.xlsx", permu, "2019年度企业税收表", header, [*row[:2], 2019, *row[3:]], kind=kind) == ""


def test_a_table_of_several_years_may_be_named_after_one(tmp_path, permu, firm):
    rows = [[firm.credit_code, firm.name, year, 5] for year in (2019, 2020)]
    path = book(tmp_path / "a.xlsx", ["2020年企业税收表"], [CODE, NAME, "年份", "税收（万元）"], *rows)
    assert load(YEARLY, path, permu)[1]["status"] == "done"


@pytest.mark.parametrize(("above", "sheet"), [("2021年9月当月工业产值表", "数据"), ("产值表", "本月"), ("2021-09-01至2021-09-30", "数据")])
def test_figures_of_one_month_are_not_taken_for_those_up_to_it(tmp_path, permu, firm, above, sheet):
    header, row = [CODE, NAME, "月份", "工业总产值（万元）"], [firm.credit_code, firm.name, 9, 500]
    message = answer(tmp_path / "a.xlsx", permu, above, header, row, "--year", "2021", kind=MONTHLY, sheet=sheet)
    assert "像是单月的数，要导入的是年初至各月的累计数。请改用累计数的表；确是累计数的，请改正这处文字，或在各列标题中写明“累计”" in message


def test_titles_that_say_cumulative_go_before_the_title_of_the_sheet(tmp_path, permu, firm):
    header, row = [CODE, NAME, "月份", "工业总产值（累计，万元）"], [firm.credit_code, firm.name, 9, 500]
    assert answer(tmp_path / "a.xlsx", permu, "2021年9月本月工业产值表", header, row, "--year", "2021", kind=MONTHLY) == ""
