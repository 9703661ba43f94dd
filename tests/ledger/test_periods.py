"""Figures of different periods are never added up."""

from decimal import Decimal
from functools import partial

import pytest
from django.urls import reverse

from apps.accounts.choices import Role
from apps.ledger import registry
from apps.ledger.measures import Figure, Growth, Ratio, Tally, totals_of
from tests import factories
from tests.ledger.contract import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def page():
    client = signed_in(factories.person("leader", Role.LEADER))
    return lambda code, **params: client.get(reverse("ledger:list", args=[code]), params).context


@pytest.fixture
def figures():
    firm, other = factories.enterprise(), factories.enterprise()
    for year, output in [(2019, 100), (2020, 150)]:
        factories.yearly(firm, year, output=Decimal(output), tax=Decimal(5))
        factories.monthly(firm, year, 9, output=Decimal(output))
    factories.yearly(other, 2020, output=Decimal(50))
    factories.occupation(firm, Decimal(20))


def test_a_list_opens_on_the_latest_period(page, figures):
    assert page("enterprise-facts")["words"] == [("年份", "2020")]
    assert page("monthly-facts")["words"] == [("年份", "2020"), ("月份", "9")]


def test_sums_and_ratios_of_one_year(page, figures):
    sums = {label: value for label, value, _ in page("enterprise-facts")["sums"]}
    assert sums == {
        "年度数据（条）": 2,
        "工业总产值（万元）": Decimal(200),
        "工业增加值（万元）": None,
        "评价税收（万元）": Decimal(5),
        "用地面积（亩）": Decimal(20),
        "亩均产值（万元/亩）": Decimal("7.5"),  # only the firm with land: 150 ÷ 20
        "亩均税收（万元/亩）": Decimal("0.25"),
        "产值同比（%）": Decimal(50),  # only the firm known in both years
    }


def test_without_a_period_only_the_rows_are_counted(page, figures):
    assert page("enterprise-facts", year="")["sums"] == [("年度数据（条）", 3, 0)]


def test_growth_against_the_same_months_of_last_year(page, figures):
    context = page("monthly-facts")
    row = context["table"].rows[0]
    assert row.get_cell("output_growth") == "50.0"


def test_the_database_adds_as_the_printed_sheets_do(figures):
    """Decimals no float can add, and rows that lack either side of a ratio."""
    for number in range(3):
        factories.yearly(factories.enterprise(), 2020, output=Decimal("0.1"), tax=None if number else Decimal("-0.7"))
    rows = registry.get("enterprise-facts").queryset().filter(year=2020)
    measures = [Figure("output", "", ""), Figure("tax", "", ""), Figure("area", "", ""), Ratio("r", "", "", top="output", bottom="tax")]
    measures += [Figure("staff", "", ""), Growth("g", "", "", top="output", bottom="output_last")]
    tally = Tally(measures)
    for row in rows:
        tally.add(partial(getattr, row))
    assert totals_of(rows, measures) == (tally.rows, {measure: tally.total(measure) for measure in measures})
    assert tally.total(measures[0]) == Decimal("200.3")
