"""A file after the child has read it: sheets, their first rows, and their rows again as often as needed."""

import datetime as dt
import json
from dataclasses import dataclass, field
from decimal import Decimal

from apps.exchange import child
from apps.exchange.layout import HEAD
from apps.exchange.reading import Unreadable
from apps.exchange.rules import BadCell, is_blank, plain


def _cell(mark):
    """Turn the child's marks back into cells."""
    if "d" in mark:
        moment = dt.datetime.fromisoformat(mark["d"])
        return moment.date()
    if "e" in mark:
        return BadCell(mark["e"])
    if "f" in mark:
        return BadCell(mark["f"], formula=True)
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
    filled: int = 0
    head: list = field(default_factory=list)
    merged: list = field(default_factory=list)
    hidden_columns: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    longest: int = 0  # cells of the longest line of a text
    beyond: list = field(default_factory=list)  # [[column, first text in it or None]] beyond the columns that are read

    def below(self, row):
        """Return how many filled rows stand below `row` of the head."""
        return self.filled - sum(number <= row for number, _ in self.head)

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
        """Yield (number, hidden, cells) of every filled row."""
        self.output.seek(self.offset)
        for line in iter(self.output.readline, ""):
            if not line.startswith("["):
                return
            yield tuple(_decode(line))


@dataclass
class Source:
    """Everything read from one file."""

    sheets: list
    notes: list

    @classmethod
    def read(cls, path, meanwhile=None):
        """Read the file in a limited child, which may take its time (child.run). Raises Unreadable."""
        output = child.run("apps.exchange.reading", path, meanwhile=meanwhile)
        source = cls([], [])
        while line := output.readline():
            if line.startswith("["):
                source.sheets[-1].filled += 1
                if len(source.sheets[-1].head) < HEAD:
                    number, _, cells = _decode(line)
                    source.sheets[-1].head.append((number, cells))
            else:
                source._take(_decode(line), output)
        if not source.sheets:
            raise Unreadable("工作簿里没有工作表。请把数据放在普通的工作表里，另存为 .xlsx 再上传。")
        return source

    def _take(self, line, output):
        if "refused" in line:
            raise Unreadable(line["refused"])
        if "sheet" in line:
            self.sheets.append(Sheet(line["sheet"], line["state"], output.tell(), output))
        elif "merged" in line:
            sheet = self.sheets[-1]
            sheet.merged, sheet.hidden_columns = line["merged"], line["hidden_columns"]
            sheet.notes, sheet.longest = line.get("notes", []), line.get("longest", 0)
            sheet.beyond = line.get("beyond", [])
        else:
            self.notes += line.get("notes", [])
