"""Each department's own partial sheet: its template, what it writes, and what it leaves alone."""

import io
from decimal import Decimal as D

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from apps.accounts.choices import DataItem, Role
from apps.enterprises.models import LandOccupation, MonthlyFact, YearlyFact
from apps.ledger import registry
from tests import factories
from tests.commands import run
from tests.exchange.books import CODE, NAME, book, cells, load, places

FIGURES = {
    "tax": ["评价税收（万元）"],
    "statistics": [
        "工业总产值（万元）",
        "营业收入（万元）",
        "工业增加值（万元）",
        "利润总额（万元）",
        "平均职工人数（人）",
        "综合能耗（吨标准煤）",
    ],
    "power": ["综合能耗（吨标准煤）", "用电量（万千瓦时）"],
}
YEARLY = FIGURES | {"environment": ["主要污染物排放量（吨）"], "research": ["研发费用（万元）"]}
WHOLE = [CODE, NAME, "年份", "规模", *FIGURES["statistics"][:4], "评价税收（万元）", "平均职工人数（人）"]
KEYS = {"enterprise-facts": [CODE, NAME, "年份"], "monthly-facts": [CODE, NAME, "年份", "月份"]}


@pytest.fixture
def tax(db):
    """A reporter of the tax bureau."""
    return factories.person("dept_tax", Role.REPORTER, data_items=["tax"])


def header_of(answer):
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).worksheets[0]
    return sheet.title, [cell.value for cell in sheet[1]]


@pytest.mark.parametrize(("kind", "parts"), [("enterprise-facts", YEARLY), ("monthly-facts", FIGURES)])
def test_every_item_has_its_sheet_with_the_keys_and_its_own_columns(db, tmp_path, kind, parts):
    assert list(registry.get(kind).parts) == list(parts)
    for part, titles in parts.items():
        out = tmp_path / f"{part}.xlsx"
        assert run("import_template", kind, out, "--part", part)[0] == 0
        assert cells(out)[0] == [*KEYS[kind], *titles]


def test_the_land_sheet_is_that_of_the_natural_resources_bureau(db, tmp_path):
    assert run("import_template", "land-occupation", tmp_path / "a.xlsx", "--part", "land")[0] == 0
    assert cells(tmp_path / "a.xlsx")[0] == [CODE, NAME, "宗地编号", "占用方式", "起始日期", "终止日期", "面积（亩）"]
    assert registry.get("land-occupation").parts["land"].office == "县自然资源和规划局"


def test_every_item_a_reporter_may_hold_is_somebodys_sheet():
    held = {item for ledger in registry.all() for item in ledger.parts}
    assert held == set(DataItem) - {DataItem.CHECK} | {"land"}


def test_an_unknown_part_is_wrong_use_and_names_those_there_are(db, tmp_path):
    code, document = run("import_template", "monthly-facts", tmp_path / "a.xlsx", "--part", "research")
    assert code == 2
    assert "没有分表“research”，可用：tax（税收）、statistics（统计）、power（用电用能）" in document["message"]


def test_the_per_mu_office_is_offered_the_whole_sheet_and_every_part(client, permu):
    client.force_login(permu)
    page = client.get(reverse("exchange:upload", args=["enterprise-facts"]))
    assert [(item, titles) for item, _, titles in page.context["parts"]] == list(YEARLY.items())
    assert "下载整表模板" in page.content.decode()
    title, header = header_of(client.get(reverse("exchange:template", args=["enterprise-facts"]), {"part": "power"}))
    assert (title, header) == ("年度数据（用电用能）", [*KEYS["enterprise-facts"], *YEARLY["power"]])


def test_a_reporter_is_offered_his_own_part_only(client, tax):
    client.force_login(tax)
    address = reverse("exchange:template", args=["enterprise-facts"])
    page = client.get(reverse("exchange:upload", args=["enterprise-facts"]))
    assert [item for item, _, _ in page.context["parts"]] == ["tax"]
    assert page.content.decode().index("下载税收分表模板") < page.content.decode().index('type="file"')
    assert header_of(client.get(address, {"part": "tax"}))[1] == [CODE, NAME, "年份", "评价税收（万元）"]
    assert client.get(address, {"part": "power"}).status_code == 404


def test_a_partial_sheet_writes_its_columns_and_blanks_no_other(tmp_path, firm, tax):
    fact = factories.yearly(firm, 2020, output=D(100), tax=D(3), power=D("1.5"))
    path = book(tmp_path / "a.xlsx", [CODE, NAME, "年份", "评价税收（万元）"], [firm.credit_code, firm.name, 2020, 4])
    assert load("enterprise-facts", path, tax)[1]["changed"] == 1
    fact.refresh_from_db()
    assert (fact.output, fact.tax, fact.power, fact.scale) == (D(100), D(4), D("1.5"), "above")


def test_a_statistical_form_that_numbers_its_columns_is_taken(tmp_path, firm, tax):
    numbered = [[CODE, NAME, "年份", "评价税收"], ["甲", "乙", "丙", "1"], [None, None, None, "元"]]
    path = book(tmp_path / "a.xlsx", *numbered, [firm.credit_code, firm.name, 2020, 40000])
    code, document = load("enterprise-facts", path, tax)
    assert (code, document["errors"], YearlyFact.objects.get().tax) == (0, [], D(4))


def test_the_whole_template_with_only_his_own_columns_filled_is_taken(tmp_path, firm, tax):
    fact = factories.yearly(firm, 2020, output=D(100), tax=D(3))
    line = [firm.credit_code, firm.name, 2020, None, None, None, None, None, 4, None]
    new = [firm.credit_code, firm.name, 2021, None, None, None, None, None, 5, None]
    code, document = load("enterprise-facts", book(tmp_path / "a.xlsx", WHOLE, line, new), tax)
    assert (code, document["errors"], document["changed"], document["new"]) == (0, [], 1, 1)
    fact.refresh_from_db()
    assert (fact.output, fact.tax, fact.scale) == (D(100), D(4), "above")
    assert YearlyFact.objects.get(year=2021).scale == firm.scale
    assert (
        "不属于您报送的数据项、整列为空的列没有读取，台账中的值保持不变：E 列“工业总产值（万元）”、F 列“营业收入（万元）”、"
        "G 列“工业增加值（万元）”、H 列“利润总额（万元）”、J 列“平均职工人数（人）”。"
    ) in document["notes"]


def test_a_figure_of_another_office_is_an_error_at_its_cell(tmp_path, firm, tax):
    lines = [[firm.credit_code, firm.name, year, None, None, None, None, None, 4, None] for year in (2019, 2020)]
    lines[1][4] = 12.5
    code, document = load("enterprise-facts", book(tmp_path / "a.xlsx", WHOLE, *lines), tax)
    assert (code, document["status"], places(document)) == (1, "errors", [(3, "E")])
    assert document["errors"][0]["value"] == "12.5"
    assert document["errors"][0]["message"] == ("工业总产值（万元）：不属于您报送的数据项；请清空这一格后重新上传，该项由县统计局报送。")
    assert not any("E 列" in note for note in document["notes"])
    assert YearlyFact.objects.count() == 0


def test_an_office_that_reports_everything_still_clears_with_an_empty_cell(tmp_path, firm, permu):
    fact = factories.yearly(firm, 2020, output=D(100), tax=D(3))
    line = [firm.credit_code, firm.name, 2020, "规上", None, None, None, None, 4, None]
    assert load("enterprise-facts", book(tmp_path / "a.xlsx", WHOLE, line), permu)[1]["changed"] == 1
    fact.refresh_from_db()
    assert (fact.output, fact.tax) == (None, D(4))


def test_the_power_sheet_of_a_month_holds_electricity_and_energy(tmp_path, firm):
    power = factories.person("dept_power", Role.REPORTER, data_items=["power"])
    header = [CODE, NAME, "年份", "月份", "综合能耗（吨标准煤）", "用电量（万千瓦时）"]
    path = book(tmp_path / "a.xlsx", header, [firm.credit_code, firm.name, 2021, 9, 8.5, 20])
    assert load("monthly-facts", path, power)[1]["new"] == 1
    assert MonthlyFact.objects.values_list("energy", "power", "output").get() == (D("8.5"), D(20), None)


def test_the_land_sheet_comes_in_as_the_whole_one(tmp_path, firm):
    natural, on = factories.person("natural", Role.NATURAL), factories.parcel(area=D(30))
    header = [CODE, "宗地编号", "占用方式", "起始日期", "面积（亩）"]
    path = book(tmp_path / "a.xlsx", header, [firm.credit_code, on.code, "自有", "2016-05-01", 30])
    assert load("land-occupation", path, natural)[1]["new"] == 1
    assert LandOccupation.objects.get().area == D(30)
