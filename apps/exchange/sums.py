"""The printed totals of a sheet against its rows."""

from decimal import Decimal
from typing import NamedTuple

from apps.exchange import groups, rules
from apps.exchange.groups import Block, Compared, together
from apps.exchange.row_kinds import group_of, sum_fault


class Difference(NamedTuple):
    """Where a row of totals says something else than its rows: `wrong` is False where rounding of the rows can make it.

    who, whose: how people call the row, and the rows.
    """

    number: int
    cells: list
    column: object
    printed: str
    total: str
    wrong: bool
    who: str = "合计行"
    whose: str = "各行"


class Sums:
    """Running sums of the number columns, in blocks between rows of totals.

    A column whose cells bear a unit of their own (3500万元) is summed in that of its first one; where another cell bears
    another unit, or is no number, the column cannot be summed.  unchecked: [(number, what the row calls itself)].
    """

    def __init__(self, columns):
        self.columns = [column for column in columns if column.widget.form in ("number", "whole")]
        self.part, self.part_rows = dict.fromkeys(self.columns, Decimal(0)), 0  # the block that is open
        self.blocks = []  # those closed since the last total or subtotal
        self.total = Block(self.part.copy(), 0)  # of what stands above that
        self.own = {column: column.sheet_unit or column.unit for column in self.columns}  # unit of a cell that bears none
        self.units = {}  # column -> unit it is summed in
        self.waiting = []  # [(kind, number, cells)] of totals that stand above their rows
        self.above = False  # whether the subtotals of this sheet do
        self.trail, self.groups = [], 0  # blocks and groups (number, cells) in their order, and how many groups
        self.unchecked = []

    def add(self, row):
        """Count a data row in; a cell that is no number makes its column uncountable (None)."""
        self.part_rows += 1
        for column, before in self.part.items():
            if before is not None:
                number = self._number(column, row[column.title])
                self.part[column] = None if number is None else before + number

    def compare(self, number, cells, kind):
        """Yield the Differences that are known at a row of totals; those of the others come with `rest`.

        kind: "total" is of all rows, "subtotal" of those since the last one, "group" perhaps of those beside it. One that
        stands above every row is compared when its rows are over; then the subtotals that follow stand above theirs, too.
        """
        directly = self._close()
        if kind == "group":
            self.groups += 1
            if self.groups <= groups.MOST:
                self.trail.append((number, cells))
            else:
                self.unchecked.append((number, group_of(cells)))
            return
        yield from self._over("subtotal")
        nothing = not self.blocks and not self.total.rows
        if nothing or (kind == "subtotal" and self.above):
            self.above = self.above or kind == "subtotal"
            self.waiting.append((kind, number, cells))
        elif kind == "total":
            yield from self._against(number, cells, [together([self.total, *self.blocks])])
        else:
            yield from self._below(number, cells, self.blocks[-1:] if directly else [])
        self.total, self.blocks = together([self.total, *self.blocks]), []

    def rest(self):
        """Yield the Differences of the totals that stood above their rows, and of the groups."""
        self._close()
        yield from self._over("subtotal")
        yield from self._over("total")
        told, unchecked = groups.judged(self.trail, self._compared)
        self.unchecked += unchecked
        yield from told

    def _close(self):
        """End the open block; say whether it had rows."""
        if not self.part_rows:
            return False
        block = Block(self.part, self.part_rows)
        self.blocks.append(block)
        if self.groups <= groups.MOST:
            self.trail.append(block)
        self.part, self.part_rows = dict.fromkeys(self.columns, Decimal(0)), 0
        return True

    def _over(self, kind):
        """Yield the Differences of the totals of this kind that waited for the end of their rows."""
        for one in [one for one in self.waiting if one[0] == kind]:
            self.waiting.remove(one)
            if kind == "total":
                yield from self._against(*one[1:], [together([self.total, *self.blocks])])
            else:
                yield from self._below(*one[1:], self.blocks[:1])

    def _below(self, number, cells, near):
        """Yield the Differences of a subtotal: of the rows up to the next group beside it, or of all since the last subtotal."""
        if not self.blocks:  # 小计 under 小计: of which rows nobody knows
            self.unchecked.append((number, "小计"))
            return
        yield from self._against(number, cells, [*near, together(self.blocks)])

    def _against(self, number, cells, blocks):
        """Yield the Differences from the block it differs least from, the first of them where they are alike."""
        compared = [self._compared(number, cells, block).found for block in blocks]
        yield from min(compared, key=lambda found: sum(difference.wrong for difference in found))

    def _compared(self, number, cells, block, **words):
        """Return the Compared of a row of totals and a Block."""
        found, figures = [], {}
        for column in self.columns:
            printed = None if rules.is_blank(column.cell(cells)) else self._number(column, column.cell(cells))
            if printed is not None and (total := block.sums[column]) is not None:
                figures[column] = printed
                if verdict := sum_fault(printed, total, block.rows):
                    told = rules.plain(printed), rules.plain(total), verdict == "wrong"
                    found.append(Difference(number, cells, column, *told, **words))
        return Compared(found, figures)

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
