"""The columns of a list as a workbook has them: what a person chose to see, for reading; such a sheet does not import back."""

from types import SimpleNamespace

from django.db import models

from apps.core.numbers import half_up
from apps.ledger.fields import field_of, text_of
from apps.ledger.tables import LIGHT, key_of, title_of

FORMS = {models.DecimalField: "number", models.DateTimeField: "text", models.DateField: "date", models.IntegerField: "whole"}


class ShownColumn:
    """A field of the row, or of a row it refers to. Has what the writer asks of a column of a resource."""

    path = None  # only the record knows its text

    def __init__(self, ledger, way):
        field = field_of(ledger.model, way)
        self.way, self.title, self.unit = way, title_of(ledger.model, way), getattr(field, "unit", "")
        self.widget = SimpleNamespace(form=_form(field, way in ledger.period), places=getattr(field, "decimal_places", 0))

    def export(self, record):
        """Return the value as the writer takes it: a number, a date, or a text as people read it; None for no data."""
        *way, name = self.way.split("__")
        for step in way:
            record = getattr(record, step, None)
        value = getattr(record, name, None)
        if value is None or value == "" or self.widget.form not in ("text", "code"):
            return value
        return text_of(record, record._meta.get_field(name))


class ShownMeasure:
    """What a measure computes from the row."""

    path = None

    def __init__(self, measure):
        self.measure, self.title, self.unit = measure, measure.title, measure.unit
        self.widget = SimpleNamespace(form="number", places=measure.places)

    def export(self, record):
        return half_up(self.measure.of_row(record), self.measure.places)


class ShownLight:
    """The light of the row, in words."""

    path, title, unit = None, LIGHT.title, ""
    widget = SimpleNamespace(form="text", places=0)

    def export(self, record):
        return record.light.words


def shown_columns(ledger, entries):
    """Return the workbook's columns for the columns `entries` of a list, and those of them the ledger's sheet adds up."""
    columns = {key_of(entry): _shown(ledger, entry) for entry in entries}
    return list(columns.values()), [columns[name] for name in ledger.resource.totals if name in columns]


def _shown(ledger, entry):
    if entry is LIGHT:
        return ShownLight()
    return ShownColumn(ledger, entry) if isinstance(entry, str) else ShownMeasure(entry)


def _form(field, period):
    """Return how the writer formats a field (writer.WIDTHS)."""
    if field.choices or field.is_relation:
        return "text"
    if period:
        return "period"
    return next((form for kind, form in FORMS.items() if isinstance(field, kind)), "code" if "code" in field.name else "text")
