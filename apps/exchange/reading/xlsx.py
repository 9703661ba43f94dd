"""Read an .xlsx in one streaming pass: values, formulas without a result, error cells, merges, what is hidden."""

import datetime as dt
import math
import re

from apps.exchange.reading import BLANK_ROWS, MAX_COLUMNS, limits

limits.without_numpy()

from openpyxl import load_workbook  # noqa: E402
from openpyxl.utils import column_index_from_string  # noqa: E402
from openpyxl.utils.escape import unescape  # noqa: E402
from openpyxl.worksheet import _reader  # noqa: E402
from openpyxl.worksheet._read_only import ReadOnlyWorksheet  # noqa: E402
from openpyxl.worksheet.cell_range import CellRange  # noqa: E402

MERGED = re.compile(rb'<mergeCell [^>]*?ref="([A-Z]+[0-9]+:[A-Z]+[0-9]+)"')
PIECE = 1024**2
OVERLAP = 200  # longer than any mergeCell


class SheetParser(_reader.WorkSheetParser):
    """openpyxl's parser, told to speak up where a formula has no cached result instead of calling it empty."""

    def parse_cell(self, element):
        cell = super().parse_cell(element)
        if cell["value"] is None and cell["data_type"] != "inlineStr":
            formula = element.find(_reader.FORMULA_TAG)
            if formula is not None:
                cell["value"], cell["data_type"] = formula.text or "", "f"
        return cell


def read(path):
    """Yield the lines of every worksheet (see the package)."""
    with open(path, "rb") as file:  # opened here: openpyxl refuses names without a suffix
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        for sheet in book.worksheets:
            if isinstance(sheet, ReadOnlyWorksheet):
                yield {"sheet": sheet.title, "state": sheet.sheet_state}
                yield from _rows(sheet)


def _rows(sheet):
    book = sheet.parent
    with sheet._get_source() as source:
        parser = SheetParser(
            source,
            sheet._shared_strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        filled, ended = 0, False
        for number, cells in parser.parse():
            hidden = parser.row_dimensions.get(str(number), {}).get("hidden") in ("1", "true")
            parser.row_dimensions.clear()
            values = _values(cells)
            filled = number if values else filled
            yield [number, hidden, values]
            if ended := number - filled > BLANK_ROWS:  # a million formatted rows would be half a minute
                break
        merged = _merged_below(sheet) if ended else parser.merged_cells.mergeCell if parser.merged_cells else []
        yield {
            "merged": [[area.min_row, area.min_col, area.max_row, area.max_col] for area in merged],
            "hidden_columns": sorted(_hidden(parser.column_dimensions)),
        }


def _merged_below(sheet):
    """Return the merged areas of a sheet that was not parsed to its end: they stand below the rows."""
    found, rest = set(), b""
    with sheet._get_source() as source:
        while piece := source.read(PIECE):
            found.update(MERGED.findall(rest + piece))
            rest = piece[-OVERLAP:]
    return [CellRange(area.decode()) for area in sorted(found)]


def _values(cells):
    """Return the values of a row in order, gaps filled, nothing beyond the last column we read."""
    row = []
    for cell in cells:
        column = cell["column"]
        if cell["value"] is None or column > MAX_COLUMNS:
            continue
        row.extend([None] * (column - 1 - len(row)))
        row.append(_value(cell["value"], cell["data_type"]))
    return row


def _value(value, data_type):
    if data_type == "f":
        return {"f": f"={value}"}
    if data_type == "e":
        return {"e": str(value)}
    if isinstance(value, dt.datetime | dt.date):
        return {"d": value.isoformat()}
    if isinstance(value, dt.time | dt.timedelta):
        return str(value)
    if isinstance(value, str) and "_x" in value:
        return unescape(value)  # _x000D_ is how a workbook writes a carriage return
    if isinstance(value, float) and not math.isfinite(value):
        return {"e": "#NUM!"}
    return value


def _hidden(dimensions):
    for letter, attributes in dimensions.items():
        if attributes.get("hidden") in ("1", "true"):
            first = column_index_from_string(letter)
            yield from range(first, min(int(attributes.get("max", first)), MAX_COLUMNS) + 1)
