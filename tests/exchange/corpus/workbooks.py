"""Workbooks from rows: text stays text unless it is said to be a formula or an error value."""

import csv
import datetime as dt
import io
from decimal import Decimal

import xlwt
from openpyxl import Workbook

from apps.exchange.layout import letter
from tests.exchange.corpus import Bad, File


class Formula(str):
    """A formula nobody has calculated."""


class ErrorValue(str):
    """A cell whose last calculated value is an error."""


class Table:
    """Rows of a kind as a sheet: the header in row 1, the first row in row 2."""

    def __init__(self, kind, count=2):
        self.kind = kind
        self.titles = [column.title for column in kind.columns]
        self.rows = kind.rows(count)

    def letter(self, title):
        return letter(self.titles.index(title) + 1)

    def bad(self, index, column, cell, reason=""):
        """Return the error that `cell` in a column of row `index` (from 0) must become."""
        return Bad(index + 2, self.letter(column.title), column.title, shown(cell), reason)

    def body(self):
        return [[row[title] for title in self.titles] for row in self.rows]

    def lines(self):
        return [self.titles, *self.body()]

    def workbook(self):
        return workbook(self.lines())

    def content(self):
        return saved(self.workbook())


def shown(cell):
    """Return what an error says stands in a cell; None where a number may be written in more than one way."""
    return str(cell)[:200] if isinstance(cell, str | bool) else None


def workbook(lines, into=None):
    """Return a workbook with these lines in its first sheet."""
    book = into or Workbook()
    sheet = book.active
    for row, line in enumerate(lines, start=1):
        for column, given in enumerate(line, start=1):
            if given not in (None, ""):
                cell = sheet.cell(row, column, given)
                if isinstance(given, str):
                    cell.data_type = "f" if isinstance(given, Formula) else "e" if isinstance(given, ErrorValue) else "s"
    return book


def saved(book):
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def text(lines, encoding, mark):
    """Return lines as separated text."""
    output = io.StringIO()
    csv.writer(output, delimiter=mark).writerows([["" if cell is None else cell for cell in line] for line in lines])
    return output.getvalue().encode(encoding)


def old_workbook(lines):
    """Return lines as an .xls of 1997 to 2003 (BIFF8)."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet, day = book.add_sheet("数据"), xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for row, line in enumerate(lines):
        for column, cell in enumerate(line):
            if isinstance(cell, dt.date):
                sheet.write(row, column, cell, day)
            elif cell is not None:
                sheet.write(row, column, float(cell) if isinstance(cell, Decimal) else cell)
    return saved(book)


def spread(columns, cells, *more):
    """Pair columns and cells so that each of both comes up, with `more` behind each pair; nothing without columns."""
    size = max(len(columns), len(cells)) if columns else 0
    return [(columns[number % len(columns)], cells[number % len(cells)], *more) for number in range(size)]


def broken(kind, pairs):
    """Return the File in which each row has one bad cell, and the last row none.

    pairs: (column, cell or function of the good cell, part of the reason).
    """
    table, bad = Table(kind, len(pairs) + 1), []
    for index, (column, cell, reason) in enumerate(pairs):
        row = table.rows[index]
        row[column.title] = cell(row[column.title]) if callable(cell) else cell
        bad.append(table.bad(index, column, row[column.title], reason))
    return File("E", table.content(), bad=tuple(bad))


def understood(kind, pairs, verdict="N", says=()):
    """Return the File in which each row has one cell written in another way.

    pairs: (column, cell or function of the good cell, value or function of the good cell that is stored).
    """
    table = Table(kind, len(pairs))
    stored = [dict(row) for row in table.rows]
    for row, after, (column, cell, value) in zip(table.rows, stored, pairs, strict=True):
        good = row[column.title]
        row[column.title] = cell(good) if callable(cell) else cell
        after[column.title] = value(good) if callable(value) else value
    return File(verdict, table.content(), says=tuple(says), stored=tuple(stored))


def same(good):
    """The good cell itself: what is stored where a cell only looks different."""
    return good
