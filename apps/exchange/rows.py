"""Rows of a workbook written as ready-made text: the library's own way makes five calls and an object of every cell.

Works on a worksheet of XlsxWriter opened with `constant_memory` (requirements.txt names the version; the tests read
every kind of cell back). Rows come in order, as there.
"""

import re
from decimal import Decimal
from xml.sax.saxutils import escape

from xlsxwriter.utility import xl_col_to_name

from apps.exchange.quotes import DANGEROUS

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]")  # what XML cannot hold, and a carriage return, which it would change
LOOKS_ESCAPED = re.compile(r"(_x[0-9a-fA-F]{4}_)")


class Rows:
    """Writes rows of values into `sheet`, each value in the format of its column; as_text: that of a text that begins like a formula."""

    def __init__(self, sheet, formats, as_text):
        self.sheet = sheet
        self.cells = [(f'<c r="{xl_col_to_name(index)}', f'" s="{style._get_xf_index()}"') for index, style in enumerate(formats)]
        self.as_text = f'" s="{as_text._get_xf_index()}"'

    def write(self, number, values):
        """Write the (zero-based) row `number`."""
        sheet, row = self.sheet, number + 1
        sheet._check_dimensions(number, len(self.cells) - 1)
        sheet._write_single_row(number)  # what was written before goes to the file first
        written = [f'<row r="{row}">']
        for (column, style), value in zip(self.cells, values, strict=True):
            if value is None or value == "":
                written.append(f"{column}{row}{style}/>")
            elif isinstance(value, str):
                style = self.as_text if value.startswith(DANGEROUS) else style
                written.append(f'{column}{row}{style} t="inlineStr"><is><t xml:space="preserve">{_text(value)}</t></is></c>')
            else:
                number_ = value if isinstance(value, Decimal | int) else sheet._convert_date_time(value)
                written.append(f"{column}{row}{style}><v>{number_}</v></c>")
        written.append("</row>")
        sheet.fh.write("".join(written))


def _text(value):
    """Return a text as the file holds it: marks of XML and control characters escaped as Excel does."""
    if value.isalnum():
        return value
    value = LOOKS_ESCAPED.sub(r"_x005F\1", value)
    return escape(CONTROL.sub(lambda match: f"_x{ord(match[0]):04X}_", value))
