"""Read an .xlsx in one streaming pass: values, formulas without a result, error cells, merges, what is hidden.

What number formats make of values is decided once for each style, so that cells of nearly all of them cost nothing more.
"""

import datetime as dt
import math
import re
from xml.etree.ElementTree import iterparse

from apps.exchange.reading import BLANK_ROWS, DAMAGED, MAX_COLUMNS, Unreadable, formats, limits

limits.without_numpy()

from openpyxl.cell.text import Text  # noqa: E402
from openpyxl.reader.excel import ExcelReader  # noqa: E402
from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE  # noqa: E402
from openpyxl.utils import get_column_letter  # noqa: E402
from openpyxl.utils.escape import unescape  # noqa: E402
from openpyxl.worksheet._read_only import ReadOnlyWorksheet  # noqa: E402
from openpyxl.worksheet._reader import CELL_TAG, COL_TAG, FORMULA_TAG, MERGE_TAG, ROW_TAG, VALUE_TAG, WorkSheetParser, _cast_number  # noqa: E402
from openpyxl.worksheet.cell_range import CellRange  # noqa: E402
from openpyxl.worksheet.merge import MergeCells  # noqa: E402
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS  # noqa: E402

MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*["']([^"']+)""")
CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
PIECE = 1024**2
OVERLAP = 200  # longer than any mergeCell
COLUMNS = {get_column_letter(index): index for index in range(1, MAX_COLUMNS + 1)}
DIGITS = "0123456789"
TRUE, FALSE = ("1", "true"), ("0", "false")
CHINESE_DATES = {*range(27, 37), *range(50, 59)}  # built-in formats without a text in the file, such as 2021年6月1日
STRING_TAG, TEXT_TAG = f"{{{SHEET_MAIN_NS}}}si", f"{{{SHEET_MAIN_NS}}}t"
CALCULATION_TAG = f"{{{SHEET_MAIN_NS}}}calcPr"
WITHIN_ROWS = {CELL_TAG, VALUE_TAG}  # nearly every element; read with its row


class SheetParser(WorkSheetParser):
    """openpyxl's parser of one sheet; cells come as pairs (column, cell of a line).

    It speaks up where a formula has no cached result instead of calling it empty, or one that says nothing
    (`_is_stale`). Read without openpyxl's detours is
    what nearly every cell is (empty, a number, a shared string), by the parser written in C: a document type, against
    which openpyxl takes the one written in Python, was refused by `guard`. Both together halve it (2.5 to 1.3 s).
    """

    def __init__(self, *args, shown, stale, **kwargs):
        """shown: style -> number format, of the styles that show not just the number (`formats`).  stale: see `_is_stale`."""
        super().__init__(*args, **kwargs)
        self.shown, self.stale = shown, stale
        self.looked_at = {str(style) for style in self.date_formats} | set(shown)
        self.merged, self.hidden_columns = [], []

    def rows(self):
        """Yield (number, hidden, cells); what is merged and hidden is known after the last one."""
        for _, element in iterparse(self.source):
            if (tag := element.tag) in WITHIN_ROWS:
                continue
            if tag == ROW_TAG:
                number, cells = self.parse_row(element)
                yield number, element.get("hidden") in TRUE, _values(cells)
                element.clear()
            elif tag == COL_TAG:
                self.hidden_columns += _hidden(element)
                element.clear()
            elif tag == MERGE_TAG:
                self.merged = list(map(_corners, MergeCells.from_tree(element).mergeCell))

    def parse_cell(self, element):
        column = COLUMNS.get(element.get("r", "").rstrip(DIGITS))
        if column is None:
            return self._carefully(element)
        self.col_counter = column
        if not (parts := len(element)):
            return column, None
        if parts > 1 and self.stale and (formula := element.find(FORMULA_TAG)) is not None:
            return column, {"f": f"={formula.text or ''}"}
        written, kind = element.findtext(VALUE_TAG), element.get("t", "n")
        if written and kind == "s":
            return column, _text(self.shared_strings[int(written)])
        if written and kind == "n" and element.get("s", "0") not in self.looked_at:
            return column, _number(_cast_number(written))
        return self._carefully(element)

    def _carefully(self, element):
        cell = super().parse_cell(element)
        if cell["value"] is None and cell["data_type"] != "inlineStr" and not _says_nothing(element):
            formula = element.find(FORMULA_TAG)
            if formula is not None:
                cell["value"], cell["data_type"] = formula.text or "", "f"
        value = _value(cell["value"], cell["data_type"])
        if cell["data_type"] == "n" and type(value) in (int, float) and (code := self.shown.get(element.get("s", "0"))):
            value = formats.as_shown(value, code)
        return cell["column"], value


class Reader(ExcelReader):
    """openpyxl's reader of a workbook; shared strings without a format of their own skip its detours (0.2 s for 8,000)."""

    def read_strings(self):
        part = self.package.find(SHARED_STRINGS)
        if part is not None:
            with self.archive.open(part.PartName[1:]) as source:
                self.shared_strings = list(_strings(source))


def _strings(source):
    for _, element in iterparse(source):
        if element.tag == STRING_TAG:
            plain = len(element) == 1 and element[0].tag == TEXT_TAG
            text = element[0].text or "" if plain else Text.from_tree(element).content
            yield text.replace("x005F_", "")  # as openpyxl does
            element.clear()


def read(path):
    """Yield the lines of every worksheet (see the package)."""
    with open(path, "rb") as file:  # opened here: openpyxl refuses names without a suffix
        reader = Reader(file, read_only=True, data_only=True, keep_links=False)
        reader.read()
        book = reader.wb
        shown, stale = _shown(book), _is_stale(reader)
        sheets = [sheet for sheet in book.worksheets if isinstance(sheet, ReadOnlyWorksheet)]
        used = sheets if len(sheets) == 1 else [sheet for sheet in sheets if _has_cells(sheet)]
        for sheet in sheets:
            yield {"sheet": sheet.title, "state": sheet.sheet_state}
            merged = None
            if used == [sheet]:
                merged, rows = _looked_through(sheet)
                yield {"head": rows, "merged": merged}
            yield from _rows(sheet, shown, stale, merged)


def _is_stale(reader):
    """Say whether a workbook says of itself that its formulas are to be calculated: the results in it are a writer's zeros, or
    those of a template whose cells were filled in by a program.

    Excel, WPS and LibreOffice save results and do not say so; openpyxl always says so and writes none. openpyxl is not asked,
    since it takes the attribute for set where it is missing.
    """
    with reader.archive.open(reader.parser.workbook_part_name) as source:
        settings = next((element.attrib for _, element in iterparse(source) if element.tag == CALCULATION_TAG), {})
    return settings.get("fullCalcOnLoad") in TRUE or settings.get("calcCompleted") in FALSE


def _shown(book):
    """Return style -> number format, of the styles that show not just the number."""
    known = BUILTIN_FORMATS | {44: BUILTIN_FORMATS[42]} | dict(enumerate(book._number_formats, BUILTIN_FORMATS_MAX_SIZE))
    codes = {number: code for number, code in known.items() if not formats.is_plain(code)}
    return {str(index): codes[style.numFmtId] for index, style in enumerate(book._cell_styles) if style.numFmtId in codes}


def _dates(book):
    """Return the styles of dates; openpyxl knows none by a built-in number whose text each language writes for itself."""
    return book._date_formats | {index for index, style in enumerate(book._cell_styles) if style.numFmtId in CHINESE_DATES}


def _rows(sheet, shown, stale, before):
    """Yield the lines of a sheet.  before: the merged areas that were told before its rows, None where none were."""
    book = sheet.parent
    with sheet._get_source() as source:
        parser = SheetParser(
            source,
            sheet._shared_strings,
            shown=shown,
            stale=stale,
            data_only=True,
            epoch=book.epoch,
            date_formats=_dates(book),
            timedelta_formats=book._timedelta_formats,
        )
        filled, ended = 0, False
        for number, hidden, values in parser.rows():
            filled = number if values else filled
            yield [number, hidden, values]
            if ended := number - filled > BLANK_ROWS:  # a million formatted rows would be half a minute
                break
        merged = _looked_through(sheet)[0] if ended else parser.merged  # of a sheet that was not parsed to its end they stand below
        if before is not None and sorted(merged) != sorted(before):
            raise Unreadable(DAMAGED)
        yield {"merged": merged, "hidden_columns": sorted(parser.hidden_columns)}


def _pieces(sheet):
    """Yield the raw text of a sheet in pieces, each with the end of the one before it, a tenth of the time of parsing it."""
    rest = b""
    with sheet._get_source() as source:
        while piece := source.read(PIECE):
            yield rest + piece
            rest = piece[-OVERLAP:]


def _has_cells(sheet):
    return any(CELL.search(piece) for piece in _pieces(sheet))


def _looked_through(sheet):
    """Return the merged areas of a sheet, which stand behind its rows, and about how many rows there are."""
    found, rows = set(), 0
    for piece in _pieces(sheet):
        found.update(MERGED.findall(piece))
        rows += len(ROW.findall(piece))
    return [_corners(CellRange(area.decode())) for area in sorted(found)], rows


def _corners(area):
    return [area.min_row, area.min_col, area.max_row, area.max_col]


def _values(cells):
    """Return the values of a row in order, gaps filled, nothing beyond the last column we read."""
    row = []
    for column, value in cells:
        if value is None or column > MAX_COLUMNS:
            continue
        if column - 1 != len(row):
            row.extend([None] * (column - 1 - len(row)))
        row.append(value)
    return row


def _says_nothing(element):
    """Say whether a formula resulted in an empty text: such a cell is blank, not one nobody has calculated."""
    return element.get("t") == "str" and element.find(VALUE_TAG) is not None


def _value(value, data_type):
    if value is None:
        return None
    if data_type == "f":
        return {"f": f"={value}"}
    if data_type == "e":
        return {"e": str(value)}
    if isinstance(value, dt.datetime | dt.date):
        return {"d": value.isoformat()}
    if isinstance(value, dt.time | dt.timedelta):
        return str(value)
    return _text(value) if isinstance(value, str) else _number(value)


def _text(value):
    return unescape(value) if "_x" in value else value  # _x000D_ is how a workbook writes a carriage return


def _number(value):
    return {"e": "#NUM!"} if isinstance(value, float) and not math.isfinite(value) else value


def _hidden(element):
    """Return the columns an element speaks of, where it hides them."""
    first, last = int(element.get("min")), int(element.get("max", element.get("min")))
    return range(first, min(last, MAX_COLUMNS) + 1) if element.get("hidden") in TRUE else ()
