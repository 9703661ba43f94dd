"""What a list computes beside its fields: per row, and for a whole filter from sums, never as a mean of ratios.

Sums are made here and not in the database: SQLite adds decimals as floats.
"""

from dataclasses import dataclass

from apps.core.numbers import growth, of_sums, ratio, sum_known


@dataclass(frozen=True)
class Figure:
    """A quantity of the row or an annotation of it, shown per row and summed."""

    code: str
    label: str
    unit: str
    places: int = 2

    @property
    def needs(self):
        """The names whose values `total` asks for."""
        return (self.code,)

    @property
    def title(self):
        return f"{self.label}（{self.unit}）" if self.unit else self.label

    def of_row(self, record):
        return getattr(record, self.code)

    def total(self, columns):
        """Sum over `columns` (name -> values of all rows); None where no row has data: a missing figure is not zero."""
        return sum_known(columns[self.code])


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

    def total(self, columns):
        """Compute from the sums of both sides over the rows that know both."""
        return of_sums(self.compute, zip(columns[self.top], columns[self.bottom], strict=True))


class Growth(Ratio):
    """Change of `top` against `bottom`, the same figure of the same period last year, in percent."""

    compute = staticmethod(growth)
