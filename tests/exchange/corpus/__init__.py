"""The hostile-spreadsheet corpus: 49 classes of bad and odd files, built for any kind of spreadsheet, with what must become of each.

table.py holds the verdicts, layouts.py, cells.py and files.py a small function for each class, kinds.py what a kind is. A
class is a generator of `File`s; one that a kind has no column for is left out, and `needs` says what it lacks.
"""

import os
from dataclasses import dataclass

from tests.exchange.corpus.table import VERDICTS

XLSX = "数据.xlsx"
WHOLE = bool(os.environ.get("WHOLE"))  # `WHOLE=1 pytest -m deep`: every class x every kind, 10,000 broken cells


@dataclass(frozen=True)
class Bad:
    """A cell that must be named: row, column letter, title, what stands in it (None: not compared) and part of the reason."""

    row: int
    letter: str
    title: str
    value: str | None = None
    reason: str = ""


@dataclass(frozen=True)
class File:
    """One file and its verdict.

    verdict: R refused as a whole, E row errors, N taken and told what was read into it, A taken as it stands, ? taken with a
    warning before anybody confirms.  says: parts of the refusal (R) or of the notes.  bad: the cells named, in their order.
    stored: the rows of the ledger afterwards, title -> value as an export writes it.  changed: how many of them were there.
    """

    verdict: str
    content: bytes
    name: str = XLSX
    says: tuple = ()
    bad: tuple = ()
    stored: tuple = ()
    changed: int = 0


@dataclass(frozen=True)
class Case:
    """A class of the table: which columns of a kind it needs, and the function (kind, columns) -> Files."""

    code: str
    needs: str
    columns: object
    build: object

    def fits(self, kind):
        """Say whether the kind has what the class needs."""
        return bool(self.columns(kind))

    def files(self, kind):
        """Return the Files of this class for a kind; their verdicts are those of the table."""
        files = list(self.build(kind, self.columns(kind)))
        assert files and {file.verdict for file in files} <= set(VERDICTS[self.code][0]), self.code
        return files


CASES = {}


def case(code, needs="any column", columns=lambda kind: kind.columns):
    """Enter a function in the corpus as class `code`. needs: in words what `columns` looks for in a kind."""

    def enter(build):
        assert code not in CASES
        CASES[code] = Case(code, needs, columns, build)
        return build

    return enter


def having(*forms, keys=True):
    """Return the arguments of `case` for the columns of these forms (kinds.form_of)."""
    return {"needs": "a column of " + ", ".join(forms), "columns": lambda kind: kind.of(*forms, keys=keys)}
