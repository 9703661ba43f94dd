"""What load_sample leaves in the database, and what it never touches."""

import hashlib
import json
from collections import defaultdict
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection

from apps.core.actor import Actor
from apps.enterprises.choices import OccupationKind, Scale
from apps.enterprises.models import Enterprise, LandOccupation, MonthlyFact, YearlyFact
from apps.enterprises.selectors import land_of_year
from apps.jobs.models import Job
from apps.ledger import services as ledger
from apps.ledger.choices import Origin
from apps.ledger.history import writing
from apps.platforms.models import Parcel
from apps.sample.names import credit_code
from apps.sample.services import load_sample
from tests import factories
from tests.sample.plan import INDUSTRIES, PLACES, TOTALS_2020

ACTOR = Actor.system("load_sample")
pytestmark = pytest.mark.usefixtures("sample")


def fingerprints():
    """Return table -> (rows, hash of all its values)."""
    result = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)} ORDER BY 1")
            rows = cursor.fetchall()
            result[table] = (len(rows), hashlib.sha256(repr(rows).encode()).hexdigest())
    return result


def rows_of_2020(row_of):
    """Return row -> (规上 firms, output in 亿元, area in 亩) from the ledgers."""
    land = land_of_year(2020)
    rows = defaultdict(lambda: [0, Decimal(0), Decimal(0)])
    facts = YearlyFact.objects.filter(year=2020, scale=Scale.ABOVE).select_related(
        "enterprise__town", "enterprise__platform", "enterprise__industry"
    )
    for fact in facts:
        row = rows[row_of(fact.enterprise)]
        row[0] += 1
        row[1] += fact.output / 10_000
        row[2] += land[fact.enterprise_id]
    return {name: tuple(row) for name, row in rows.items()}


def printed(rows):
    return {row: (firms, Decimal(output), Decimal(area)) for row, (firms, output, area) in rows.items()}


def add_again():
    return {ledger: number for ledger, number in load_sample(actor=ACTOR).items() if number}


def test_table_1_from_the_ledgers():
    assert rows_of_2020(lambda firm: firm.industry.name) == printed(INDUSTRIES)


def test_table_2_from_the_ledgers():
    assert rows_of_2020(lambda firm: firm.place) == printed(PLACES)


@pytest.mark.parametrize("figure", TOTALS_2020)
def test_totals_from_the_ledgers(figure):
    values = YearlyFact.objects.filter(year=2020, scale=Scale.ABOVE).values_list(figure, flat=True)
    assert sum(values) == Decimal(TOTALS_2020[figure])


def test_every_parcel_adds_up():
    areas = defaultdict(Decimal)
    for parcel, kind, area in LandOccupation.objects.values_list("parcel_id", "kind", "area"):
        areas[parcel] += -area if kind == OccupationKind.LET_OUT else area
    assert areas == dict(Parcel.objects.filter(cases=None).values_list("pk", "area"))  # what lies to be handled nobody holds


def test_every_row_is_marked_as_sample():
    for model in (Enterprise, YearlyFact, MonthlyFact, Parcel, LandOccupation):
        assert set(model.objects.order_by().values_list("origin", flat=True).distinct()) == {Origin.SAMPLE}


def test_one_recalculation_is_queued_for_each_year():
    assert sorted(Job.objects.filter(kind="grading.regrade").values_list("key", flat=True)) == [
        "regrade:2018",
        "regrade:2019",
        "regrade:2020",
    ]


def test_a_second_run_changes_no_table():
    before = fingerprints()
    assert add_again() == {}
    assert fingerprints() == before


def test_a_row_that_is_missing_is_added_and_nothing_else():
    gone = YearlyFact.objects.get(enterprise__credit_code=credit_code(5), year=2019)
    with writing():
        YearlyFact.objects.filter(pk=gone.pk).delete()
    assert add_again() == {"enterprise-facts": 1}
    assert YearlyFact.objects.get(enterprise=gone.enterprise_id, year=2019).output == gone.output


def test_what_the_office_changed_stays_changed():
    firm = Enterprise.objects.get(credit_code=credit_code(7))
    ledger.change(record=firm, values={"credit_code": factories.credit_code(9_000_001)}, version=firm.version, actor=factories.SYSTEM)
    fact = YearlyFact.objects.get(enterprise=firm, year=2020)
    ledger.change(record=fact, values={"tax": Decimal("1.23")}, version=fact.version, actor=factories.SYSTEM)
    before = fingerprints()
    assert add_again() == {}
    assert fingerprints() == before


def test_a_firm_of_the_office_with_the_same_code_is_left_alone():
    ours = Enterprise.objects.get(credit_code=credit_code(2))
    parcels = set(ours.occupations.values_list("parcel_id", flat=True))
    with writing():
        for rows in (LandOccupation.objects.filter(parcel__in=parcels), ours.yearly_facts, ours.monthly_facts):
            rows.all().delete()
        ours.delete()
    office = factories.enterprise("本单位登记的企业", credit_code=credit_code(2))
    before = fingerprints()
    assert add_again() == {}
    assert fingerprints() == before
    office.refresh_from_db()
    assert (office.name, office.origin, office.version) == ("本单位登记的企业", Origin.OFFICE, 1)


def test_the_command_prints_one_document(capsys):
    call_command("load_sample", as_json=True)
    out = capsys.readouterr().out
    assert json.loads(out)["status"] == "done"
    assert set(json.loads(out)["added"].values()) == {0}


def test_production_refuses(settings, capsys):
    settings.PRODUCTION = True
    for command in ("load_sample", "sign_ins"):
        with pytest.raises(SystemExit) as exit_:
            call_command(command)
        assert exit_.value.code == 1
    assert capsys.readouterr().err.splitlines() == ["正式环境不载入示例数据。", "正式环境没有示例人员。"]
