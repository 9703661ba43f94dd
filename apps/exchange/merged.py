"""Cells of data rows under a merged one: a spreadsheet keeps what people see in the first cell only, the others read as empty.

Empty clears a stored value, and nobody knows whether what is seen was meant for every row or for one: such a cell is refused.
"""

from apps.exchange.layout import letter
from apps.exchange.rules import BadCell, is_blank


class Covered:
    """The covered cells of the rows of one sheet, asked for in the order of the rows."""

    def __init__(self, sheet, last, columns):
        """last: the last row of the header.  columns: the indices that matter."""
        below = [area for area in sheet.merged if area[2] > last and any(area[1] <= column <= area[3] for column in columns)]
        self.waiting = sorted(below, reverse=True)  # the next one last
        self.columns = columns
        self.first = {number: cells for number, cells in sheet.head if number <= last}  # rows that are passed over
        self.over = {}  # column -> the area that covers it in this row or a later one

    def __bool__(self):
        return bool(self.waiting or self.over)

    def in_row(self, number, cells):
        """Return column -> BadCell of the covered cells in a row. An area with nothing in its first cell covers nothing."""
        while self.waiting and self.waiting[-1][0] <= number:
            top, left, _, right = area = self.waiting.pop()
            first = cells if top == number else self.first.get(top, ())
            if len(first) >= left and not is_blank(first[left - 1]):
                self.over |= {column: area for column in self.columns if left <= column <= right}
        self.over = {column: area for column, area in self.over.items() if area[2] >= number}
        return {column: _bad(area) for column, area in self.over.items() if area[:2] != [number, column]}


def _bad(area):
    top, left, bottom, right = area
    return BadCell("", merged=f"{letter(left)}{top}:{letter(right)}{bottom}")
