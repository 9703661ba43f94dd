"""A file after the child has read it: sheets, their first rows, and their rows again as often as needed."""

import datetime as dt
import json
from dataclasses import dataclass, field
from decimal import Decimal

from apps.exchange import child
from apps.exchange.layout import HEAD
from apps.exchange.reading import Unreadable
from apps.exchange.rules import BadCell


def _cell(mark):
    """Turn the child's marks back into cells."""
    if "d" in mark:
        moment = dt.datetime.fromisoformat(mark["d"])
        return moment.date()
    if "e" in mark:
        return BadCell(mark["e"])
    if "f" in mark:
        return BadCell(mark["f"], formula=True)
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
    beyond: list = field(default_factory=list)  # [[column, first text in it or None]] beyond the columns that are read

    def below(self, row):
        """Return how many filled rows stand below `row` of the head."""
        return self.filled - sum(number <= row for number, _ in self.head)

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
            raise Unreadable("工作簿里没有工作表。")
        return source

    def _take(self, line, output):
        if "refused" in line:
            raise Unreadable(line["refused"])
        if "sheet" in line:
            self.sheets.append(Sheet(line["sheet"], line["state"], output.tell(), output))
        elif "merged" in line:
            sheet = self.sheets[-1]
            sheet.merged, sheet.hidden_columns, sheet.notes = line["merged"], line["hidden_columns"], line.get("notes", [])
            sheet.beyond = line.get("beyond", [])
        else:
            self.notes += line.get("notes", [])
