"""The sample county's assessment, marked 示例方案: one scheme, eight units, the first three quarters of 2021."""

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

from django.db import transaction

from apps.assessments import feeds, services
from apps.assessments.models import AssessmentValue, Group, Indicator, Scheme, Target, Unit
from apps.core import clock
from apps.core.numbers import half_up
from apps.land.sample import PAPER
from apps.ledger import papers
from apps.ledger import services as ledger
from apps.ledger.choices import Origin
from apps.ledger.workflow import apply_move
from apps.platforms.models import Platform, Town

DATA = Path(__file__).parent / "data" / "sample_scheme.json"
QUARTERS = (1, 2, 3)
REASON = "示例方案"


@transaction.atomic
def load(actor):
    """Create the sample scheme with targets, rounds and typed values; return the number of rounds, 0 when it was there.

    Needs the platforms, the towns and the monthly facts of 2020 (targets of fed indicators grow from them).
    """
    data = json.loads(DATA.read_text())
    if Scheme.objects.filter(code=data["scheme"]["code"]).exists():
        return 0
    scheme = _create(actor, Scheme, **data["scheme"])
    units = {unit.name: unit for group in data["groups"] for unit in _load_group(scheme, group, actor)}
    indicators = {
        row["code"]: _create(
            actor, Indicator, scheme=scheme, sort=sort, **{**row, "weight": Decimal(row["weight"]), "cap": Decimal(row.get("cap", "1.2"))}
        )
        for sort, row in enumerate(data["indicators"], start=1)
    }
    _load_targets(data, units, indicators, actor)
    for quarter in QUARTERS:
        _load_round(scheme, quarter, data["values"], actor)
    return len(QUARTERS)


def _create(actor, model, **values):
    return ledger.create(model=model, values={**values, "origin": Origin.SAMPLE}, actor=actor, reason=REASON)


def _load_group(scheme, row, actor):
    group = _create(actor, Group, scheme=scheme, code=row["code"], name=row["name"])
    for sort, unit in enumerate(row["units"], start=1):
        place = {
            "platform": Platform.objects.get(short_name=unit["platform"]) if "platform" in unit else None,
            "town": Town.objects.get(name=unit["town"]) if "town" in unit else None,
        }
        yield _create(actor, Unit, group=group, name=unit["name"], second_name=unit.get("second_name", ""), sort=sort, **place)


def _load_targets(data, units, indicators, actor):
    """Write the printed targets of the file ("*": every unit) and those that grow from the ledger's 2020."""
    rows = [
        (unit, indicators[code], Decimal(targets.get(name) or targets["*"]))
        for code, targets in data["targets"].items()
        for name, unit in units.items()
        if name in targets or "*" in targets
    ]
    growing = {indicators[code].feed: (indicators[code], Decimal(factor)) for code, factor in data["growth_targets"].items()}
    of_2020 = feeds.read(growing, units.values(), 2020, 12)
    for feed, (indicator, factor) in growing.items():
        known = [(unit, of_2020[feed][unit.pk]) for unit in units.values() if of_2020[feed][unit.pk] is not None]
        rows += [(unit, indicator, half_up(base * factor, 2)) for unit, base in known]
    targets = [Target(unit=unit, indicator=indicator, yearly=yearly, origin=Origin.SAMPLE) for unit, indicator, yearly in rows]
    ledger.write_batch(model=Target, new=targets, changed=[], actor=actor, reason=REASON)


def _load_round(scheme, quarter, values, actor):
    opened = services.open_round(scheme=scheme, quarter=quarter, actor=actor, origin=Origin.SAMPLE)
    changed, proofs = [], {}  # one invented file an indicator
    for value in opened.values.select_related("unit", "indicator"):
        typed = values.get(value.indicator.code, {}).get(value.unit.name, [None] * len(QUARTERS))[quarter - 1]
        if typed is not None:
            value.actual = Decimal(typed)
            value.evidence = f"示例：{value.indicator.office}{opened.code}报送表"
            if value.lacks_paper:
                value.paper = proofs.get(value.indicator) or _put_in(opened, value.indicator, actor)
                proofs[value.indicator] = value.paper
            changed.append((value, ["actual", "evidence", "paper"]))
    ledger.write_batch(model=AssessmentValue, new=[], changed=changed, actor=actor, reason=REASON)
    if quarter == QUARTERS[-1]:
        _move(opened, actor, "open", due=dt.date(2021, 10, 25))
        services.request_recalculation(round=opened, actor=actor)
    else:
        _publish(opened, dt.date(scheme.year, 3 * quarter + 1, 8), actor)


def _put_in(round, indicator, actor):
    name = f"{round.code}{indicator}佐证（示例）.pdf"
    return papers.add(record=round, slot="evidence", name=name, content=PAPER, actor=actor)


def _publish(round, day, actor):
    """Let an earlier quarter have gone its whole way, beginning on `day`: scored, rechecked, approved, published."""
    with clock.on(day):
        _move(round, actor, "open")
        services.recalculate(round=round, actor=actor)
        round.refresh_from_db()
        for code in ("submit", "score", "recheck"):
            _move(round, actor, code)
    with clock.on(round.due + dt.timedelta(days=1)):
        _move(round, actor, "approve")
        _move(round, actor, "publish", bulletin_number=f"示例缙考办〔{round.scheme.year}〕{round.quarter}号")


def _move(round, actor, code, **values):
    apply_move(record=round, move=code, actor=actor, version=round.version, values=values)
    round.refresh_from_db()
