"""How a cell becomes a value: the hostile cells of reliability.md 3.4, one line each."""

import datetime as dt
from decimal import Decimal

import pytest

from apps.exchange import rules
from apps.exchange.rules import BadCell, Fault

D = Decimal


@pytest.mark.parametrize(
    ("cell", "unit", "sheet_unit", "value", "note"),
    [
        (3400, "万元", "", "3400.00", None),
        (D("0.30000000000000004"), "万元", "", "0.30", None),  # 26: the noise of a binary fraction is no decimal
        ("3,400", "万元", "", "3400.00", "“3,400”读作 3400 万元"),
        ("３４００", "万元", "", "3400.00", "“３４００”读作 3400 万元"),
        ("3400万", "万元", "", "3400.00", "“3400万”换算为 3400 万元"),
        ("0.34亿", "万元", "", "3400.00", "“0.34亿”换算为 3400 万元"),
        ("5元", "万元", "", "0.00", "“5元”换算为 0 万元"),
        (D("0.34"), "万元", "亿元", "3400.00", "“0.34亿元”换算为 3400 万元"),
        (20000, "亩", "平方米", "30.00", "“20000平方米”换算为 30 亩"),
        ("1公顷", "亩", "", "15.00", "“1公顷”换算为 15 亩"),
        (D("1.005"), "万元", "", "1.01", "“1.005”四舍五入为 1.01（保留 2 位小数）"),
        (D("-3.5"), "万元", "", "-3.50", None),
        (-5, "万元", "元", "0.00", "“-5元”换算为 0 万元"),
        ("-0", "万元", "", "0.00", "“-0”读作 0 万元"),
    ],
)
def test_number(cell, unit, sheet_unit, value, note):
    read, said = rules.number(cell, 2, unit, sheet_unit)
    assert (f"{read:.2f}", said) == (value, note)  # as text: -0 equals 0


@pytest.mark.parametrize(
    "cell",
    ["约3400", "≈3", "3400左右", "三千四百", "12%", "−3", "(3400)", "1e5", "3,40", "inf", "nan", "NaN", True, False]
    + [
        "无",
        "—",
        "待补",
        "同上",
        "〃",
        "/",
        "N/A",
        BadCell("#N/A"),
        BadCell("=A1", formula=True),
        dt.date(2021, 6, 1),
        "3400吨",
        D("1e12"),
        D("1e308"),
    ],
)
def test_number_refuses(cell):
    with pytest.raises(Fault):
        rules.number(cell, 2, "万元")


@pytest.mark.parametrize(
    "cell",
    ["100\n200", "86.4\r\n5", "12 34", "100　200", "１００　２００", "1 234 56", "1234 567", "3, 400", "12. 5", "1  234", "100\n\u200b200"],
)
def test_two_numbers_in_one_cell_are_never_joined(cell):
    with pytest.raises(Fault) as fault:
        rules.number(cell, 2, "万元")
    seen = " ".join(cell.replace("\u200b", "").split())
    assert str(fault.value) == f"“{seen}”中间有空格或换行，像是两个数；请一格只填一个数，数字之间不留空格。"


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1 234 567", 1234567),
        ("-1 234.5", D("-1234.5")),
        ("1\xa0234", 1234),
        (" 3400 万元\n", 3400),
        ("12\n万元", 12),
        ("1\u202f234元", D("0.12")),
    ],
)
def test_blanks_between_thousands_and_before_a_unit_are_harmless(cell, value):
    assert rules.number(cell, 2, "万元")[0] == value


@pytest.mark.parametrize("read", [lambda cell: rules.number(cell, 2), rules.period, rules.date, rules.code, rules.as_written])
@pytest.mark.parametrize("cell", ["100①", "100¹", "120②", "①100", "9 ⑴", "2021-06-1²", "½"])
def test_the_mark_of_a_footnote_is_no_digit(read, cell):
    with pytest.raises(Fault) as fault:
        read(cell)
    assert str(fault.value) == f"“{cell}”带有上标、圆圈数字之类的符号；请删去符号，注释写在备注里。"


def test_a_raised_digit_of_a_unit_is_one():
    assert rules.number("2000m²", 2, "亩")[0] == 3
    assert rules.number("3 km²", 2, "亩")[0] == 4500


@pytest.mark.parametrize(
    ("read", "cell", "reason"),
    [
        (rules.period, "1 2月", "“1 2月”中间有空格或换行，像是两个数；请一格只填一个数，数字之间不留空格。"),
        (rules.period, "20\n21", "“20 21”中间有空格或换行，像是两个数；请一格只填一个数，数字之间不留空格。"),
        (rules.date, "2021-6-1 2", "“2021-6-1 2”不是明确的日期；请填写完整日期，如 2021-06-01。"),
        (rules.date, "2021-6\n2", "“2021-6 2”不是明确的日期；请填写完整日期，如 2021-06-01。"),
    ],
)
def test_figures_apart_are_no_period_and_no_date(read, cell, reason):
    with pytest.raises(Fault) as fault:
        read(cell)
    assert str(fault.value) == reason


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("91331122MA2TERT01U", "91331122MA2TERT01U"),
        ("９１３３１１２２ma2tert01u", "91331122MA2TERT01U"),
        (" 91331122 MA2TERT01U\u200b", "91331122MA2TERT01U"),
    ],
)
def test_code(cell, code):
    assert rules.code(cell, text_only=True)[0] == code


@pytest.mark.parametrize(
    ("cell", "local", "value"),
    [
        ("'91331122MA2TERT01U", False, "91331122MA2TERT01U"),
        (" '91331122ma2tert01u", False, "91331122MA2TERT01U"),
        ("'缙-1a", True, "缙-1a"),
        ("'=1+1", True, "'=1+1"),
        ("'", True, "'"),
    ],
)
def test_a_quote_that_keeps_a_code_a_text_is_no_part_of_it(cell, local, value):
    note = f"“{cell}”读作 {value}" if value != cell else None
    assert rules.code(cell, text_only=not local, local=local) == (value, note)


@pytest.mark.parametrize("cell", [913311220000000001, D("9.13311220000000e17"), 123456789012345, "9.13311E+17", True])
def test_code_typed_as_a_number_is_never_repaired(cell):
    with pytest.raises(Fault, match="文本格式"):
        rules.code(cell, text_only=True)


def test_a_short_number_is_a_code_where_numbers_may_be():
    assert rules.code(3421) == ("3421", "数字 3421 按文本读取")


@pytest.mark.parametrize(
    "cell", ["2021-06-01", "2021-6-1", "2021/6/1", "2021.6.1", "2021年6月1日", "２０２１年６月１日", "20210601", 20210601]
)
def test_date(cell):
    assert rules.date(cell)[0] == dt.date(2021, 6, 1)


@pytest.mark.parametrize("hour", [" 00:00:00", " 0:00", "T00:00:00", " 00:00:00.000"])
def test_midnight_behind_a_day_is_nothing_but_said(hour):
    assert rules.date(f"2021-06-01{hour}") == (dt.date(2021, 6, 1), f"“2021-06-01{hour}”读作 2021-06-01")
    assert rules.date(f"2021年6月1日{hour}")[0] == dt.date(2021, 6, 1)
    with pytest.raises(Fault):
        rules.date("2021-06-01 08:30:00")


@pytest.mark.parametrize(
    "cell", ["2021.6", "2021.06", "2021年6月", "2021-6", "2021/06", "２０２１年６月", "2021 年 6 月", D("2021.6"), D("2021.06")]
)
def test_a_month_for_a_date_is_its_first_day_and_at_the_end_of_a_term_its_last(cell):
    """Domain 7.6: offices write 2021.6 and 2021年6月; which day was meant is decided once and said each time."""
    value, note = rules.date(cell)
    assert (value, note.partition("”")[2]) == (dt.date(2021, 6, 1), "只有年月，取当月第一天 2021-06-01")
    value, note = rules.date(cell, ends=True)
    assert (value, note.partition("”")[2]) == (dt.date(2021, 6, 30), "只有年月，取当月最后一天 2021-06-30")


@pytest.mark.parametrize(("cell", "day"), [("2020.2", 29), ("2021.2", 28), ("2021.12", 31), ("2021.1", 31), (D("2021.11"), 30)])
def test_the_last_day_of_a_month(cell, day):
    assert rules.date(cell, ends=True)[0].day == day


@pytest.mark.parametrize(
    "cell",
    [
        "2021.13",
        "2021年0月",
        D("2021.1"),
        "26-3-1",
        "3月1日",
        "2021-02-30",
        "0000-00-00",
        "二〇二一年六月一日",
        44348,
        "2021-6/1",
        "9999-01-01",
        True,
    ],
)
def test_date_refuses_what_is_not_one_day(cell):
    with pytest.raises(Fault):
        rules.date(cell)


@pytest.mark.parametrize(("cell", "value"), [(2021, 2021), ("2021年", 2021), ("9月", 9), ("1-9月", 9), ("１—９月", 9), (D("9.0"), 9)])
def test_period(cell, value):
    assert rules.period(cell)[0] == value


def test_whole_refuses_a_fraction():
    assert rules.whole("1,200", "人") == (1200, "“1,200”读作 1200 人")
    with pytest.raises(Fault, match="30.5 不是整数"):
        rules.whole(D("30.5"), "人")


@pytest.mark.parametrize(
    ("cell", "value"),
    [(" 甲\u3000厂\r\n", "甲 厂"), ("（甲）厂", "（甲）厂"), ("e\u0301", "é"), (12, "12"), ("𠮷", "𠮷"), ("=1+1", "=1+1")],
)
def test_text(cell, value):
    """What was tidied is said; a number for a text is taken as it is seen."""
    tidied = isinstance(cell, str) and cell != value
    assert rules.text(cell) == (value, f"“{cell}”读作 {value}" if tidied else None)


@pytest.mark.parametrize("cell", ["甲\u202e乙", "甲\ue000", "甲\x07", "无", BadCell("#REF!"), True])
def test_text_refuses_what_nobody_sees(cell):
    with pytest.raises(Fault):
        rules.text(cell)


@pytest.mark.parametrize(
    ("value", "before", "said"),
    [
        (D("3500000"), D("350"), "3500000 是上年（350）的约 10000 倍，请核对单位"),
        (D("3500"), D("350"), "3500 是上年（350）的约 10 倍，请核对单位"),
        (D("3499.99"), D("350"), None),
        (D("35"), D("350"), "35 只有上年（350）的约 10 分之一，请核对单位"),
        (D("35.01"), D("350"), None),
        (D("-3500"), D("-350"), "-3500 是上年（-350）的约 10 倍，请核对单位"),
        (D("-3500"), D("350"), None),
        (1200, 12, "1200 是上年（12）的约 100 倍，请核对单位"),
        (D("0"), D("350"), None),
        (D("350"), D("0"), None),
        (None, D("350"), None),
        (D("350"), None, None),
    ],
)
def test_a_figure_far_from_last_years(value, before, said):
    assert rules.jump(value, before) == said


@pytest.mark.parametrize(
    "cell",
    ["2021年9月", "2021-09", "2021/9", "202109", 202109, "２０２１年９月份", dt.date(2021, 9, 1), dt.date(2021, 9, 30), D("2021.09")],
)
def test_a_month_with_its_year(cell):
    assert rules.month_with_year(cell) == (2021, 9)


@pytest.mark.parametrize("cell", [dt.date(2021, 1, 9), "1-9", "九月", "13", 9, 202113, D("2021.1"), True, "2021年第三季度"])
def test_what_may_be_another_month_or_none(cell):
    """A spreadsheet makes 9 January of 1-9."""
    assert rules.month_with_year(cell) is None


@pytest.mark.parametrize(
    ("cell", "year"),
    [
        (dt.date(2020, 1, 1), 2020),
        (dt.date(2020, 12, 31), 2020),
        ("2020/12/31", 2020),
        (dt.date(2020, 6, 1), None),
        ("2020-01", None),
        (2020, None),
    ],
)
def test_the_first_or_last_day_of_a_year(cell, year):
    assert rules.year_of_day(cell) == year
