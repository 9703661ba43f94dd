"""The plan's tables as a clerk types them into a workbook: title, header as printed, figures as numbers, the total row."""

import csv
import io
from decimal import Decimal, InvalidOperation
from pathlib import Path

from openpyxl import Workbook, load_workbook

from apps.plan.choices import SOURCES

DATA = Path(__file__).parents[2] / "apps/plan/data"
CORNERS = {1: "产业名称", 2: "区域", 3: "园区", 4: "产业", 5: "单位：亩", 6: "区块名称", 7: "园区名称"}
NUMBERS = range(1, 8)


def printed(number):
    """Return (columns with units as printed, [(label, {column: printed})]) of a table from the plan's own files."""
    with (DATA / f"table{number}.csv").open(encoding="utf-8", newline="") as file:
        cells = list(csv.DictReader(file))
    columns, rows = {}, {}
    for cell in cells:
        in_row = number == 4 and cell["unit"]
        columns[cell["column"]] = "" if number == 4 or (number == 5 and cell["unit"] == "亩") else cell["unit"]
        label = f"{cell['row']}（{cell['unit']}）" if in_row else cell["row"]
        rows.setdefault(label, {})[cell["column"]] = cell["printed"]
    return columns, list(rows.items())


def typed(text):
    """Return what a spreadsheet program makes of a typed figure."""
    try:
        return float(Decimal(text)) if text is not None else None
    except InvalidOperation:
        return text


def book(number, unit_row=False, change=(), drop=()):
    """Return the bytes of a workbook with the table as it stands in the plan.

    unit_row: the units stand in a row of their own under names merged over two rows.  change: {(label, column): what is
    typed}.  drop: labels left out.
    """
    columns, rows = printed(number)
    workbook = Workbook()
    sheet = workbook.active
    width = len(columns) + 1
    sheet.append([f"表{number} {SOURCES[f'表{number}'][1]}"])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=width)
    if unit_row:
        sheet.append([CORNERS[number], *columns])
        sheet.append([None, *(f"（{unit}）" if unit else None for unit in columns.values())])
        sheet.merge_cells("A2:A3")
    else:
        sheet.append([CORNERS[number], *(f"{name}\n（{unit}）" if unit else name for name, unit in columns.items())])
    for label, cells in rows:
        if label not in drop:
            sheet.append([label, *(typed(dict(change).get((label, name), cells.get(name))) for name in columns)])
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def cells_of(path):
    """Return every row of a workbook's first sheet."""
    return [list(row) for row in load_workbook(path).worksheets[0].iter_rows(values_only=True)]
