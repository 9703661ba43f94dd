"""The printed totals of a sheet against its rows."""

from decimal import Decimal

from apps.exchange import rules
from apps.exchange.layout import sum_fault


class Sums:
    """Running sums of the number columns: of all rows, and of the rows since the last subtotal.

    A column whose cells bear a unit of their own (3500万元) is summed in that of its first one; where another cell bears
    another unit, or is no number, the column cannot be summed.
    """

    def __init__(self, columns):
        self.columns = [column for column in columns if column.widget.form in ("number", "whole")]
        self.total, self.rows = dict.fromkeys(self.columns, Decimal(0)), 0
        self.part, self.part_rows = self.total.copy(), 0
        self.own = {column: column.sheet_unit or column.unit for column in self.columns}  # unit of a cell that bears none
        self.units = {}  # column -> unit it is summed in
        self.waiting = {}  # kind -> (number, cells) of a total that stands above its rows

    def add(self, row):
        """Count a data row in; a cell that is no number makes its column uncountable (None)."""
        self.part_rows += 1
        for column, before in self.part.items():
            if before is not None:
                number = self._number(column, row[column.title])
                self.part[column] = None if number is None else before + number

    def compare(self, number, cells, kind):
        """Yield (row, cells, column, printed, sum, wrong) where a total row says something else than its rows.

        kind: "total" is of all rows, "subtotal" of those since the last one. One that stands above every row is compared
        when its rows are over; then the subtotals that follow stand above theirs, too. `wrong` is False where the
        difference is what rounding of the rows can make.
        """
        yield from self.rest("subtotal")
        if kind in self.waiting or not self.rows + self.part_rows:
            self._fold()
            self.waiting[kind] = number, cells
        else:
            yield from self._against(number, cells, kind)
            self._fold()

    def rest(self, *kinds):
        """Yield as `compare` does for the totals of these kinds whose rows are over."""
        for kind in kinds:
            if kind in self.waiting:
                yield from self._against(*self.waiting[kind], kind)

    def _fold(self):
        """Begin a new part; what it had belongs to the whole."""
        self.total, self.rows = self._whole(), self.rows + self.part_rows
        self.part, self.part_rows = dict.fromkeys(self.columns, Decimal(0)), 0

    def _whole(self):
        return {column: together(self.total[column], self.part[column]) for column in self.columns}

    def _against(self, number, cells, kind):
        sums, rows = (self.part, self.part_rows) if kind == "subtotal" else (self._whole(), self.rows + self.part_rows)
        for column in self.columns:
            printed = None if rules.is_blank(column.cell(cells)) else self._number(column, column.cell(cells))
            if printed is not None and (total := sums[column]) is not None:
                verdict = sum_fault(printed, total, rows)
                if verdict:
                    yield number, cells, column, rules.plain(printed), rules.plain(total), verdict == "wrong"

    def _number(self, column, cell):
        """Return a cell in the unit the column is summed in, 0 for a blank, None where it is no number in that unit."""
        if type(cell) in (int, Decimal):
            number, unit = rules.EXCEL_DIGITS.create_decimal(cell), self.own[column]
        elif rules.is_blank(cell):
            return Decimal(0)
        else:
            try:
                number, unit = rules.as_written(cell)
            except ValueError:
                return None
            unit = unit or self.own[column]
        return number if self.units.setdefault(column, unit) == unit else None


def together(one, other):
    return None if one is None or other is None else one + other
