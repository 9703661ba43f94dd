"""The one writer of lists: a workbook with title, conditions, date, units, frozen header, totals and print set-up, or a .csv.

Memory stays constant however many rows come. The sums are the only formulas, so that they follow when somebody
corrects a cell and sends the workbook back; a text that begins like a formula is written as a text cell with the quote
flag (in a .csv behind a quote), so that no program ever takes it for one.
"""

import csv
import datetime as dt
import hashlib
import io
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass

import xlsxwriter
from xlsxwriter.utility import xl_range

from apps.core import clock
from apps.exchange.quotes import quoted
from apps.exchange.rows import Rows

XLSX, CSV = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "text/csv; charset=utf-8"
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd",
}
A4, A3 = 9, 8
WIDE = 12  # columns; beyond it the sheet is printed on A3
WIDTHS = {"code": 22, "text": 16, "number": 14, "whole": 10, "period": 8, "date": 12}


@dataclass(frozen=True)
class Heading:
    """A column of a list that belongs to no ledger: its title, and a widget that says how its values are written."""

    title: str
    widget: object


def to_file(write):
    """Return (open temporary file at its beginning, what `write(file)` returned, SHA-256); whoever takes the file closes it."""
    file = tempfile.TemporaryFile()  # noqa: SIM115
    told = write(file)
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    return file, told, digest


def write_list(target, **sheet):
    """Write one sheet (keywords of `write_sheet`) to `target` (path or binary file) and return the number of data rows."""
    return write_book(target, [sheet])


def write_book(target, sheets):
    """Write several sheets, each the keywords of `write_sheet`, to `target` and return the number of data rows of all."""
    with opened(target) as book:
        return sum(write_sheet(book, **sheet) for sheet in sheets)


@contextmanager
def opened(target):
    """Open a workbook that is written row by row to `target`; the same content on the same day is the same file."""
    with tempfile.TemporaryDirectory() as folder, xlsxwriter.Workbook(target, {**OPTIONS, "tmpdir": folder}) as book:
        book.set_properties({"created": dt.datetime.combine(clock.today(), dt.time.min)})
        book.calc_on_load = False  # every sum is written with its result; a reader need not wait for somebody to calculate it
        yield book


def write_csv(target, columns, rows):
    """Write the titles and the rows to a binary file as UTF-8 with a byte order mark; return the number of data rows."""
    text = io.TextIOWrapper(target, encoding="utf-8-sig", newline="")
    lines, count = csv.writer(text), 0
    lines.writerow([quoted(column.title) for column in columns])
    for values in rows:
        lines.writerow([quoted(value) if isinstance(value, str) else value for value in values])
        count += 1
    text.detach()
    return count


def write_sheet(book, *, title, head, columns, rows, totals=(), may_add_up=lambda: True, results=None, feet=(), signatures=""):
    """Write one sheet and return the number of its data rows.

    head: sentences under the title (conditions, 截至 date, author).  columns: Columns of a resource.  rows: an iterator
    of lists of values in their order.  totals: the columns that are added up, where `may_add_up()` says so after the
    last row.  results: column -> what else stands in the row of totals: a ratio from sums.  feet: sentences under the
    table.  signatures: the line on which people sign.
    """
    sheet = book.add_worksheet(title[:31])
    styles = _styles(book, columns)
    number = first = _write_head(sheet, styles, title, head, columns)
    set_up_print(sheet, number, number, columns)
    sums = [(index, column) for index, column in enumerate(columns) if column in totals]
    found = dict.fromkeys(totals)
    lines = Rows(sheet, [styles[index] for index in range(len(columns))], styles["quoted"])
    for number, values in enumerate(rows, start=first + 1):
        lines.write(number, values)
        for index, column in sums:
            if values[index] is not None:  # no data adds nothing, and a column without any data has no sum
                found[column] = values[index] + (found[column] or 0)
    count = number - first
    if count and (found or results) and may_add_up():
        number += 1
        _write_totals(sheet, first + 1, number, columns, found, results or {}, styles)
    for below, sentence in enumerate(feet, start=1):
        sheet.write_string(number + below, 0, f"注：{sentence}", styles["plain"])
    if signatures:
        sheet.write_string(number + len(feet) + 2, 0, signatures, styles["plain"])
    return count


def _styles(book, columns):
    """Return the cell formats: one per column, and those of the frame."""
    line = {"border": 1, "border_color": "#BFBFBF", "valign": "vcenter"}
    styles = {
        "title": book.add_format({"bold": True, "font_size": 16, "valign": "vcenter"}),
        "plain": book.add_format({"font_color": "#595959"}),
        "header": book.add_format({**line, "bold": True, "bg_color": "#DDE7F3", "align": "center", "text_wrap": True}),
        "quoted": book.add_format({**line, "num_format": "@", "quote_prefix": True}),
        "total_text": book.add_format({**line, "bold": True, "bg_color": "#F2F2F2"}),
    }
    for index, column in enumerate(columns):
        styles[index] = book.add_format({**line, "num_format": number_format(column)})
        styles[("total", index)] = book.add_format({**line, "bold": True, "bg_color": "#F2F2F2", "num_format": number_format(column)})
    return styles


def number_format(column):
    """Return the number format of a column: thousands and decimals for figures, text for codes and words."""
    form = column.widget.form
    if form == "number":
        return "#,##0" + (f".{'0' * column.widget.places}" if column.widget.places else "")
    return {"whole": "#,##0", "period": "0", "date": "yyyy-mm-dd"}.get(form, "@")


def _write_head(sheet, styles, title, head, columns):
    """Write title, conditions and header; return the (zero-based) row of the header."""
    sheet.set_row(0, 26)
    sheet.write_string(0, 0, title, styles["title"])
    for number, sentence in enumerate(head, start=1):
        sheet.write_string(number, 0, sentence, styles["plain"])
    number = len(head) + 1
    sheet.set_row(number, 32)
    for index, column in enumerate(columns):
        sheet.set_column(index, index, WIDTHS.get(column.widget.form, 16))
        sheet.write_string(number, index, column.title, styles["header"])
    return number


def set_up_print(sheet, first, last, columns, frozen=1):
    """Freeze what lies above and left of the data and repeat the header (rows `first` to `last`) on every printed page."""
    sheet.freeze_panes(last + 1, frozen)
    sheet.repeat_rows(first, last)
    sheet.set_landscape()
    sheet.set_paper(A3 if len(columns) > WIDE else A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    sheet.set_footer("&C第 &P 页 共 &N 页")


def _write_totals(sheet, first, number, columns, sums, results, styles):
    sheet.write_string(number, 0, "合计", styles["total_text"])
    for index, column in enumerate(columns[1:], start=1):
        style = styles[("total", index)]
        if sums.get(column) is not None:
            sheet.write_formula(number, index, f"=SUM({xl_range(first, index, number - 1, index)})", style, sums[column])
        elif results.get(column) is not None:
            sheet.write_number(number, index, results[column], style)
        else:
            sheet.write_blank(number, index, None, styles["total_text"])
