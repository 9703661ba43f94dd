"""The list of a ledger as a django-tables2 table: codes as text, numbers right-aligned with the unit in the header."""

from dataclasses import dataclass

import django_tables2 as tables
from django.db import models

from apps.core.numbers import show
from apps.ledger.fields import field_of, label_of, text
from apps.ledger.templatetags.ledger import light

LONGEST_PAGE = 200  # rows


class TextColumn(tables.Column):
    def render(self, value):
        return text(value)


class NumberColumn(tables.Column):
    """A quantity, rounded half up for display."""

    def __init__(self, places=2, **kwargs):
        super().__init__(**kwargs)
        self.places = places

    def render(self, value):
        return show(value, self.places)


class MeasureColumn(tables.Column):
    """What a measure computes from the row."""

    def __init__(self, measure):
        super().__init__(verbose_name=measure.title, empty_values=(), orderable=False, attrs=cell(measure.title, "num"))
        self.measure = measure

    def render(self, record):
        return show(self.measure.of_row(record), self.measure.places)


class LightColumn(tables.Column):
    """The light of the row; where a clock makes it, sorted by the deadline."""

    def __init__(self, clock):
        due = clock.due if clock else "pk"
        super().__init__(verbose_name="亮灯", accessor=due, empty_values=(), orderable=bool(clock), order_by=due, attrs=cell("亮灯"))

    def render(self, record):
        return light(record.light.colour, record.light.words)


class LedgerTable(tables.Table):
    ledger = None
    day = None  # the day as of which the rows are shown; the links of the rows lead to the same day
    choosing = False  # whether rows can be ticked for a bulk edit

    class Meta:
        attrs = {"class": "table cards walk"}
        default = "—"
        order_by_field = "sort"

    def paginate(self, *args, per_page=None, **kwargs):
        """Let nobody ask for a page without end (reliability.md E1); a size that is none is the usual one."""
        size = min(per_page, LONGEST_PAGE) if per_page and per_page > 0 else None
        return super().paginate(*args, per_page=size, **kwargs)


@dataclass(frozen=True)
class LightEntry:
    """The light of the row as an entry among the columns."""

    code: str = "light"
    title: str = "亮灯"


LIGHT = LightEntry()


def key_of(entry):
    """Return the name by which a list knows a column: the field's path, or the measure's code."""
    return entry if isinstance(entry, str) else entry.code


def title_of(model, entry):
    """Return the header of a column: the field's label or the measure's title, with the unit."""
    return label_of(field_of(model, entry)) if isinstance(entry, str) else entry.title


def build_table(ledger, entries):
    """Return the Table class of a ledger with these columns; the template makes the first cell of a row open the record."""
    columns = {key_of(entry): _of_entry(ledger, entry) for entry in entries}
    meta = type("Meta", (LedgerTable.Meta,), {"sequence": list(columns)})
    return type(f"{ledger.model.__name__}Table", (LedgerTable,), {**columns, "ledger": ledger, "Meta": meta})


def _of_entry(ledger, entry):
    if entry is LIGHT:
        return LightColumn(ledger.clock)
    return _column(field_of(ledger.model, entry), entry) if isinstance(entry, str) else MeasureColumn(entry)


def _column(field, path):
    label = label_of(field)
    options = {"verbose_name": label, "accessor": path, "attrs": cell(label, _css(field))}
    if isinstance(field, models.DecimalField):
        return NumberColumn(**options)
    if field.choices or (isinstance(field, models.IntegerField) and not field.is_relation):
        return tables.Column(**options)
    return TextColumn(**options)


def _css(field):
    number = isinstance(field, models.DecimalField | models.IntegerField) and not field.is_relation
    if number or getattr(field, "is_figure", False):
        return "num"
    return "code" if "code" in field.name else ""


def cell(label, css=""):
    """Return the attributes of a column's cells; on a phone each bears its label."""
    return {"th": {"class": css}, "td": {"class": css, "data-label": label}}
