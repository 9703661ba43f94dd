"""The printed totals of a sheet against its rows."""

from decimal import Decimal
from typing import NamedTuple

from apps.exchange import groups, placing, rules
from apps.exchange.groups import Block, Compared, together
from apps.exchange.row_kinds import group_of, is_of_all, sum_fault

ALL = "各行"


class Difference(NamedTuple):
    """Where a row of totals says something else than its rows: `wrong` is False where rounding of the rows can make it.

    printed: its figure.  total: of its rows.  who, whose: how people call the row, and the rows.
    """

    number: int
    cells: list
    column: object
    printed: Decimal
    total: Decimal
    wrong: bool
    who: str = "合计行"
    whose: str = ALL


class Waiting(NamedTuple):
    """A bare 合计 that may be of rows below it.  choices: [(Block, how people call its rows)].  top: it stands above every row."""

    number: int
    cells: list
    choices: list
    top: bool


class Sums:
    """Running sums of the number columns, in blocks between rows of totals.

    A column whose cells bear a unit of their own (3500万元) is summed in that of its first one; where another cell bears
    another unit, or is no number, the column cannot be summed.  unchecked: [(number, what the row calls itself)].
    """

    def __init__(self, columns):
        self.columns = [column for column in columns if column.widget.form in ("number", "whole")]
        self.part, self.part_rows = self._zeros(), 0  # the block that is open
        self.blocks = []  # those closed since the last total or subtotal
        self.total = self.own = Block(self._zeros(), 0)  # of what stands above that: of all of it, and since the last total
        self.units = {}  # column -> unit it is summed in
        self.unit_of = {column: column.sheet_unit or column.unit for column in self.columns}  # of a cell that bears none
        self.subtotals = []  # [(number, cells)] of subtotals that stand above their rows
        self.above = False  # whether those of this sheet do
        self.totals = []  # the Waiting
        self.trail, self.groups = [], 0  # blocks and groups (number, cells) in their order, and how many groups
        self.negative = self._zeros()  # the sums of all negative numbers
        self.unchecked = []

    def add(self, row):
        """Count a data row in; a cell that is no number makes its column uncountable (None)."""
        self.part_rows += 1
        for column, before in self.part.items():
            if before is not None:
                number = self._number(column, row[column.title])
                self.part[column] = None if number is None else before + number
                if number is not None and number < 0:
                    self.negative[column] += number

    def compare(self, number, cells, kind):
        """Yield the Differences that are known at a row of totals; those of the others come with `rest`.

        kind: "total" is of all rows, or of those since the last total where that fits; "subtotal" of those since the last one,
        "group" perhaps of those beside it. One that stands above every row is compared when its rows are over; then those of its
        kind that follow stand above theirs, too.
        """
        directly = self._close()
        if kind == "group":
            self.groups += 1
            if self.groups <= groups.MOST:
                self.trail.append((number, cells))
            else:
                self.unchecked.append((number, group_of(cells)))
            return
        yield from self._subtotals_over()
        first = not self.blocks and not self.total.rows
        since = self._begin()
        if kind == "total":
            yield from self._total(number, cells, first)
        elif first or self.above:
            self.above = True
            self.subtotals.append((number, cells))
        else:
            yield from self._below(number, cells, since[-1:] if directly else [], since)

    def rest(self, again):
        """Yield the Differences of the totals that stood above their rows, and of the groups.

        again: called where it takes a second look; yields (number, cells, row as in `add`) of every data row once more.
        """
        self._close()
        yield from self._subtotals_over()
        self._begin()
        self._may_be_of(self.own)
        for one in self.totals:
            yield from self._against(one.number, one.cells, [(self.total, ALL)] * one.top + one.choices)
        told, unchecked = groups.judged(self.trail, self._compared, self._may_be)
        yield from told
        if unchecked:
            rows = ((number, cells, self._alone(row)) for number, cells, row in again())
            told, unchecked = placing.placed(unchecked, self.trail, rows, self._compared)
            yield from told
        self.unchecked += [(number, group_of(cells)) for number, cells in unchecked]

    def _zeros(self):
        return dict.fromkeys(self.columns, Decimal(0))

    def _close(self):
        """End the open block; say whether it had rows."""
        if not self.part_rows:
            return False
        block = Block(self.part, self.part_rows)
        self.blocks.append(block)
        if self.groups <= groups.MOST:
            self.trail.append(block)
        self.part, self.part_rows = self._zeros(), 0
        return True

    def _begin(self):
        """Count the closed blocks to what stands above, and return them."""
        since, self.blocks = self.blocks, []
        self.total, self.own = together([self.total, *since]), together([self.own, *since])
        return since

    def _total(self, number, cells, first):
        """Yield the Differences of a bare 合计, unless the first of the sheet stands above every row: then each may be of rows below."""
        own, self.own = self.own, Block(self._zeros(), 0)
        self._may_be_of(own)
        bare = not is_of_all(cells)
        choices = [] if first else [(self.total, ALL)]
        if bare and 0 < own.rows < self.total.rows:
            choices.append((own, f"其上 {own.rows} 行"))
        if first or (bare and self.totals):
            self.totals.append(Waiting(number, cells, choices, first))
        else:
            yield from self._against(number, cells, choices)

    def _may_be_of(self, rows):
        """Let the last 合计 that waits be of the Block between it and here."""
        if self.totals and rows.rows and not is_of_all(self.totals[-1].cells):
            self.totals[-1].choices.append((rows, f"其下 {rows.rows} 行"))

    def _subtotals_over(self):
        """Yield the Differences of the subtotals that waited for the end of their rows."""
        waiting, self.subtotals = self.subtotals, []
        for one in waiting:
            yield from self._below(*one, self.blocks[:1], self.blocks)

    def _below(self, number, cells, near, since):
        """Yield the Differences of a subtotal: of the rows up to the next group beside it, or of all since the last subtotal."""
        if not since:  # 小计 under 小计: of which rows nobody knows
            self.unchecked.append((number, "小计"))
            return
        yield from self._against(number, cells, [(block, ALL) for block in (*near, together(since))])

    def _against(self, number, cells, choices):
        """Yield the Differences from the rows it differs least from, the first of them where they are alike."""
        compared = [self._compared(number, cells, block, whose=whose).found for block, whose in choices]
        yield from min(compared, key=_distance)

    def _alone(self, row):
        """Return the Block of one row; a column that cannot be summed in all rows is not in one."""
        figures = {
            column: self._number(column, row[column.title]) if total is not None else None for column, total in self.total.sums.items()
        }
        return Block(figures, 1)

    def _may_be(self, column, printed):
        """Say whether some of the sheet's rows, whichever they are, may add up to a figure: it lies between the least and the greatest sum.

        Known when all rows are over.
        """
        if (total := self.total.sums[column]) is None:
            return True
        least, greatest = self.negative[column], total - self.negative[column]
        return least <= printed <= greatest or any(sum_fault(printed, one, self.total.rows) != "wrong" for one in (least, greatest))

    def _compared(self, number, cells, block, **words):
        """Return the Compared of a row of totals and a Block."""
        found, figures = [], {}
        for column in self.columns:
            printed = None if rules.is_blank(column.cell(cells)) else self._number(column, column.cell(cells))
            if printed is not None and (total := block.sums[column]) is not None:
                figures[column] = printed
                if verdict := sum_fault(printed, total, block.rows):
                    found.append(Difference(number, cells, column, printed, total, verdict == "wrong", **words))
        return Compared(found, figures)

    def _number(self, column, cell):
        """Return a cell in the unit the column is summed in, 0 for a blank, None where it is no number in that unit."""
        if type(cell) in (int, Decimal):
            number, unit = rules.EXCEL_DIGITS.create_decimal(cell), self.unit_of[column]
        elif rules.is_blank(cell):
            return Decimal(0)
        else:
            try:
                number, unit = rules.as_written(cell)
            except ValueError:
                return None
            unit = unit or self.unit_of[column]
        return number if self.units.setdefault(column, unit) == unit else None


def _distance(found):
    """Return how far a row of totals is from its rows: in how many columns, then by how much."""
    gaps = [abs(difference.printed - difference.total) for difference in found if difference.wrong]
    return len(gaps), sum(gaps)
