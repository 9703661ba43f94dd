"""An export imports back as zero changes, and a template's titles are the importer's own, for every kind."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from apps.accounts.choices import Role
from apps.enterprises.choices import OccupationKind
from apps.exchange.commands import kinds
from apps.exchange.resources import LedgerResource, Shown
from apps.plan.models import TABLES
from tests import factories
from tests.exchange.books import cells, load, run
from tests.exchange.corpus.files import archive, parts

ASSESSMENT = ["assessment-groups", "assessment-indicators", "assessment-schemes", "assessment-targets", "assessment-units"]
PRINTED = [f"plan-table-{table.number}" for table in TABLES]
KINDS = [*ASSESSMENT, "blocks", "enterprise-facts", "enterprises", "industries", "industry-chains", "instructions", "land-cases",
         "land-occupation", "monthly-facts", "nine-ones", "parcels", *PRINTED, "platforms", "towns"]  # fmt: skip
WRITERS = dict.fromkeys(ASSESSMENT, Role.EVALUATOR)
WRITERS |= {"parcels": Role.NATURAL, "land-cases": Role.NATURAL, "instructions": Role.CHAIN_OFFICE, "nine-ones": Role.CHAIN_OFFICE}


def writer_of(kind):
    role = WRITERS.get(kind, Role.PER_MU)
    return factories.person("writer", role, **{"industry": factories.industry()} if role == Role.CHAIN_OFFICE else {})


@pytest.fixture(scope="module")
def rows(standing):
    """A few rows of every kind, with text a careless reader would change."""
    park = factories.platform(body="=1+1", note="@两行\r\n说明  有空格", area_km2=Decimal("12.3456"))
    factories.block(platform=park)
    ground = factories.parcel(area=Decimal("30.1234"), address="-三号路 1 号", platform=park)
    for number in (1, 2, 3):
        firm = factories.enterprise(
            f"示例（甲）{number}厂",
            platform=park,
            address="＝园区路+1",
            former_name=" 旧名",
            gb_code="3421",
            founded_on=dt.date(1999, 2, 28),
        )
        factories.yearly(firm, 2019, output=Decimal("0.1") + Decimal("0.2"), staff=12)
        factories.yearly(firm, 2020, output=Decimal("1234567890123.45"), tax=Decimal("-3.07"), energy=Decimal("0.001"))
        factories.monthly(firm, 2021, 9, output=Decimal("33.33"), power=Decimal("1.0001"))
    factories.occupation(firm, area=Decimal("30.1234"), kind=OccupationKind.OWNED, on=ground, end=dt.date(2030, 12, 31))
    factories.chain(branches="=特色  机床", chief_title="@链长")
    factories.nine_ones_item(title="=一个  规划", evidence="-已印发", state="done", done_on=dt.date(2021, 3, 26))
    factories.instruction(text="=请落实  用地", helpers="-税务局")
    for table in TABLES:
        factories.printed_row(table, 1), factories.printed_row(table, 7)
    factories.land_case(parcel=ground, planned_use="@工业", cause_text="＝征迁\r\n未完")
    for year in ("test-a", "test-b"):  # the same names in two schemes
        scheme = factories.scheme(year, pace=[20, 45, 70, 100], green_from=Decimal("0.951"))
        body = factories.unit("壶镇镇", of=factories.group("G1", of=scheme), platform=park, second_name="-合署")
        factories.target(of=body, yearly=Decimal("40.1234"), on=factories.indicator("R1", of=scheme, note="=1", step=Decimal("0.125")))
        factories.indicator("B1", of=scheme, block="bonus", method="points", weight=Decimal("0.01"))


@pytest.fixture
def county(rows, db):
    """The database with them."""


@pytest.mark.django_db
def test_every_kind_is_a_resource():
    assert sorted(kinds()) == KINDS
    assert all(issubclass(ledger.resource, LedgerResource) for ledger in kinds().values())


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
@pytest.mark.parametrize("kind", KINDS)
def test_export_imports_back_unchanged(kind, ending, county, tmp_path):
    user = writer_of(kind)
    code, exported = run("export_ledger", kind, tmp_path / f"out.{ending}", "--as", user.username)
    assert (code, exported["status"]) == (0, "done")
    assert exported["rows"] == kinds()[kind].model.objects.count() > 0
    code, document = load(kind, tmp_path / f"out.{ending}", user)
    assert document["errors"] == []
    assert (code, document["status"], document["new"], document["changed"], document["unchanged"]) == (0, "done", 0, 0, exported["rows"])


def test_the_sums_of_an_export_are_results_and_held_against_its_rows(county, tmp_path):
    """Our formulas bear their results, and the workbook does not ask for others: a wrong one is found when it comes back."""
    user, path = writer_of("enterprise-facts"), tmp_path / "out.xlsx"
    run("export_ledger", "enterprise-facts", path, "--as", user.username, "--filter", "year=2020")
    inside = parts(path.read_bytes())
    sheet = inside["xl/worksheets/sheet1.xml"]
    changed = re.sub(rb"(<f>SUM\(E[^<]*</f><v>)[^<]*", rb"\g<1>7", sheet)
    path.write_bytes(archive(inside | {"xl/worksheets/sheet1.xml": changed}))
    _, document = load("enterprise-facts", path, user)
    assert changed != sheet
    assert [(error["column"], error["message"].split("，")[0]) for error in document["errors"]] == [("E", "工业总产值（万元）：合计行写 7")]


@pytest.mark.parametrize("kind", KINDS)
def test_template_is_understood_and_has_no_data(kind, county, tmp_path):
    user = writer_of(kind)
    assert run("import_template", kind, tmp_path / "blank.xlsx")[0] == 0
    titles = cells(tmp_path / "blank.xlsx")[0]
    assert titles == [column.title for column in kinds()[kind].resource().columns if not isinstance(column, Shown)]
    code, document = load(kind, tmp_path / "blank.xlsx", user)
    assert (code, document["status"]) == (1, "refused")
    assert document["message"].startswith("没有数据行")


def test_a_month_has_a_month_for_an_example(county, tmp_path):
    run("import_template", "monthly-facts", tmp_path / "blank.xlsx")
    notes = {row[0]: row for row in cells(tmp_path / "blank.xlsx", "填表说明")}
    assert notes["“年份”"][3:5] == ["四位年份，如 2021。", "2021"]
    assert notes["“月份”"][3:5] == ["1 至 12 的月份，数据累计到该月，如 9。", "9"]


def test_template_has_lists_text_columns_and_notes(county, tmp_path):
    run("import_template", "enterprises", tmp_path / "blank.xlsx")
    book = load_workbook(tmp_path / "blank.xlsx")
    assert [sheet.title for sheet in book.worksheets] == ["企业", "填表说明", "选项"]
    lists = {str(rule.sqref).split(":")[0]: rule.formula1 for rule in book["企业"].data_validations.dataValidation}
    assert lists == {"D2": "选项!$D$1:$D$2", "E2": "选项!$E$1:$E$3", "F2": "选项!$F$1:$F$1", "G2": "选项!$G$1:$G$1", "H2": "选项!$H$1:$H$1"}
    assert book["企业"].column_dimensions["A"].number_format == "@"
    assert [cell.value for cell in book["选项"]["D"]][:2] == ["规上", "规下"]
    assert book["企业"].max_row == 1
