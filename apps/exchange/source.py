"""A file as the child reads it: sheets, their first rows, and all their rows as soon as they are read, as often as needed."""

import datetime as dt
import json
from dataclasses import dataclass, field
from decimal import Decimal

from apps.exchange.child import Child
from apps.exchange.reading import HEAD, Unreadable
from apps.exchange.rules import BadCell, Formatted, is_blank, plain


def _cell(mark):
    """Turn the child's marks back into cells."""
    if "d" in mark:
        moment = dt.datetime.fromisoformat(mark["d"])
        return moment.date()
    if "e" in mark:
        return BadCell(mark["e"])
    if "f" in mark:
        return BadCell(mark["f"], formula=True)
    if "typed" in mark:
        return Formatted(mark["typed"], plain(mark["n"]))
    if "n" in mark:
        return BadCell(mark["shown"], holds=plain(mark["n"]))
    return mark


_decode = json.JSONDecoder(parse_float=Decimal, object_hook=_cell).decode


@dataclass
class Sheet:
    """One sheet: where its rows lie in the child's output, and what the child saw beside them."""

    name: str
    state: str
    offset: int
    output: object
    filled: int = 0  # rows; about so many while the child still reads them
    head: list = field(default_factory=list)
    merged: list = field(default_factory=list)
    hidden_columns: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    longest: int = 0  # cells of the longest line of a text
    beyond: list = field(default_factory=list)  # [[column, first text in it or None]] beyond the columns that are read
    whole: bool = False  # the child has read it to its end, and all that stands here counts

    def below(self, row):
        """Return how many filled rows stand below `row` of the head."""
        return max(0, self.filled - sum(number <= row for number, _ in self.head))

    def require_as_long_as(self, first, last):
        """Refuse a text with lines longer than its header (rows `first` to `last`): a comma nobody quoted has moved their cells."""
        width = max((len(cells) for number, cells in self.head if first <= number <= last), default=0)
        if self.longest <= width:
            return
        below = (row for row in self.rows() if row[0] > last)
        longer = [str(number) for number, _, cells in below if not all(map(is_blank, cells[width:]))]
        if longer:
            some = "、".join(longer[:10]) + (f" 等 {len(longer)} 行" if len(longer) > 10 else " 行")
            raise Unreadable(
                f"第 {some}比标题行多出几格，可能是没加引号的逗号（如 3,500）使各格错了位。"
                "请在原来的表格里另存为 .xlsx 再上传；本来就多出的列，请补上标题。"
            )

    def rows(self):
        """Yield (number, hidden, cells) of every filled row; those the child has not come to yet are waited for. Raises Unreadable."""
        self.output.seek(self.offset)
        for line in iter(self.output.readline, ""):
            if line.startswith("["):
                yield tuple(_decode(line))
            elif self.take(_decode(line)):
                return

    def take(self, line):
        """Put down what the child saw beside the rows; return whether it was all of it. Raises Unreadable where the file is refused."""
        if "refused" in line:
            raise Unreadable(line["refused"])
        if not self.whole:
            self.merged, self.beyond = line["merged"], line["beyond"]
            self.filled = line.get("head", self.filled)
            self.hidden_columns, self.longest = line.get("hidden_columns", []), line.get("longest", 0)
            self.notes += line.get("notes", [])
            self.whole = "head" not in line
        return "head" not in line


class Source:
    """Everything read from one file; a context, in which its rows can be read.

    Where all data stand in one sheet, all that is needed to begin with it is there before the child has read its last row:
    judging the first rows and reading the next ones go on at the same time (docs/decisions/25-fast-imports.md).
    """

    def __init__(self, path, meanwhile=None):
        """Let a limited child read the file, and wait until it can be begun with.  meanwhile: see `Child`. Raises Unreadable."""
        self.sheets, self.notes = [], []
        self.output = Child("apps.exchange.reading", path, meanwhile=meanwhile)
        try:
            self._begin()
        except BaseException:
            self.output.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *raised):
        self.output.close()

    def _begin(self):
        for line in iter(self.output.readline, ""):
            if line.startswith("["):
                self.sheets[-1].filled += 1
                if len(self.sheets[-1].head) < HEAD:
                    number, _, cells = _decode(line)
                    self.sheets[-1].head.append((number, cells))
            elif self._take(_decode(line)):
                return
        if not self.sheets:
            raise Unreadable("工作簿里没有工作表。请把数据放在普通的工作表里，另存为 .xlsx 再上传。")

    def _take(self, line):
        """Take a line about the file or its last sheet; return whether the sheet can be begun with."""
        if "sheet" in line:
            self.sheets.append(Sheet(line["sheet"], line["state"], self.output.tell(), self.output))
        elif self.sheets:
            self.sheets[-1].take(line)
        elif "refused" in line:
            raise Unreadable(line["refused"])
        else:
            self.notes += line.get("notes", [])
        return "head" in line
