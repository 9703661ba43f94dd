"""月份 and 年份 as offices write them: a month with the year of its row is that month, a first or last day of a year is that year."""

import datetime as dt

import pytest

from apps.enterprises.models import MonthlyFact, YearlyFact
from tests.exchange.books import CODE, NAME, book, load, places


def months(path, user, firm, *cells, year=2021, options=()):
    """Import one row a month cell; return the months that were written, or the messages of the errors."""
    header = [CODE, NAME, *([] if options else ["年份"]), "月份", "税收（万元）"]
    book(path, header, *([firm.credit_code, firm.name, *([] if options else [year]), cell, 5] for cell in cells))
    code, document = load("monthly-facts", path, user, *options)
    if code:
        return [error["message"] for error in document["errors"]]
    return sorted(MonthlyFact.objects.values_list("year", "month"))


@pytest.mark.parametrize("cell", ["2021年9月", "2021-09", "202109", 202109, dt.date(2021, 9, 1), dt.date(2021, 9, 30)])
def test_a_month_with_the_year_of_its_row(tmp_path, permu, firm, cell):
    assert months(tmp_path / "a.xlsx", permu, firm, cell) == [(2021, 9)]
    assert months(tmp_path / "b.xlsx", permu, firm, cell, options=("--year", "2021")) == [(2021, 9)]


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("2020年9月", "“2020年9月”与年份 2021 不一致"),
        (202009, "“202009”与年份 2021 不一致"),
        ("第三季度", "“第三季度”认不出来"),
        (13, "“13”认不出来"),
    ]
    + [(dt.date(2021, 1, 9), "“2021-01-09”认不出来")],
)
def test_any_other_month_is_asked_for_in_its_own_words(tmp_path, permu, firm, cell, why):
    assert months(tmp_path / "a.xlsx", permu, firm, cell) == [f"月份：{why}；月份请只填 1—12，如 9 或 1-9月，年份填在年份列。"]


def test_the_title_of_the_sheet_knows_such_a_month(tmp_path, permu, firm):
    header = [CODE, NAME, "年份", "月份", "税收（万元）"]
    path = book(tmp_path / "a.xlsx", ["2021年9月情况"], header, [firm.credit_code, firm.name, 2021, 202109, 5])
    assert load("monthly-facts", path, permu)[1]["status"] == "done"


@pytest.mark.parametrize("cell", [dt.date(2020, 1, 1), dt.date(2020, 12, 31), "2020/12/31"])
def test_the_first_and_the_last_day_of_a_year_are_that_year(tmp_path, permu, firm, cell):
    path = book(tmp_path / "a.xlsx", ["2020年度情况"], [CODE, NAME, "年份", "税收（万元）"], [firm.credit_code, firm.name, cell, 5])
    document = load("enterprise-facts", path, permu)[1]
    assert (document["status"], YearlyFact.objects.get().year) == ("done", 2020), document
    assert any(note.endswith("读作 2020 年。") for note in document["notes"])


def test_a_day_within_a_year_is_none(tmp_path, permu, firm):
    path = book(tmp_path / "a.xlsx", [CODE, NAME, "年份", "税收（万元）"], [firm.credit_code, firm.name, dt.date(2020, 6, 1), 5])
    document = load("enterprise-facts", path, permu)[1]
    assert places(document) == [(2, "C")]
    assert document["errors"][0]["message"] == "年份：“2020-06-01”认不出来；年份请只填四位数字，如 2021。"


# --- cumulative, or of a single month ---------------------------------------------------------------------------------


def test_a_cumulative_figure_that_falls_is_named(tmp_path, permu, firm):
    """Whatever the order of the rows; a profit may fall, and a year begins anew."""
    figures = [(2020, 12, 900, 90), (2021, 3, 300, 30), (2021, 1, 100, 10), (2021, 5, 299, 20), (2021, 2, None, 12), (2021, 4, None, 20)]
    rows = [[firm.credit_code, firm.name, *row] for row in figures]
    document = load("monthly-facts", book(tmp_path / "a.xlsx", [CODE, NAME, "年份", "月份", "用电量", "利润"], *rows), permu)[1]
    fall = "第 5 行 5 月的 299 少于第 3 行 3 月的 300，累计数一般不减少，请核对是不是单月的数"
    assert (document["status"], [note for note in document["notes"] if "累计" in note]) == ("done", [f"E 列“用电量（万千瓦时）”：{fall}。"])


@pytest.mark.parametrize("said", ["2021年二季度用电量", "2021年第3季度情况", "下半年用电量", "2021年Q2"])
def test_a_quarter_is_not_what_is_cumulated(tmp_path, permu, firm, said):
    path = book(tmp_path / "a.xlsx", [said], [CODE, NAME, "年份", "月份", "用电量"], [firm.credit_code, firm.name, 2021, 6, 5])
    assert "像是单月的数，要导入的是年初至各月的累计数" in load("monthly-facts", path, permu)[1]["message"]


@pytest.mark.parametrize(
    "said",
    ["2021年一季度用电量", "2021年前三季度情况", "截至二季度末用电量", "2021年1-3季度", "二季度累计用电量", "上半年用电量"]
    + ["截至2021年二季度用电量", "2021年1-6月（二季度）用电量"],
)
def test_from_the_beginning_of_the_year_it_is(tmp_path, permu, firm, said):
    path = book(tmp_path / "a.xlsx", [said], [CODE, NAME, "年份", "月份", "用电量"], [firm.credit_code, firm.name, 2021, 6, 5])
    assert load("monthly-facts", path, permu)[1]["status"] == "done"


def test_the_current_period_of_a_month_is_asked_about(tmp_path, permu, firm):
    path = book(tmp_path / "a.xlsx", [CODE, NAME, "年份", "月份", "用电量（本期数）"], [firm.credit_code, firm.name, 2021, 6, 5])
    assert "不明白“本期数”指的是什么" in load("monthly-facts", path, permu)[1]["message"]
