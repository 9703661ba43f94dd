"""The empty workbook people fill in: titles with units, drop-down lists, text format for codes, and a notes sheet."""

import xlsxwriter

from apps.exchange.columns import Companion, Shown
from apps.exchange.reading import MAX_ROWS
from apps.exchange.tables import INSTRUCTIONS
from apps.exchange.writer import OPTIONS, WIDTHS, number_format

NOTES = ["列", "是否必填", "单位", "填写方法", "示例"]
RULES = [
    "数据填在第一张表，从第 2 行起，一条记录一行；列的次序可以调整，用不到的列可以整列删除。",
    "整列删除的数据保持不变；保留的列中，空单元格表示没有数据，会清除已有的值。",
    "统一社会信用代码等代码列须为文本格式；存成数字的代码末位已丢失，不能导入。",
    "数字只填数字，不写“约”和百分号；没有数据请留空，不要填 0、无或横线。",
    "严禁填写国家秘密。",
]


def blank_of(ledger, part=None, user=None):
    """Return (label, fields or None for all) of the whole sheet of a ledger, or of the partial one of a data item.

    part: a key of `ledger.parts`.  user: whose sheet it is; fields he may not write are left out.
    """
    writable = ledger.writable(user) if user else None
    if not part:
        return ledger.label, writable
    share = ledger.parts[part]
    return f"{ledger.label}（{share.label}）", [name for name in share.fields if writable is None or name in writable]


def write_blank(target, *, label, resource, writable=None):
    """Write the template of a resource to `target` (path or binary file).

    writable: the fields the person may write; None for all. Columns he may not write are left out.
    """
    resource.bind()
    filled = [column for column in resource.columns if not isinstance(column, Shown)]
    columns = [column for column in filled if writable is None or column not in resource.data_columns or column.name in writable]
    with xlsxwriter.Workbook(target, {**OPTIONS, "constant_memory": False}) as book:
        _data_sheet(book, label, columns, resource)
        _notes_sheet(book, label, columns, resource)
        _lists_sheet(book, columns)


def _data_sheet(book, label, columns, resource):
    sheet = book.add_worksheet(label[:31])
    title = {"bold": True, "border": 1, "align": "center", "text_wrap": True, "valign": "vcenter"}
    required, optional = (book.add_format({**title, "bg_color": colour}) for colour in ("#F8D7DA", "#DDE7F3"))
    sheet.set_row(0, 32)
    for index, column in enumerate(columns):
        style = book.add_format({"num_format": "General" if column.widget.options() else number_format(column)})
        sheet.set_column(index, index, WIDTHS.get(column.widget.form, 16), style)
        sheet.write_string(0, index, column.title, required if _required(column, resource) else optional)
        options = column.widget.options()
        if options:
            letters = xlsxwriter.utility.xl_col_to_name(index)
            source = f"=选项!${letters}$1:${letters}${len(options)}"
            rule = {"validate": "list", "source": source, "error_title": column.title, "error_message": "请从下拉列表中选择。"}
            sheet.data_validation(1, index, MAX_ROWS, index, rule)
    sheet.freeze_panes(1, 1)


def _required(column, resource):
    return column in resource.keys or column.required


def _notes_sheet(book, label, columns, resource):
    sheet = book.add_worksheet(INSTRUCTIONS)
    bold, plain = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet.write_string(0, 0, f"{label}{INSTRUCTIONS}", book.add_format({"bold": True, "font_size": 14}))
    for number, sentence in enumerate(RULES, start=1):
        sheet.write_string(number, 0, f"{number}. {sentence}")
    top = len(RULES) + 2
    for index, (heading, width) in enumerate(zip(NOTES, (28, 10, 14, 40, 20), strict=True)):
        sheet.set_column(index, index, width)
        sheet.write_string(top, index, heading, bold)
    for number, column in enumerate(columns, start=top + 1):
        for index, value in enumerate(_explained(column, resource)):
            sheet.write_string(number, index, value, plain)


def _explained(column, resource):
    """Return the notes of one column: title, required, unit, how, example."""
    options = column.widget.options()
    how = "供核对：与台账不同时按代码认定，写成另一条记录的名称是错误" if isinstance(column, Companion) else column.widget.describe()
    help_text = str(column.model_field.help_text) if column.model_field else ""
    required = "必填" if _required(column, resource) else "选填"
    example = options[0] if options else column.widget.example
    return [f"“{column.title}”", required, column.unit, f"{how}。{help_text}{_when(column, resource)}", example]


def _when(column, resource):
    """Say of a column that a later step of the record's way fills in that a new record has none yet."""
    flow = resource._meta.model.workflow
    where = flow.filled_at(flow.first, column.name) if flow and not flow.may_edit(flow.first, column.name) else ""
    return f"新记录留空，在{where}填写。" if where else ""


def _lists_sheet(book, columns):
    sheet = book.add_worksheet("选项")
    sheet.hide()
    for index, column in enumerate(columns):
        for number, option in enumerate(column.widget.options()):
            sheet.write_string(number, index, option)
