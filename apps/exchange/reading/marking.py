"""Give a user's own workbook back with its bad cells marked, in a limited child: `python -m ... IN OUT`.

Standard input is JSON: {"sheet", "header", "marks": [[row, column letter or null, message], ...], "only_bad"}.
The whole .xlsx comes back with its layout, a whole .xls or .csv as a plain .xlsx; asked for alone, or of a very large
sheet, the bad rows come back under all rows down to the header. Either can be mended and sent again as it stands.
"""

import datetime as dt
import json
import re
import sys

from apps.exchange.reading import MARKED, MAX_COLUMNS, guard, limits
from apps.exchange.reading.__main__ import bounded, lines

limits.without_numpy()

from openpyxl import Workbook, load_workbook  # noqa: E402
from openpyxl.cell import MergedCell, WriteOnlyCell  # noqa: E402
from openpyxl.comments import Comment  # noqa: E402
from openpyxl.styles import Alignment, PatternFill  # noqa: E402
from openpyxl.utils import column_index_from_string, get_column_letter  # noqa: E402

RED = PatternFill("solid", fgColor="FFFF9999")
MAX_CELLS = 400_000
MAX_SHEET_COLUMNS = 16_384
ELSEWHERE = re.compile(r"\[[^\[\]]+\][^\[\]!]*!")  # a formula that points to another workbook: [1]Sheet1!A1
NO_RESULT = "#N/A"  # a formula without a result: wrong until somebody writes a value


def main(path, target):
    limits.apply()
    given = json.load(sys.stdin)
    marks = {}
    for row, letter, message in given["marks"]:
        marks.setdefault(row, []).append((letter and column_index_from_string(letter), message))
    name, header, whole = given["sheet"], given["header"], not given["only_bad"]
    book = _marked(path, name, header, marks) if whole and guard.kind_of(path) == "xlsx" else None
    if book is None:
        cells, width = _size(path, name)
        book = _plain(path, name, header, marks, width, whole and cells <= MAX_CELLS)
    book.save(target)


# --- in place ----------------------------------------------------------------------------------------------------


def _marked(path, name, header, marks):
    """Return the workbook itself, marked; None where it is too large or too odd for that, or merged to its last column."""
    with open(path, "rb") as file:
        if _cells(file, name) > MAX_CELLS:
            return None
        try:
            book = load_workbook(file, keep_links=False)
        except Exception:  # whatever is wrong beside the rows (pictures, rules, styles): they were read, so they can come back
            return None
    _replace_links(path, book)
    return book if _mark(book[name], header, marks) else None


def _replace_links(path, book):
    """Write the stored results of formulas that point to other workbooks: those links are not kept, and the formulas would be broken.

    A result the reader does not rely on (see `xlsx.read`) is none here either. Only a workbook with such formulas is read again.
    """
    linked = {}
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f" and ELSEWHERE.search(getattr(cell.value, "text", None) or str(cell.value)):
                    linked.setdefault(sheet.title, {}).setdefault(cell.row, []).append(cell)
    current = None
    for line in bounded(lines(path)) if linked else ():
        if isinstance(line, dict):
            current = line.get("sheet", current)
            continue
        number, _, values = line
        for cell in linked.get(current, {}).pop(number, ()):
            value = values[cell.column - 1] if cell.column <= len(values) else None if cell.column <= MAX_COLUMNS else {}
            _put(cell, value)
    for cell in (cell for rows in linked.values() for cells in rows.values() for cell in cells):  # beyond what is read
        _put(cell, {})


def _put(cell, value):
    """Write the value of a line in place of a formula; a text never becomes one again."""
    cell.value, error = _value(value)
    if isinstance(cell.value, str):
        cell.data_type = "e" if error else "s"


def _cells(file, name):
    sheet = load_workbook(file, read_only=True)[name]
    return (sheet.max_row or MAX_CELLS) * (sheet.max_column or 1)


def _mark(sheet, header, marks):
    """Mark the cells in place and write the reasons into a last column; marks of an earlier round are taken away.

    Return whether the sheet has a column for the reasons: one in which no cell from the header down lies under a merged one.
    """
    before = next((cell.column for cell in sheet[header] if cell.value == MARKED), None)
    reasons = _column_of_reasons(sheet, header, before)
    if reasons is None:
        return False
    for row in sheet.iter_rows(min_row=header):
        for cell in row:
            if isinstance(cell, MergedCell):
                continue
            if cell.row > header and cell.fill.fgColor.rgb == RED.fgColor.rgb:
                cell.fill, cell.comment = PatternFill(), None
            if cell.column == before:
                cell.value = None
    sheet.cell(header, reasons, MARKED)
    sheet.column_dimensions[get_column_letter(reasons)].width = 60
    for row, faults in marks.items():
        for column, message in faults:
            if column:
                cell = _top_left(sheet, row, column)
                cell.fill, cell.comment = RED, Comment(message, "系统核对", width=320, height=120)
        place = sheet.cell(row, reasons, "\n".join(message for _, message in faults))
        place.alignment, place.data_type = Alignment(wrap_text=True, vertical="top"), "s"
    return True


def _column_of_reasons(sheet, header, before):
    """Return the column of an earlier round, or the first one behind all values, that no merged cell touches; None if there is none."""
    merged = {(area.min_col, area.max_col) for area in sheet.merged_cells.ranges if area.max_row >= header}
    last = max(cell.column for row in sheet.iter_rows() for cell in row if cell.value is not None and cell.column != before)
    columns = [*([before] if before else []), *range(last + 1, MAX_SHEET_COLUMNS + 1)]
    return next((column for column in columns if not any(first <= column <= end for first, end in merged)), None)


def _top_left(sheet, row, column):
    """Return the cell, or where it lies under a merged one, the cell of the merge that can be marked."""
    cell = sheet.cell(row, column)
    if isinstance(cell, MergedCell):
        area = next(area for area in sheet.merged_cells.ranges if cell.coordinate in area)
        cell = sheet.cell(area.min_row, area.min_col)
    return cell


# --- as a new workbook of values -----------------------------------------------------------------------------------


def _of_sheet(path, name):
    """Yield the child's lines of one sheet: its rows, and at the end what it saw beside them."""
    current = None
    for line in bounded(lines(path)):
        if isinstance(line, dict):
            current = line.get("sheet", current)
        if current == name and "sheet" not in line and "head" not in line:
            yield line


def _size(path, name):
    """Return how many cells a sheet has and how many columns."""
    widths = [len(line[2]) for line in _of_sheet(path, name) if isinstance(line, list)]
    return len(widths) * max(widths), max(widths)


def _plain(path, name, header, marks, width, whole):
    """Return a new workbook with the rows down to the header, and below it the bad rows, or all where `whole`."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(name)
    reasons, written = width, 0  # index of the column of the reasons: behind all others, or an earlier round's
    for line in _of_sheet(path, name):
        if isinstance(line, dict):
            _merge_head(sheet, line.get("merged", []), header)
            continue
        number, _, values = line
        if number == header and MARKED in values:
            reasons = values.index(MARKED)
        if not (number <= header or whole or number in marks):
            continue
        while (number <= header or whole) and written < number - 1:  # blank rows are not read, but keep their places
            sheet.append([])
            written += 1
        sheet.append(_row(sheet, values, marks.get(number, []), reasons, _said(number, marks, header, whole)))
        written += 1
    return book


def _merge_head(sheet, merged, header):
    for top, left, bottom, right in merged:
        if bottom <= header:
            sheet.merged_cells.add(f"{get_column_letter(left)}{top}:{get_column_letter(right)}{bottom}")


def _said(number, marks, header, whole):
    """Return what stands in the column of the reasons; a row that changed its place says where it stood."""
    if number == header:
        return MARKED
    messages = [message for _, message in marks.get(number, [])]
    return "\n".join([f"原第 {number} 行", *messages] if messages and not whole else messages) or None


def _row(sheet, values, faults, reasons, said):
    """Return the cells of a row of the new workbook."""
    bad = {column for column, _ in faults}
    values = [*values, *[None] * (reasons + 1 - len(values))]
    values[reasons] = said
    return [_cell(sheet, value, index in bad) for index, value in enumerate(values, start=1)]


def _value(value):
    """Return (value of a cell of a line, whether it is an error); what was no value stays none."""
    mark = value if isinstance(value, dict) else None
    if mark is None:
        return value, False
    if "d" in mark:
        value = dt.datetime.fromisoformat(mark["d"])
        return (value.date() if value.time() == dt.time() else value), False
    return mark.get("n", mark.get("e", NO_RESULT)), True


def _cell(sheet, value, bad):
    """Return one cell as it was read; a text never becomes a formula, and what was no value stays none."""
    mark = value if isinstance(value, dict) else {}
    value, error = _value(value)
    cell = WriteOnlyCell(sheet, value)
    if "format" in mark:
        cell.number_format = mark["format"]
    if isinstance(value, str):
        cell.data_type = "e" if error else "s"
    if bad:
        cell.fill = RED
    return cell


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
