"""Columns that say of every row in which unit its figures are, or of which tax."""

import pytest

from apps.enterprises.models import YearlyFact
from tests import factories
from tests.exchange.books import CODE, NAME, book, load

KIND, TAX, POWER = "enterprise-facts", "税收", "用电量"


@pytest.fixture
def firms(db):
    return [factories.enterprise(f"示例{which}机械有限公司") for which in "甲乙丙丁"]


@pytest.fixture
def sent(tmp_path, permu, firms):
    """Return ([(row, column, message)], or the refusal; figures of the firms) of rows of the firms under CODE, NAME and `titles`."""

    def send(titles, *rows, options=()):
        lines = [[firm.credit_code, firm.name, *row] for firm, row in zip(firms, rows, strict=False)]
        document = load(KIND, book(tmp_path / "a.xlsx", [CODE, NAME, *titles], *lines), permu, "--year", "2020", *options)[1]
        errors = [(error["row"], error["column"], error["message"]) for error in document["errors"]]
        facts = YearlyFact.objects.order_by("enterprise__name").values_list("enterprise__name", "tax", "power")
        taken = {name: tuple(figures) for name, *figures in facts}
        return document.get("message") or errors, [taken.get(firm.name) for firm in firms[: len(rows)] if firm.name in taken]

    return send


def another(place, said, read_as, title="评价税收（万元）"):
    remedy = f"请换算成“{read_as}”填写并改正单位；整列都是同一单位的，请把它写在列标题里"
    return f"{title}：{place}写的单位是“{said}”，而这一列按“{read_as}”读取；{remedy}。"


@pytest.mark.parametrize("title", ["单位", "计量单位", "金额单位", "币种"])
def test_a_figure_whose_row_says_another_unit_is_an_error(sent, title):
    errors, taken = sent([TAX, title], [500, "万元"], [5_000_000, "元"], [6_000_000, None], [600, "单位：万元"])
    place = f"D 列“{title}”"
    assert (errors, taken) == ([(row, "C", another(place, "元", "万元")) for row in (3, 4)], [])


def test_good_rows_are_taken_without_those_in_another_unit(sent):
    assert sent([TAX, "单位"], [500, "万元"], [5_000_000, "元"], options=["--good-rows"])[1] == [(500, None)]


@pytest.mark.parametrize(
    ("titles", "rows"),
    [
        ([TAX, "单位"], [[500, "万元"], [600, None], [None, "元"]]),
        (["税收（元）", "单位"], [[5_000_000, "元"], [6_000_000, "〃"]]),
        (["单位", TAX], [["县税务局", 500], ["园区亩均办", 600]]),
        ([TAX, "产量", "计量单位"], [[500, 3, "吨"], [600, 2, "台"]]),
        (["单位", TAX, "单位", POWER], [["万元", 500, "万千瓦时", 3], ["万元", 600, "万度", 2]]),
        (["税收（元）", "单位", "产值（万元）", "单位"], [[5_000_000, "元", 9, "万元"], [6_000_000, "元", 8, "万元"]]),
    ],
)
def test_units_that_are_read_anyway_and_words_that_are_no_units_are_fine(sent, titles, rows):
    errors, taken = sent(titles, *rows)
    assert (errors, [tax for tax, _ in taken]) == ([], [500, 600, None][: len(rows)])


def test_each_column_of_units_speaks_of_the_figures_beside_it(sent):
    power = "用电量（万千瓦时）"
    errors = sent([TAX, "单位", POWER, "单位"], [500, "万元", 5000, "千瓦时"], [600, "亿", 6.5, "万千瓦时"])[0]
    assert errors == [
        (2, "E", another("F 列“单位”", "千瓦时", "万千瓦时", power)),
        (3, "C", another("D 列“单位”", "亿", "万元")),
    ]


def test_a_unit_nobody_knows_is_asked_about(sent):
    assert sent([TAX, "金额单位"], [500, "美元"])[0] == [(2, "C", another("D 列“金额单位”", "美元", "万元"))]


# --- taxes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("title", ["税种", "征收项目", "税目"])
def test_one_tax_is_not_all_of_them(sent, title):
    assert sent([title, TAX], ["合计", 4000], ["增值税", 100]) == (
        f"C 列“{title}”第 3 行是“增值税”，像是分税种的数，而 D 列“税收”要的是各税种的合计。"
        "请只保留“合计”的行，一家企业一行；这一列确与税额无关的，请删去它，或在“指定各列”中对它选“不读取，与各列的数无关”。",
        [],
    )


def test_one_tax_far_below_is_found_too(tmp_path, permu, firms):
    rows = [[firms[0].credit_code, year, "合计", 5] for year in range(1950, 2000)] + [[firms[0].credit_code, 2000, "增值税", 5]]
    document = load(KIND, book(tmp_path / "a.xlsx", [CODE, "年份", "税种", TAX], *rows), permu)[1]
    assert document["message"].startswith("C 列“税种”第 52 行是“增值税”")


@pytest.mark.parametrize(
    ("titles", "rows"),
    [
        (["税种", TAX], [["合计", 500], [None, 600], ["增值税", None]]),
        (["征收项目", TAX], [["税收合计", 500], ["各税种", 600]]),
    ],
)
def test_rows_of_all_taxes_are_data(sent, titles, rows):
    errors, taken = sent(titles, *rows)
    assert (errors, [tax for tax, _ in taken]) == ([], [500, 600, None][: len(rows)])


def test_a_column_of_taxes_says_nothing_of_power(sent):
    assert sent(["税种", POWER], ["增值税", 5]) == ([], [(None, 5)])
