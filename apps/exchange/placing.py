"""Rows like 壶镇镇小计 that nothing beside them explains: which rows they sum up, asked of all rows once more. Pure.

A column may say of every row whose it is (乡镇: 壶镇镇): then the sum is of the rows that say so. One alone between rows, where no
column says anything, closes some of the rows above it or heads some of those below it, however many.
"""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass

from apps.exchange.groups import SOME, Block, Compared, together
from apps.exchange.layout import letter
from apps.exchange.row_kinds import group_of, sum_fault
from apps.exchange.rules import is_blank
from apps.exchange.titles import key_of

STEM = re.compile(r"^(?:小计\((.+)\)|(.+?)(?:合计|总计|共计|小计)):?$")  # 壶镇镇小计 -> 壶镇镇


def stem_of(cells):
    """Return the key of whom a row of kind `group` sums up: 壶镇镇."""
    found = STEM.match(key_of(group_of(cells)))
    return (found[1] or found[2]) if found else ""


@dataclass
class Alone:
    """The only such row of a sheet, between its rows.  above: the Block of all rows over it.  printed: its figures.

    fits: whether it is the sum of rows next to it.  before, below: the sums of the rows passed so far on either side.
    """

    number: int
    above: Block
    printed: dict
    below: Block
    before: Block
    fits: bool = False

    def pass_by(self, number, one):
        """Take a row (a Block of one row) into account."""
        if number < self.number:
            rest = {column: self.above.sums[column] - self.before.sums[column] for column in self.printed}
            self._look(Block(rest, self.above.rows - self.before.rows))
            self.before = together([self.before, one])
        else:
            self.below = together([self.below, one])
            self._look(self.below)

    def _look(self, rows):
        self.fits = self.fits or all(sum_fault(figure, rows.sums[column], rows.rows) != "wrong" for column, figure in self.printed.items())


def placed(unchecked, trail, rows, sums):
    """Return (Differences to be told, what is still not checked) of rows of totals that could not be placed.

    unchecked: their (number, cells).  trail: as in `groups.judged`.  rows: (number, cells, Block of that row alone), of all data rows.
    sums: (number, cells, Block, words) -> Compared.
    """
    groups = [item for item in trail if not isinstance(item, Block)]
    stems = Counter(stem_of(cells) for _, cells in groups)
    sought = {stem for _, cells in unchecked if stems[stem := stem_of(cells)] == 1}
    alone = _alone(unchecked, groups, trail, sums)
    filled, count, said = Counter(), 0, defaultdict(dict)  # stem -> {column: Block of the rows that say so}
    for number, cells, one in rows:
        count += 1
        for index, cell in enumerate(cells, start=1):
            if is_blank(cell):
                continue
            filled[index] += 1
            if isinstance(cell, str) and (stem := key_of(cell)) in sought:
                known = said[stem].get(index)
                said[stem][index] = together([known, one]) if known else one
        if alone:
            alone.pass_by(number, one)
    told, left = [], []
    for number, cells in unchecked:
        places = [(index, block) for index, block in said[stem_of(cells)].items() if filled[index] == count]
        name = group_of(cells)
        results = [
            sums(number, cells, block, who=f"“{name}”", whose=f"{letter(index)} 列为“{stem_of(cells)}”的 {block.rows} 行")
            for index, block in places
        ]
        if not results and alone:
            results = [_of_rows_beside(alone, cells, name, sums)]
        results = [result for result in results if result.printed]
        if len(results) == 1 or any(result.agrees for result in results):
            told += min(results, key=lambda result: not result.agrees).found
        else:
            left.append((number, cells))
    return told, left


def _alone(unchecked, groups, trail, sums):
    """Return the Alone of a sheet with one such row that stands between rows; None elsewhere."""
    if len(groups) != 1 or len(unchecked) != 1 or SOME.search(group_of(groups[0][1])):
        return None
    place = trail.index(groups[0])
    if place in (0, len(trail) - 1):
        return None
    above = together(trail[:place])
    every = together([block for block in trail if isinstance(block, Block)])
    printed = {column: figure for column, figure in sums(*groups[0], above).printed.items() if every.sums[column] is not None}
    nothing = Block(dict.fromkeys(printed, 0), 0)
    return Alone(groups[0][0], above, printed, nothing, nothing) if printed else None


def _of_rows_beside(alone, cells, name, sums):
    """Return the Compared of a row alone between rows: with all rows over it where it is the sum of none of those beside it."""
    if alone.fits:
        return Compared([], alone.printed)
    return sums(alone.number, cells, alone.above, who=f"“{name}”", whose=f"其上 {alone.above.rows} 行")
