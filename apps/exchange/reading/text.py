"""Read a .csv or tab-separated text: byte order mark, then strict UTF-8, then GB18030."""

import codecs
import csv
import io
import re

from apps.exchange.quotes import unquoted
from apps.exchange.reading import MAX_COLUMNS, Unreadable

NOT_A_TABLE = "这不是工作簿，也不是逗号或制表符分隔的表格。请上传 .xlsx、.xls 或 .csv 文件。"
STRAY_QUOTE = "第 {} 行的双引号没有配对，分不清哪些内容是一格。请用表格软件打开原来的表格，另存为 .xlsx 再上传。"
MEANT_AS_TEXT = re.compile(r'="([^"]*)"')  # how a program keeps a spreadsheet from taking a code for a number
MONTH_OR_NUMBER = re.compile(r"(?:19|20)\d\d\.1")  # 2021.1, or 2021.10 as a spreadsheet writes the number
ODD = re.compile(r'="|(?<!\d)(?:19|20)\d\d\.1(?!\d)')  # what either of them begins with
MARKS = [(codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")]


def decode(content):
    """Return (text, encoding) of the bytes of a text file; raise Unreadable for binary content."""
    marked = [encoding for mark, encoding in MARKS if content.startswith(mark)]
    for encoding in marked or ["utf-8", "gb18030"]:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text, encoding
    raise Unreadable(NOT_A_TABLE)


def read(path):
    """Yield the lines of the one sheet (see the package). A cell is text, but for 2021.1, which may have been the number 2021.10."""
    with open(path, "rb") as file:
        text, encoding = decode(file.read())
    first = [line for line in text.splitlines() if line.strip()][:30]
    delimiter = max("\t,;", key=lambda mark: sum(mark in line for line in first))
    if not any(delimiter in line for line in first):
        raise Unreadable(NOT_A_TABLE)
    yield {"notes": [f"文本表格，按 {encoding.upper()} 编码读取。"]}
    yield {"sheet": "文本", "state": "visible"}
    longest, number, meant = 0, 0, False
    as_cell = _carefully if ODD.search(text) else unquoted
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), start=1):
            row = [as_cell(cell) or None for cell in cells[:MAX_COLUMNS]]
            longest = max(longest, len(row))
            meant = meant or (as_cell is _carefully and any(map(MEANT_AS_TEXT.fullmatch, cells)))
            yield [number, False, row]
    except csv.Error as error:
        raise Unreadable(STRAY_QUOTE.format(number + 1)) from error
    notes = ['写成 ="…" 的单元格，已按引号里的文字读取。'] if meant else []
    yield {"merged": [], "hidden_columns": [], "notes": notes, "longest": longest}


def _carefully(written):
    if meant := MEANT_AS_TEXT.fullmatch(written):
        return meant[1]
    return float(written) if MONTH_OR_NUMBER.fullmatch(written) else unquoted(written)
