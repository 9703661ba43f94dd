"""The generated county against the plan, in memory: every margin by equality."""

import hashlib
from collections import Counter, defaultdict
from fractions import Fraction

import pytest

from apps.enterprises.choices import OccupationKind, Scale
from apps.enterprises.rules import credit_code_fault
from apps.sample.county import county
from apps.sample.months import MONTHLY
from apps.sample.names import inner_check
from tests.sample.plan import INDUSTRIES, PLACES, PRINTED_NAMES, TOTALS_2020

SIGN = {OccupationKind.OWNED: 1, OccupationKind.LEASED: 1, OccupationKind.LET_OUT: -1}


@pytest.fixture(scope="module")
def whole():
    return county()


@pytest.fixture(scope="module")
def above(whole):
    return [firm for firm in whole.firms if firm.scale == Scale.ABOVE]


@pytest.fixture(scope="module")
def of_2020(whole):
    """Credit code -> figures of 2020, of the firms on that year's 规上 list."""
    return {firm.credit_code: figures for firm, year, scale, figures in whole.yearly if year == 2020 and scale == Scale.ABOVE}


def rows_by(key, firms):
    """Return row -> (firms, output in 亿元 as text, area in 亩 as text), exactly."""
    rows = defaultdict(list)
    for firm in firms:
        rows[key(firm)].append(firm)
    return {
        row: (len(firms), Fraction(sum(firm.output for firm in firms), 10**6), Fraction(sum(firm.area for firm in firms), 100))
        for row, firms in rows.items()
    }


def printed(rows):
    return {row: (firms, Fraction(output), Fraction(area)) for row, (firms, output, area) in rows.items()}


def test_table_1_is_met_exactly(above):
    assert rows_by(lambda firm: firm.industry, above) == printed(INDUSTRIES)


def test_table_2_is_met_exactly(above):
    assert rows_by(lambda firm: firm.place, above) == printed(PLACES)


def test_size_classes_of_section_1_2(above):
    assert [sum(firm.output >= yi * 10**6 for firm in above) for yi in (1, 5, 10, 20)] == [41, 12, 6, 2]


def test_no_firm_is_more_than_40_percent_of_its_row(above):
    for key, rows in ((lambda firm: firm.place, PLACES), (lambda firm: firm.industry, INDUSTRIES)):
        for firm in above:
            _, output, area = rows[key(firm)]
            assert firm.output <= Fraction(output) * 10**6 * 40 / 100
            assert firm.area <= Fraction(area) * 100 * 40 / 100


def test_output_per_mu_is_between_50_and_3000(above):
    assert all(50 <= Fraction(firm.output, firm.area) <= 3000 for firm in above)


@pytest.mark.parametrize("figure", TOTALS_2020)
def test_totals_of_2020(of_2020, figure):
    smallest = 1000 if figure == "energy" else 1 if figure == "staff" else 100
    assert len(of_2020) == 211
    assert sum(Fraction(figures[figure], smallest) for figures in of_2020.values()) == Fraction(TOTALS_2020[figure])


def test_the_floor_of_3_has_firms_on_both_sides_and_one_exactly_on_it(above, of_2020):
    taxes = [(of_2020[firm.credit_code]["tax"], firm.area) for firm in above]
    assert sum(tax == 3 * area for tax, area in taxes) == 1
    assert sum(tax < 3 * area for tax, area in taxes) == 9
    assert [tax == 3 * area - 1 for tax, area in taxes].count(True) == 1  # shows as 3.00 and is below


def test_some_firms_lose_money(of_2020):
    assert sum(figures["profit"] < 0 for figures in of_2020.values()) == 12
    assert sum(figures["value_added"] < 0 for figures in of_2020.values()) == 2


def test_output_grew_by_19_6_percent(whole, above):
    codes = {firm.credit_code for firm in above}
    output = Counter()
    for firm, year, _, figures in whole.yearly:
        if firm.credit_code in codes:
            output[year] += figures["output"]
    assert round(output[2020] / output[2019], 6) == 1.196
    assert output[2018] < output[2019]


def test_every_firm_reports_2018_to_2020(whole):
    assert Counter(year for _, year, _, _ in whole.yearly) == {2018: 3511, 2019: 3511, 2020: 3511}


def test_a_year_counts_as_above_scale_from_2000_of_revenue(whole):
    assert all(figures["revenue"] >= 200_000 for _, _, scale, figures in whole.yearly if scale == Scale.ABOVE)
    assert all(figures["revenue"] < 200_000 for _, _, scale, figures in whole.yearly if scale == Scale.BELOW)


def test_months_run_from_january_2020_to_september_2021(whole, above):
    months = defaultdict(list)
    for firm, year, month, _ in whole.monthly:
        months[firm.credit_code].append((year, month))
    expected = [(2020, month) for month in range(1, 13)] + [(2021, month) for month in range(1, 10)]
    assert months == {firm.credit_code: expected for firm in above}


def test_december_equals_the_year(whole, of_2020):
    december = {firm.credit_code: figures for firm, year, month, figures in whole.monthly if (year, month) == (2020, 12)}
    assert december == {code: {figure: figures[figure] for figure in MONTHLY} for code, figures in of_2020.items()}


def test_cumulative_figures_never_fall(whole):
    falls = []
    for (firm, year, _, before), (later_firm, later_year, _, after) in zip(whole.monthly, whole.monthly[1:], strict=False):
        if (firm, year) == (later_firm, later_year):
            falls += [(firm.name, year, figure) for figure in MONTHLY if after[figure] < before[figure]]
    assert falls == []


def test_smaller_firms_fill_all_18_towns_and_table_3(whole):
    below = [firm for firm in whole.firms if firm.scale == Scale.BELOW]
    assert len(below) == 3300
    assert len({firm.town for firm in below}) == 18
    output = Counter()
    for firm in whole.firms:
        output[firm.platform] += firm.output
    del output[None]
    assert output == {  # plan, Table 3, 工业产值
        "丽缙园": 46_000_000,
        "开发区": 121_620_000,
        "壶镇工业园": 88_900_000,
        "东方工业功能区": 25_040_000,
        "洋山工业功能区": 12_620_000,
        "五东工业功能区": 9_310_000,
        "螺蛳岩工业功能区": 9_060_000,
    }


def test_about_4_percent_of_the_smaller_firms_cannot_be_graded(whole):
    lacking = [firm for firm in whole.firms if firm.area is None or not firm.tax_known]
    assert {firm.scale for firm in lacking} == {Scale.BELOW}
    assert len(lacking) == 132  # of 3,300
    no_tax = {firm.credit_code for firm, year, _, figures in whole.yearly if year == 2020 and figures["tax"] is None}
    assert no_tax == {firm.credit_code for firm in lacking if not firm.tax_known}


def test_platform_and_town_fit(above):
    towns = {platform: {firm.town for firm in above if firm.platform == platform} for platform in {firm.platform for firm in above}}
    assert towns == {
        "丽缙园": {"壶镇镇", "东方镇"},
        "开发区": {"新碧街道", "五云街道"},
        "壶镇工业园": {"壶镇镇"},
        "东方工业功能区": {"东方镇"},
        "洋山工业功能区": {"新建镇"},
        "五东工业功能区": {"东渡镇"},
        "螺蛳岩工业功能区": {"舒洪镇"},
        None: {"五云街道"},
    }


def test_every_plot_adds_up_to_its_area(whole):
    held = Counter()
    for holding in whole.holdings:
        held[holding.plot.code] += SIGN[holding.kind] * holding.area
    assert held == {plot.code: plot.area for plot in whole.plots}


def test_every_firm_uses_just_its_area(whole):
    used = Counter()
    for holding in whole.holdings:
        used[holding.firm.credit_code] += SIGN[holding.kind] * holding.area
    assert used == {firm.credit_code: firm.area for firm in whole.firms if firm.area}


def test_an_owner_lets_out_just_what_his_tenants_rent(whole):
    areas = {OccupationKind.LEASED: Counter(), OccupationKind.LET_OUT: Counter(), OccupationKind.OWNED: Counter()}
    for holding in whole.holdings:
        areas[holding.kind][holding.plot.code, holding.start] += holding.area
    assert areas[OccupationKind.LEASED] == areas[OccupationKind.LET_OUT]
    assert len(areas[OccupationKind.LEASED]) == 566


def test_credit_codes_are_valid_inside_and_outside(whole):
    codes = [firm.credit_code for firm in whole.firms]
    assert len(set(codes)) == 3511
    assert [code for code in codes if credit_code_fault(code)] == []
    assert [code for code in codes if inner_check(code[8:16]) != code[16]] == []
    assert {code[:8] for code in codes} == {"91331122"}


@pytest.mark.parametrize("code", ["91331122MA2TERT01U", "91331122MA2J3M8PXD", "91331122MA2Q002070"])
def test_inner_check_on_the_examples_of_domain_7_1(code):
    assert inner_check(code[8:16]) == code[16]


def test_names_are_marked_unique_and_not_the_plans(whole):
    names = [firm.name for firm in whole.firms]
    assert len(set(names)) == 3511
    assert [name for name in names if not name.endswith("（示例）")] == []
    assert [(name, taken) for name in names for taken in PRINTED_NAMES if taken in name] == []


def test_the_county_is_always_the_same(whole):
    parts = (
        [(firm.credit_code, firm.name, firm.town, firm.platform, firm.output, firm.area) for firm in whole.firms],
        [(firm.number, year, list(figures.values())) for firm, year, _, figures in whole.yearly],
        [(firm.number, year, month, list(figures.values())) for firm, year, month, figures in whole.monthly],
        [(holding.firm.number, holding.plot.code, str(holding.kind), holding.area, holding.start) for holding in whole.holdings],
    )
    assert hashlib.sha256(repr(parts).encode()).hexdigest() == "bb02a0f89316cd3f019243345b37b040c1afb7656f3af4989890c062a119ca4a"
