"""What a list computes beside its fields: per row, and for a whole filter from sums, never as a mean of ratios."""

from dataclasses import dataclass

from django.db.models import Q, Sum

from apps.core.numbers import growth, ratio


@dataclass(frozen=True)
class Figure:
    """A quantity the list annotates, shown per row and summed."""

    code: str
    label: str
    unit: str
    places: int = 2

    def aggregates(self):
        return {f"{self.code}_sum": Sum(self.code)}

    def of_row(self, record):
        return getattr(record, self.code)

    def of_sums(self, sums):
        return sums[f"{self.code}_sum"]

    @property
    def title(self):
        return f"{self.label}（{self.unit}）"


@dataclass(frozen=True)
class Ratio(Figure):
    """top / bottom of one row, or of the sums over a filter, e.g. output per mu."""

    top: str = ""
    bottom: str = ""
    compute = staticmethod(ratio)

    def aggregates(self):
        """Sum both sides over the rows that know both: a missing figure is not zero."""
        known = Q(**{f"{self.top}__isnull": False, f"{self.bottom}__isnull": False})
        return {f"{self.code}_top": Sum(self.top, filter=known), f"{self.code}_bottom": Sum(self.bottom, filter=known)}

    def of_row(self, record):
        return self.compute(getattr(record, self.top), getattr(record, self.bottom))

    def of_sums(self, sums):
        return self.compute(sums[f"{self.code}_top"], sums[f"{self.code}_bottom"])


class Growth(Ratio):
    """Change of `top` against `bottom`, the same figure of the same period last year, in percent."""

    compute = staticmethod(growth)
