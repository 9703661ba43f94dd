"""Load the plan: its printed figures, the reviewed notes, and the ledger rows the plan names."""

import csv
from dataclasses import dataclass, fields
from pathlib import Path

from django.db import transaction

from apps.journal import services as journal
from apps.ledger import services as ledger
from apps.ledger.choices import Origin
from apps.plan.choices import SOURCES, TARGETS
from apps.plan.models import TABLES, PlanFigure, PlanNote, PlanTable3
from apps.plan.rules import number
from apps.platforms.models import Industry, Platform, Town

DATA = Path(__file__).parent / "data"
REASON = "载入规划"


@dataclass
class Loaded:
    """What one run wrote; all zero when everything was there already. figures: printed cells and targets."""

    figures: int = 0
    notes: int = 0
    removed: int = 0
    towns: int = 0
    industries: int = 0
    platforms: int = 0

    def as_dict(self):
        return {field.name: getattr(self, field.name) for field in fields(self)}


@transaction.atomic
def load_plan(*, actor):
    """Bring the database to the state of the data files and return `Loaded`.

    Targets and notes follow the files exactly. Rows of the printed tables, towns, industries and platforms are only
    added where none has the same name or code: rows of the office, and rows it changed, stay as they are.
    """
    loaded = Loaded()
    loaded.figures, gone_figures = _follow_file(PlanFigure, ("table", "row", "column"), read_targets())
    loaded.figures += sum(_add_printed(table, actor) for table in TABLES)
    loaded.notes, gone_notes = _follow_file(PlanNote, ("code",), read_notes())
    loaded.removed = gone_figures + gone_notes
    loaded.towns = _add_missing(Town, [Town(**row) for row in _rows("towns")], ("code", "name"), actor)
    loaded.industries = _add_missing(Industry, [Industry(**row) for row in _rows("industries")], ("code", "name"), actor)
    loaded.platforms = _add_missing(Platform, _platforms(), ("code", "name", "short_name"), actor)
    if loaded.figures or loaded.notes or loaded.removed:
        journal.record(act=REASON, actor=actor, target="规划数据与校核意见", detail=loaded.as_dict())
    return loaded


def read_targets():
    """Return the unsaved PlanFigures of the plan's targets, in its order."""
    return [
        PlanFigure(**{"section": SOURCES[TARGETS][0], **row}, value=number(row["printed"]), order=place)
        for place, row in enumerate(_rows("targets"), start=1)
    ]


def read_printed(table):
    """Return the unsaved rows of a printed table (a model of TABLES), in the order of the print."""
    columns = {str(field.verbose_name): field.name for field in table.columns()}
    rows = {}
    for cell in _rows(f"table{table.number}"):
        label = f"{cell['row']}（{cell['unit']}）" if table.unit_in_rows else cell["row"]
        rows.setdefault(label, {})[columns[cell["column"]]] = cell["printed"]
    return [table(name=label, **cells) for label, cells in rows.items()]


def _add_printed(table, actor):
    """Add the rows of a printed table that are missing; return how many figures they hold."""
    wanted = read_printed(table)
    _add_missing(table, wanted, ("name",), actor)
    return sum(len(row.figures) for row in wanted if row.pk)


def read_notes():
    """Return the unsaved PlanNotes of the data file."""
    return [PlanNote(**row, order=place) for place, row in enumerate(_rows("notes"), start=1)]


def _rows(name):
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _platforms():
    """The platforms of Table 3; their areas are the printed ones. A town is found by its name or, if renamed, its code."""
    towns = {town.code: town for town in Town.objects.all()} | {town.name: town for town in Town.objects.all()}
    codes = {row["name"]: row["code"] for row in _rows("towns")}
    areas = {row.name: number(row.area) for row in PlanTable3.objects.live()}
    platforms = []
    for row in _rows("platforms"):
        town = towns.get(row["town"]) or towns[codes[row["town"]]]
        alone = row["counts_alone"] == "1"
        platforms.append(Platform(**{**row, "town": town, "counts_alone": alone}, area_km2=areas.get(row["name"])))
    return platforms


def _follow_file(model, key, wanted):
    """Make the rows of a reference table equal to `wanted`; return how many were written and how many removed."""
    names = [field.name for field in model._meta.concrete_fields if not field.primary_key]
    stored = {tuple(getattr(row, name) for name in key): row for row in model.objects.all()}
    new, changed = [], []
    for row in wanted:
        present = stored.pop(tuple(getattr(row, name) for name in key), None)
        if present is None:
            new.append(row)
        elif any(getattr(present, name) != getattr(row, name) for name in names):
            row.pk = present.pk
            changed.append(row)
    model.objects.filter(pk__in=[row.pk for row in stored.values()]).delete()
    model.objects.bulk_update(changed, names)
    model.objects.bulk_create(new)
    return len(new) + len(changed), len(stored)


def _add_missing(model, wanted, unique, actor):
    """Add the rows none of whose unique fields is taken, through the write path; return how many."""
    taken = {name: set(model.objects.values_list(name, flat=True)) for name in unique}
    new = [row for row in wanted if not any(getattr(row, name) in taken[name] for name in unique)]
    for row in new:
        row.origin = Origin.PLAN
    if new:
        ledger.write_batch(model=model, new=new, changed=[], actor=actor, reason=REASON)
    return len(new)
