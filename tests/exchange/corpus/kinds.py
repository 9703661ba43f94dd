"""A kind of spreadsheet as the corpus sees it: its columns, who imports it, and rows the ledger takes. All derived from what
the ledger declares and from its contract's `make`, so a new kind is in the corpus without a line here."""

import datetime as dt
from decimal import Decimal
from functools import cache, cached_property

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator

from apps.exchange import constraints
from apps.exchange.columns import Companion, Shown
from apps.exchange.commands import kinds
from apps.exchange.widgets import CellWidget, ChoiceWidget, CodeWidget, ReferenceWidget, YesNoWidget
from tests import factories
from tests.ledger.contract import contracts as found_contracts

contracts = cache(found_contracts)
KINDS = sorted(kinds())


def form_of(column):
    """Return what kind of cell a column has: credit, own, code, place, choice, yes_no, number, whole, period, date, text or special.

    credit: a unified social credit code, here or of another ledger.  own: a code an office gave itself.  place: a row of
    another ledger, by name or by such a code.  special: a text that is not free, as a document's number with its pattern.
    """
    widget = column.widget
    if "credit_code" in (column.name, *getattr(widget, "by", ())):
        return "credit"
    if isinstance(widget, ReferenceWidget):
        return "place"
    if isinstance(widget, CodeWidget):
        return "own" if widget.local else "code"
    if isinstance(widget, YesNoWidget):
        return "choice" if isinstance(widget, ChoiceWidget) else "yes_no"
    free = type(widget) is CellWidget and not any(isinstance(one, RegexValidator) for one in getattr(column.model_field, "validators", ()))
    return widget.form if widget.form != "text" or free else "special"


class Kind:
    """One kind. Rows are made on demand and kept; their records are taken away again, what they refer to stays."""

    def __init__(self, code):
        self.code, self.ledger = code, kinds()[code]
        self.model = self.ledger.model
        self.made = []

    def __repr__(self):
        return self.code

    # --- what every person sees in it: no database ---------------------------------------------------------------

    @cached_property
    def columns(self):
        """The columns a file of new rows may hold for it: none that a later step of their way fills in."""
        columns = [column for column in self.ledger.resource().columns if not isinstance(column, Shown)]
        flow = self.model.workflow
        return [column for column in columns if not flow or column.name not in flow.filled_later(flow.first)]

    @property
    def printed(self):
        """Whether it is taken letter by letter as the plan prints it: a total is a row, a stroke a word, nothing is a number."""
        return self.ledger.resource.printed_totals

    @cached_property
    def keys(self):
        return [column.title for column in self.ledger.resource().keys]

    @cached_property
    def figures(self):
        """The columns that are written: all but the readers' help."""
        return [column for column in self.columns if not isinstance(column, Companion)]

    def of(self, *forms, keys=True):
        """Return the columns of these forms (form_of)."""
        return [column for column in self.figures if form_of(column) in forms and (keys or column.title not in self.keys)]

    # --- people and rows ------------------------------------------------------------------------------------------

    @cached_property
    def contract(self):
        return contracts()[self.code]()

    @cached_property
    def writer(self):
        """Somebody who may write every row of it."""
        return factories.person("writer", self.contract.editor, **self.contract.scope())

    @cached_property
    def resource(self):
        """The resource as the writer meets it, its references read."""
        resource = self.ledger.resource(user=self.writer)
        resource.bind()
        return resource

    def at_hand(self, count=0):
        """Make the writer and so many rows now, before anything that will be taken back; return the kind."""
        self.resource, self.rows(count)  # noqa: B018  (made when first asked for)
        return self

    def record(self):
        """Return a new row of the ledger."""
        self.made.append(None)
        return self.contract.make(len(self.made))

    def rows(self, count):
        """Return `count` new rows, title -> cell as an export writes it; the ledger takes each, and none is in it."""
        while len(self._rows) < count:
            record = self._filled_in(self.record())
            self._rows.append(self.as_row(record))
            self.model._base_manager.filter(pk=record.pk)._raw_delete("default")
        return [dict(row) for row in self._rows[:count]]

    @cached_property
    def _rows(self):
        return []

    def as_row(self, record):
        """Return a record as an export writes it."""
        return {column.title: column.export(record) for column in self.columns}

    def _filled_in(self, record):
        """Fill in what the contract left empty, as far as the record's own rules take it."""
        for column in self.figures:
            if column.title in self.keys or getattr(record, column.attname) not in (None, ""):
                continue
            value = _sample(column)
            before = getattr(record, column.attribute)
            setattr(record, column.attribute, value)
            if value is None or _refused(column, value) or constraints.broken(record):
                setattr(record, column.attribute, before)
        return record


def _sample(column):
    """Return a value for an empty column; None where one must know more than its form."""
    field = column.model_field
    return {
        "text": lambda: "示例文字"[: field.max_length],
        "number": lambda: Decimal("1.5"),
        "whole": lambda: 3,
        "date": lambda: dt.date(2019, 6, 1),
        "choice": lambda: next(value for value, _ in field.choices if value),
    }.get(form_of(column), lambda: None)()


def _refused(column, value):
    try:
        column.model_field.run_validators(value)
    except ValidationError:
        return True
    return False
