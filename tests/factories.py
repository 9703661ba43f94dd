"""Rows for tests, made through the same write path as everything else."""

import datetime as dt
import itertools
from decimal import Decimal

from apps.accounts.models import Organisation, Post, User
from apps.assessments.models import AssessmentRound, Group, Indicator, Scheme, Target, Unit
from apps.chains.models import Chain, Instruction, NineOnesItem
from apps.core.actor import Actor
from apps.enterprises.choices import OccupationKind, Scale
from apps.enterprises.models import Enterprise, LandOccupation, MonthlyFact, YearlyFact
from apps.enterprises.rules import check_character
from apps.exchange.models import ColumnMapping
from apps.land.models import LandCase
from apps.land.workflow import PLAN
from apps.ledger import services as ledger
from apps.ledger.workflow import apply_move
from apps.plan.services import read_printed
from apps.platforms.choices import IndustryKind, TownKind
from apps.platforms.models import Block, Industry, Parcel, Platform, Town

SYSTEM = Actor.system("测试")
_numbers = itertools.count(1)


def _make(model, **values):
    return ledger.create(model=model, values=values, actor=SYSTEM)


def credit_code(number=None):
    """Return a valid invented credit code."""
    first = f"91331122MA{next(_numbers) if number is None else number:07d}"
    return first + check_character(first)


def person(username, role=None, **post):
    """Return a signed-up user whose one post has `role` and the scope given (platform=..., town=..., industry=...)."""
    user = User(username=username, name=username, must_change_password=False)
    user.set_password("Jinyun-2021!")
    user.save()
    if role:
        Post.objects.create(user=user, role=role, start=dt.date(2018, 1, 1), **post)
    return user


def town(name="壶镇镇", code=None):
    return Town.objects.filter(name=name).first() or _make(
        Town, name=name, code=code or f"331199{next(_numbers) % 1000:03d}", kind=TownKind.TOWN
    )


def platform(short_name="丽缙园", counts_alone=True, **values):
    return Platform.objects.filter(short_name=short_name).first() or _make(
        Platform,
        code=f"P{next(_numbers)}",
        name=f"{short_name}全称",
        short_name=short_name,
        town=values.pop("town", None) or town(),
        counts_alone=counts_alone,
        **values,
    )


def industry(name="现代装备"):
    return Industry.objects.filter(name=name).first() or _make(Industry, name=name, code=f"i{next(_numbers)}", kind=IndustryKind.LEADING)


def enterprise(name=None, **values):
    number = next(_numbers)
    defaults = {"credit_code": credit_code(number), "scale": Scale.ABOVE, "town": None, "industry": None}
    values = {**defaults, **values}
    values["town"] = values["town"] or town()
    values["industry"] = values["industry"] or industry()
    return _make(Enterprise, name=name or f"示例企业{number}", **values)


def yearly(firm, year=2020, **values):
    return _make(YearlyFact, enterprise=firm, year=year, **{"scale": firm.scale, **values})


def monthly(firm, year, month, **values):
    return _make(MonthlyFact, enterprise=firm, year=year, month=month, **values)


def parcel(area=Decimal(30), **values):
    number = next(_numbers)
    return _make(
        Parcel,
        **{"code": f"ZD-{number:05d}", "name": f"示例宗地{number}", "town": values.pop("town", None) or town(), "area": area, **values},
    )


def block(name="示例区块", **values):
    return _make(Block, **{"code": f"QK-{next(_numbers):03d}", "name": name, "platform": platform(), "area": Decimal("761.0"), **values})


def occupation(firm, area=Decimal(30), kind=OccupationKind.OWNED, on=None, start=dt.date(2015, 1, 1), end=None):
    return _make(LandOccupation, enterprise=firm, parcel=on or parcel(area=area), kind=kind, area=area, start=start, end=end)


def land_case(actor=None, **values):
    """Return a case; with values of its plan, which are no entry, it is a verified one."""
    planned = {name: values.pop(name) for name in PLAN if name in values}
    number = next(_numbers)
    on = values.pop("parcel", None) or parcel(platform=platform())
    defaults = {
        "number": f"JY-{2021 + number // 10_000}-LJ-{number % 10_000:04d}",
        "land_class": "unsupplied",
        "parcel": on,
        "area": on.area,
    }
    found_out = {"approved_on": dt.date(2019, 6, 1), "planned_use": "工业", "cause": "government"}
    case = ledger.create(model=LandCase, values={**defaults, **found_out, **values}, actor=actor or SYSTEM)
    if planned:
        case = apply_move(record=case, move="verify", actor=SYSTEM, version=1)
        case = ledger.change(record=case, values=planned, version=2, actor=SYSTEM)
    return case


def chain(of="现代装备", **values):
    return _make(Chain, **{"industry": industry(of), "name": f"{of}产业链", **values})


def chain_of_industry(name="现代装备"):
    return Chain.objects.filter(industry__name=name).first() or chain(name)


def nine_ones_item(**values):
    number = next(_numbers)
    defaults = {"chain": chain_of_industry(), "year": 2021, "number": number, "title": f"一个事项{number}", "done_when": "印发文件"}
    return _make(NineOnesItem, **{**defaults, **values})


def organisation(name="丽缙园管委会"):
    return Organisation.objects.get_or_create(name=name)[0]


def instruction(actor=None, **values):
    number = next(_numbers)
    defaults = {"number": f"JB2021-{number:04d}", "chain": chain_of_industry(), "text": f"协调用地{number}"}
    values = {**defaults, "unit": organisation(), "deadline": dt.date(2099, 12, 31), **values}
    return ledger.create(model=Instruction, values=values, actor=actor or SYSTEM)


def scheme(code="test", **values):
    defaults = {"name": "测试方案", "year": 2021, "basis": "测试"}
    return Scheme.objects.filter(code=code).first() or _make(Scheme, code=code, **{**defaults, **values})


def group(code="G1", of=None):
    of = of or scheme()
    return of.groups.filter(code=code).first() or _make(Group, scheme=of, code=code, name="乡镇")


def unit(name="壶镇镇", of=None, **values):
    of = of or group()
    return of.units.filter(name=name).first() or _make(Unit, group=of, name=name, **{"town": town(), **values})


def indicator(code="R1", of=None, **values):
    of = of or scheme()
    defaults = {"name": f"指标{code}", "block": "result", "unit": "亿元", "weight": Decimal(60), "method": "completion", "office": "统计局"}
    return of.indicators.filter(code=code).first() or _make(Indicator, scheme=of, code=code, **{**defaults, **values})


def assessment_round(quarter=1, of=None):
    return _make(AssessmentRound, scheme=of or scheme(), quarter=quarter)


def target(of=None, on=None, yearly=Decimal(40)):
    return _make(Target, unit=of or unit(), indicator=on or indicator(), yearly=yearly)


def column_mapping(number=1, **values):
    """Return a saved mapping of the tax office."""
    said = {"name": f"税务局年度税收表{number}", "kind": "enterprise-facts", "organisation": organisation("县税务局")}
    columns = {"税号": ["enterprise", ""], "入库税额": ["tax", "元"]}
    return _make(ColumnMapping, **{**said, "columns": columns, **values})


def printed_row(table, number=1):
    """Return row `number` of a printed table of the plan, beyond its end one with an invented label."""
    rows = read_printed(table)
    row = rows[(number - 1) % len(rows)]
    cells = {field.name: getattr(row, field.name) for field in table.columns()}
    return _make(table, name=row.name if number <= len(rows) else f"{row.name}{number}", **cells)
