"""Read an old .xls (BIFF) through xlrd."""

import math
import re
from struct import unpack_from

import xlrd

from apps.exchange.reading import MAX_COLUMNS, formats

STATES = {0: "visible", 1: "hidden", 2: "veryHidden"}
FORMULA, BEGIN, END = 0x0006, 0x0809, 0x000A  # records: code and length, two bytes each, then the data
WITHOUT_RESULT = re.compile(rb"\x06\0.{8}(?:\0{8}|\x03.{5}\xff\xff)", re.S)  # a formula with the result 0 or an empty text
WHEN_OPENED = 0x0002  # flag of a formula: it is to be calculated when the workbook is opened
NOBODY = b"\x5c\0\x70\0" + b"None".ljust(112)  # who saved the workbook, as xlwt writes it: it calculates nothing and sets no flag


def read(path):
    """Yield the lines of every sheet (see the package)."""
    book = xlrd.open_workbook(path, formatting_info=True, on_demand=True)  # which keeps the records
    shown = _shown(book)
    yield {"notes": ["文件内容是旧版 .xls 工作簿（97-2003 格式），已按内容读取，与文件名无关。"]}
    for sheet in book.sheets():
        yield {"sheet": sheet.name, "state": STATES.get(sheet.visibility, "visible")}
        yield from _rows(book, sheet, shown, _without_result(book, sheet))


def _without_result(book, sheet):
    """Return {(row, column)} of the formulas nobody has calculated; xlrd gives their 0 or empty text for a result.

    A program that cannot calculate says so in the record of the formula (Apache POI, PHPExcel), or is xlwt.
    """
    if book.biff_version < 50 or not WITHOUT_RESULT.search(book.mem):
        return frozenset()
    found, place, depth = set(), book._sh_abs_posn[sheet.number], 0
    by_nobody = book.mem.find(NOBODY) >= 0
    while True:
        code, length = unpack_from("<HH", book.mem, place)
        if code == FORMULA:
            row, column, _, result, flags = unpack_from("<HHH8sH", book.mem, place + 4)
            is_empty = result[0] == 3 and result[6:] == b"\xff\xff"
            if (is_empty or not any(result)) and (by_nobody or flags & WHEN_OPENED):
                found.add((row, column))
        depth += (code == BEGIN) - (code == END)  # a chart stands within the sheet
        if not depth:
            return found
        place += 4 + length


def _shown(book):
    """Return style -> number format, of the styles that show not just the number."""
    formats_of = ((index, book.format_map.get(style.format_key)) for index, style in enumerate(book.xf_list))
    return {index: known.format_str for index, known in formats_of if known and not formats.is_plain(known.format_str)}


def _rows(book, sheet, shown, without_result):
    for index in range(sheet.nrows):
        info = sheet.rowinfo_map.get(index)
        cells = sheet.row(index)[:MAX_COLUMNS]
        values = [_value(book, cell, shown) for cell in cells]
        if without_result:
            values = [{"f": "="} if (index, column) in without_result else value for column, value in enumerate(values)]
        yield [index + 1, bool(info and info.hidden), values]
    yield {
        "merged": [[top + 1, left + 1, bottom, right] for top, bottom, left, right in sheet.merged_cells],
        "hidden_columns": [index + 1 for index, info in sorted(sheet.colinfo_map.items()) if info.hidden],
    }


def _value(book, cell, shown):
    if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
        return None
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return {"e": xlrd.error_text_from_code.get(cell.value, "#ERROR")}
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    if cell.ctype == xlrd.XL_CELL_DATE:
        return _date(book, cell.value)
    if isinstance(cell.value, float) and not math.isfinite(cell.value):
        return {"e": "#NUM!"}
    if cell.ctype == xlrd.XL_CELL_NUMBER and cell.xf_index in shown:
        return formats.as_shown(cell.value, shown[cell.xf_index])
    return cell.value


def _date(book, serial):
    try:
        return {"d": xlrd.xldate_as_datetime(serial, book.datemode).isoformat()}
    except (xlrd.xldate.XLDateError, ValueError, OverflowError):
        return {"e": "#VALUE!"}
