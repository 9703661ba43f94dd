"""One platform and four towns, scored by hand in the comments; every test reads its golden figures from here."""

from decimal import Decimal as D

import pytest

from apps.accounts.choices import Role
from apps.assessments import services
from apps.assessments.models import AssessmentValue, Group, Indicator, Scheme, Target, Unit
from apps.jobs.services import run_here
from apps.ledger import papers
from apps.ledger import services as ledger
from tests import factories as make

TOWNS = ["壶镇镇", "东方镇", "新建镇", "舒洪镇"]
READERS = {Role.EVALUATOR, Role.SUPERVISOR, Role.APPROVER, Role.LEADER, Role.CHIEF_OF_CHIEFS}
REACH = {
    Role.PARK: lambda: {"platform": make.platform()},
    Role.TOWN: lambda: {"town": make.town()},
    Role.CHAIN_CHIEF: lambda: {"industry": make.industry()},
    Role.CHAIN_OFFICE: lambda: {"industry": make.industry()},
}


def add(model, **values):
    return ledger.create(model=model, values=values, actor=make.SYSTEM)


def indicator(scheme, code, name, block, weight, **values):
    defaults = {"unit": "亿元", "method": "completion", "office": "县统计局", "sort": scheme.indicators.count()}
    return add(Indicator, scheme=scheme, code=code, name=name, block=block, weight=D(weight), **{**defaults, **values})


def value_of(round, unit, code):
    return AssessmentValue.objects.get(round=round, unit__name=unit, indicator__code=code)


def type_value(round, unit, code, actual, evidence="报送表", **values):
    """Type a value as the evaluator does."""
    value = value_of(round, unit, code)
    values = {"actual": None if actual is None else D(actual), "evidence": evidence, **values}
    return ledger.change(record=value, values=values, version=value.version, actor=make.SYSTEM)


def put_in(round, name="表彰文件.pdf", slot="evidence"):
    """Put a paper into a slot of the round and return it."""
    return papers.add(record=round, slot=slot, name=name, content=b"%PDF-1.4", actor=make.SYSTEM)


def prove(round, unit="丽缙园", code="B1", name="表彰文件.pdf"):
    """Let a value name a new evidence file and return the file; of the third quarter only 丽缙园's bonus must."""
    value = value_of(round, unit, code)
    paper = put_in(round, name)
    ledger.change(record=value, values={"paper": paper}, version=value.version, actor=make.SYSTEM)
    return paper


def compute(round):
    """Run a computation through its job and return it."""
    run_here(services.request_recalculation(round=round, actor=make.SYSTEM).pk)
    round.refresh_from_db()
    return round.current


def a_scheme():
    scheme = add(Scheme, code="test", name="测试方案", year=2021, basis="测试")
    platforms, towns = add(Group, scheme=scheme, code="G1", name="平台"), add(Group, scheme=scheme, code="G2", name="乡镇")
    lijin = make.platform("丽缙园", town=make.town("壶镇镇"))
    units = [add(Unit, group=platforms, name="丽缙园", platform=lijin, sort=1)]
    units += [add(Unit, group=towns, name=name, town=make.town(name), sort=sort) for sort, name in enumerate(TOWNS, start=1)]
    output = indicator(scheme, "R1", "规上工业总产值", "result", 60, feed="output")
    invested = indicator(scheme, "R2", "制造业投资", "result", 40, office="县发展和改革局")
    settled = indicator(scheme, "P1", "按时办结率", "process", 100, unit="%", cap=D(1), pace="level", office="县府办督查室")
    indicator(scheme, "B1", "加分", "bonus", 5, unit="分", method="points", office="县考核办")
    for unit in units:
        for target, yearly in ((output, 40), (invested, 4), (settled, 100)):
            add(Target, unit=unit, indicator=target, yearly=D(yearly))
    return scheme


def some_facts():
    """Cumulative output of January to September 2021 in 万元; 舒洪镇 has no firm. The park's firm stands in 壶镇镇."""
    park = make.enterprise("示例园区厂", town=make.town("壶镇镇"), platform=make.platform("丽缙园"))
    make.monthly(park, 2021, 9, output=D(600_000))
    for name, output in (("壶镇镇", 300_000), ("东方镇", 150_000), ("新建镇", 150_000)):
        make.monthly(make.enterprise(f"示例{name}厂", town=make.town(name)), 2021, 9, output=D(output))


def a_third_quarter(scheme):
    """2021Q3, everything typed. Targets: output 40 x 75 % = 30, investment 4 x 75 % = 3, settled 100.

    丽缙园: output 60/30, capped 1.2, investment unknown: result 72 x 100/60 = 120, process 80, +2: 84 + 24 + 2 = 110
    壶镇镇: 60 + 40 = 100, process 100: 100.   东方镇, 新建镇: 30 + 40 = 70, process 90: 49 + 27 = 76
    舒洪镇: output unknown, investment 1.5/3: result 20 x 100/40 = 50, process 100: 35 + 30 = 65
    """
    opened = services.open_round(scheme=scheme, quarter=3, actor=make.SYSTEM)
    typed = {
        "R2": {"壶镇镇": 3, "东方镇": 3, "新建镇": 3, "舒洪镇": "1.5"},
        "P1": {"丽缙园": 80, "壶镇镇": 100, "东方镇": 90, "新建镇": 90, "舒洪镇": 100},
        "B1": {"丽缙园": 2},
    }
    for code, values in typed.items():
        for unit, actual in values.items():
            type_value(opened, unit, code, actual)
    return opened


@pytest.fixture(scope="module")
def kept(standing):
    """The third quarter, made once for all tests of a file that take it as it is stored."""
    scheme = a_scheme()
    some_facts()
    return a_third_quarter(scheme)


@pytest.fixture
def scheme(db):
    return a_scheme()


@pytest.fixture
def facts(scheme):
    return some_facts()


@pytest.fixture
def third_quarter(scheme, facts):
    return a_third_quarter(scheme)


@pytest.fixture
def evaluator(db):
    return make.person("evaluator", Role.EVALUATOR)
