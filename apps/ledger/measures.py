"""What a list computes beside its fields: per row, and for a whole filter from sums, never as a mean of ratios."""

from dataclasses import dataclass
from decimal import Decimal
from operator import add

from django.db.models import Count, Q, Sum

from apps.core.fields import Whole, places
from apps.core.numbers import growth, ratio

ALL = 2**31 - 1  # rows; a limit no list reaches keeps the database from asking a subquery of the row again for every sum


@dataclass(frozen=True)
class Figure:
    """A quantity of the row or an annotation of it, shown per row and summed."""

    code: str
    label: str
    unit: str
    places: int = 2

    @property
    def needs(self):
        """The names of what is added up for the total: rows that lack one of them do not count."""
        return (self.code,)

    @property
    def title(self):
        return f"{self.label}（{self.unit}）" if self.unit else self.label

    def of_row(self, record):
        return getattr(record, self.code)

    def of_sums(self, total):
        """Return the total from the sums of what it `needs`."""
        return total


@dataclass(frozen=True)
class Ratio(Figure):
    """top / bottom of one row, or of the sums over a filter, e.g. output per mu."""

    top: str = ""
    bottom: str = ""
    compute = staticmethod(ratio)

    @property
    def needs(self):
        return (self.top, self.bottom)

    def of_row(self, record):
        return self.compute(getattr(record, self.top), getattr(record, self.bottom))

    def of_sums(self, top, bottom):
        return self.compute(top, bottom)


class Growth(Ratio):
    """Change of `top` against `bottom`, the same figure of the same period last year, in percent."""

    compute = staticmethod(growth)


def totals_of(rows, measures):
    """Return (number of rows, {measure: total}) of a queryset, in one query; None where no row has data.

    Whole numbers are added: SQLite adds decimals as floats, and has room for 9 x 10^18 units of the last place.
    """
    rows = rows.order_by()[:ALL] if measures else rows.order_by()
    fields = {name: _field(rows, name) for measure in measures for name in measure.needs}
    sums = {
        f"sum_{measure.code}_{name}": Sum(Whole(fields[name], name), filter=Q(**{f"{other}__isnull": False for other in measure.needs}))
        for measure in measures
        for name in measure.needs
    }
    found = rows.aggregate(sum_rows=Count("pk"), **sums)
    totals = {}
    for measure in measures:
        parts = [(found[f"sum_{measure.code}_{name}"], places(fields[name])) for name in measure.needs]
        known = None not in [total for total, _ in parts]
        totals[measure] = measure.of_sums(*(Decimal(total).scaleb(-digits) for total, digits in parts)) if known else None
    return found["sum_rows"], totals


def _field(rows, name):
    """Return the field of a column or of an annotation."""
    annotation = rows.query.annotations.get(name)
    return annotation.output_field if annotation is not None else rows.model._meta.get_field(name)


class Tally:
    """The totals of measures over rows that come one after the other: memory does not grow with them."""

    def __init__(self, measures):
        self.sums, self.rows = dict.fromkeys(measures), 0

    def add(self, value_of):
        """Count a row in. value_of: called with a name, returns its value, None for no data."""
        self.rows += 1
        for measure, before in self.sums.items():
            values = [value_of(name) for name in measure.needs]
            if None not in values:
                self.sums[measure] = values if before is None else [*map(add, before, values)]

    def total(self, measure):
        """Return the total of a measure; None where no row has data: a missing figure is not zero."""
        sums = self.sums[measure]
        return None if sums is None else measure.of_sums(*sums)
