"""Read an old .xls (BIFF) through xlrd."""

import math

import xlrd

from apps.exchange.reading import MAX_COLUMNS, formats

STATES = {0: "visible", 1: "hidden", 2: "veryHidden"}


def read(path):
    """Yield the lines of every sheet (see the package)."""
    book = xlrd.open_workbook(path, formatting_info=True)
    shown = _shown(book)
    yield {"notes": ["文件内容是旧版 .xls 工作簿（97-2003 格式），已按内容读取，与文件名无关。"]}
    for sheet in book.sheets():
        yield {"sheet": sheet.name, "state": STATES.get(sheet.visibility, "visible")}
        yield from _rows(book, sheet, shown)


def _shown(book):
    """Return style -> number format, of the styles in which people see another number or a unit."""
    formats_of = ((index, book.format_map.get(style.format_key)) for index, style in enumerate(book.xf_list))
    return {index: known.format_str for index, known in formats_of if known and not formats.is_plain(known.format_str)}


def _rows(book, sheet, shown):
    for index in range(sheet.nrows):
        info = sheet.rowinfo_map.get(index)
        cells = sheet.row(index)[:MAX_COLUMNS]
        yield [index + 1, bool(info and info.hidden), [_value(book, cell, shown) for cell in cells]]
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
