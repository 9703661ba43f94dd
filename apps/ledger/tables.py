"""The list of a ledger as a django-tables2 table: codes as text, numbers right-aligned with the unit in the header."""

import django_tables2 as tables
from django.db import models
from django.urls import reverse

from apps.core.numbers import show
from apps.ledger.fields import field_of, label_of, text


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
        super().__init__(verbose_name=measure.title, empty_values=(), orderable=False, attrs=_attrs(measure.title, "num"))
        self.measure = measure

    def render(self, record):
        return show(self.measure.of_row(record), self.measure.places)


class LedgerTable(tables.Table):
    class Meta:
        template_name = "ledger/table.html"
        attrs = {"class": "table cards walk"}
        default = "—"
        order_by_field = "sort"


def build_table(ledger):
    """Return the Table class of a ledger; the first text column named in `columns` that is not a code opens the record."""
    columns = {}
    linked = False
    for entry in ledger.columns:
        if isinstance(entry, str):
            field = field_of(ledger.model, entry)
            link = not linked and _opens_record(field)
            linked = linked or link
            columns[entry] = _column(ledger, field, entry, link)
        else:
            columns[entry.code] = MeasureColumn(entry)
    return type(
        f"{ledger.model.__name__}Table", (LedgerTable,), {**columns, "Meta": type("Meta", (LedgerTable.Meta,), {"sequence": list(columns)})}
    )


def _opens_record(field):
    return field.is_relation or (isinstance(field, models.CharField) and not field.choices and "code" not in field.name)


def _column(ledger, field, path, link):
    label = label_of(field)
    options = {"verbose_name": label, "accessor": path, "attrs": _attrs(label, _css(field, link))}
    if link:
        options["linkify"] = lambda record: reverse("ledger:detail", args=[ledger.code, record.pk])
    if isinstance(field, models.DecimalField):
        return NumberColumn(**options)
    if isinstance(field, models.IntegerField) and not field.is_relation:
        return tables.Column(**options)
    return TextColumn(**options) if not field.choices else tables.Column(**options)


def _css(field, link):
    if link:
        return "name"
    if isinstance(field, models.DecimalField | models.IntegerField) and not field.is_relation:
        return "num"
    return "code" if "code" in field.name else ""


def _attrs(label, css):
    return {"th": {"class": css}, "td": {"class": css, "data-label": label}}
