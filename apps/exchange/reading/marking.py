"""Give a user's own workbook back with its bad cells marked, in a limited child: `python -m ... IN OUT`.

Standard input is JSON: {"sheet", "header", "marks": [[row, column letter or null, message], ...]}.
The layout is kept; .xls and .csv come back as plain .xlsx; a very large sheet comes back as its bad rows only.
"""

import json
import sys

from apps.exchange.reading import guard, limits
from apps.exchange.reading.__main__ import bounded, lines

limits.without_numpy()

from openpyxl import Workbook, load_workbook  # noqa: E402
from openpyxl.cell import MergedCell, WriteOnlyCell  # noqa: E402
from openpyxl.comments import Comment  # noqa: E402
from openpyxl.styles import Alignment, PatternFill  # noqa: E402
from openpyxl.utils import column_index_from_string  # noqa: E402

TITLE = "核对意见"
RED = PatternFill("solid", fgColor="FFFF9999")
MAX_CELLS = 400_000


def main(path, target):
    limits.apply()
    given = json.load(sys.stdin)
    marks = {}
    for row, letter, message in given["marks"]:
        marks.setdefault(row, []).append((letter and column_index_from_string(letter), message))
    with open(path, "rb") as file:
        if guard.kind_of(path) == "xlsx" and _cells(file, given["sheet"]) <= MAX_CELLS:
            book = load_workbook(file, keep_links=False)
            _mark(book[given["sheet"]], given["header"], marks)
        else:
            book = _bad_rows(path, given["sheet"], given["header"], marks)
    book.save(target)


def _cells(file, name):
    sheet = load_workbook(file, read_only=True)[name]
    return (sheet.max_row or MAX_CELLS) * (sheet.max_column or 1)


def _mark(sheet, header, marks):
    """Mark the cells in place and write the reasons into a last column; marks of an earlier round are taken away."""
    titles = {cell.value: cell.column for cell in sheet[header]}
    reasons = titles.get(TITLE) or sheet.max_column + 1
    sheet.cell(header, reasons, TITLE)
    sheet.column_dimensions[sheet.cell(header, reasons).column_letter].width = 60
    for row in sheet.iter_rows(min_row=header + 1):
        for cell in row:
            if cell.fill.fgColor.rgb == RED.fgColor.rgb:
                cell.fill, cell.comment = PatternFill(), None
            if cell.column == reasons:
                cell.value = None
    for row, faults in marks.items():
        for column, message in faults:
            if column:
                cell = _top_left(sheet, row, column)
                cell.fill, cell.comment = RED, Comment(message, "系统核对", width=320, height=120)
        place = sheet.cell(row, reasons, "\n".join(message for _, message in faults))
        place.alignment, place.data_type = Alignment(wrap_text=True, vertical="top"), "s"


def _top_left(sheet, row, column):
    """Return the cell, or where it lies under a merged one, the cell of the merge that can be marked."""
    cell = sheet.cell(row, column)
    if isinstance(cell, MergedCell):
        area = next(area for area in sheet.merged_cells.ranges if cell.coordinate in area)
        cell = sheet.cell(area.min_row, area.min_col)
    return cell


def _bad_rows(path, name, header, marks):
    """Return a new workbook with the header and the rows that have errors."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(name)
    current = None
    for line in bounded(lines(path)):
        if isinstance(line, dict):
            current = line.get("sheet", current)
        elif current == name and (line[0] == header or line[0] in marks):
            number, _, values = line
            faults = [(None, TITLE)] if number == header else marks[number]
            bad = {column for column, _ in faults}
            cells = [_cell(sheet, value, index in bad) for index, value in enumerate(values, start=1)]
            sheet.append([*cells, _cell(sheet, "\n".join(message for _, message in faults), False)])
    return book


def _cell(sheet, value, bad):
    shown = next(iter(value.values())) if isinstance(value, dict) else value
    cell = WriteOnlyCell(sheet, shown)
    if isinstance(shown, str):
        cell.data_type = "s"
    if bad:
        cell.fill = RED
    return cell


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
