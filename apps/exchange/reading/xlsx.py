"""Read an .xlsx in one streaming pass: values, formulas without a result, error cells, merges, what is hidden."""

import datetime as dt
import math

from apps.exchange.reading import MAX_COLUMNS, limits

limits.without_numpy()

from openpyxl import load_workbook  # noqa: E402
from openpyxl.utils import column_index_from_string  # noqa: E402
from openpyxl.utils.escape import unescape  # noqa: E402
from openpyxl.worksheet import _reader  # noqa: E402
from openpyxl.worksheet._read_only import ReadOnlyWorksheet  # noqa: E402


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
        for number, cells in parser.parse():
            hidden = parser.row_dimensions.get(str(number), {}).get("hidden") in ("1", "true")
            parser.row_dimensions.clear()
            yield [number, hidden, _values(cells)]
        merged = parser.merged_cells.mergeCell if parser.merged_cells else []
        yield {
            "merged": [[area.min_row, area.min_col, area.max_row, area.max_col] for area in merged],
            "hidden_columns": sorted(_hidden(parser.column_dimensions)),
        }


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
