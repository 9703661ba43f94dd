"""Read a .csv or tab-separated text: byte order mark, then strict UTF-8, then GB18030."""

import codecs
import csv
import io

from apps.exchange.quotes import unquoted
from apps.exchange.reading import MAX_COLUMNS, Unreadable

NOT_A_TABLE = "这不是工作簿，也不是逗号或制表符分隔的表格。请上传 .xlsx、.xls 或 .csv 文件。"
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
    """Yield the lines of the one sheet (see the package). Every cell is text."""
    with open(path, "rb") as file:
        text, encoding = decode(file.read())
    first = [line for line in text.splitlines() if line.strip()][:30]
    delimiter = max("\t,;", key=lambda mark: sum(mark in line for line in first))
    if not any(delimiter in line for line in first):
        raise Unreadable(NOT_A_TABLE)
    yield {"notes": [f"文本表格，按 {encoding.upper()} 编码读取。"]}
    yield {"sheet": "文本", "state": "visible"}
    for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), start=1):
        yield [number, False, [unquoted(cell) or None for cell in cells[:MAX_COLUMNS]]]
    yield {"merged": [], "hidden_columns": []}
