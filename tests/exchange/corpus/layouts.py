"""Classes 01 to 12, 15, 20, 29: how a sheet is laid out."""

from decimal import Decimal

from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from tests.exchange.corpus import Bad, File, case, having
from tests.exchange.corpus.workbooks import Table, saved, workbook


def taken(table, book, verdict="A", says=()):
    """Return the File whose rows are stored as they stand in the table."""
    return File(verdict, saved(book), says=tuple(says), stored=tuple(table.rows))


@case("01")
def merged_header(kind, columns):
    table = Table(kind)
    last = len(columns)
    gap = [None] * (last - 1)
    lines = [["附件1"], [table.titles[0], "基本情况", *gap[1:]], [None, "指标", *gap[1:]], [None, *table.titles[1:]], *table.body()]
    book = workbook(lines)
    book.active.merge_cells(start_row=2, end_row=4, start_column=1, end_column=1)
    if last > 2:
        for row in (2, 3):
            book.active.merge_cells(start_row=row, end_row=row, start_column=2, end_column=last)
    yield File("A", saved(book), stored=tuple(table.rows))
    free = next((column for column in kind.of("text", keys=False) if column.model_field.blank), None)
    if free:
        index = columns.index(next(column for column in columns if column.title == free.title)) + 1
        book.active.merge_cells(start_row=5, end_row=6, start_column=index, end_column=index)
        area = f"在合并单元格 {table.letter(free.title)}5:{table.letter(free.title)}6 内"
        yield File("E", saved(book), bad=(Bad(6, table.letter(free.title), free.title, "", area),))


@case("02")
def decorated_titles(kind, columns):
    table = Table(kind)
    ways = ["{}\u3000 ", "*{}", "\ufeff{}", "{} *"]
    written = [ways[index % 4].format(title).replace("（", "\n(").replace("）", ")") for index, title in enumerate(table.titles)]
    yield taken(table, workbook([written, *table.body()]), "N", ["标题"])


@case("03")
def same_title_twice(kind, columns):
    table = Table(kind)
    book = workbook([[*line, line[0]] for line in table.lines()])
    title, end = table.titles[0], book.active.cell(1, len(columns) + 1).column_letter
    yield File("R", saved(book), says=(f"标题重复：A 列“{title}”和 {end} 列“{title}”",))


@case("04")
def another_order(kind, columns):
    table = Table(kind)
    yield taken(table, workbook([line[::-1] for line in table.lines()]))


@case("05")
def required_column_missing(kind, columns):
    table = Table(kind)
    helpers = [column.title for column in columns if column not in kind.figures]  # a name may stand for a code
    yield _without(table, kind.keys[0], "缺少必需的列", *helpers)
    required = [column for column in kind.of("text", "choice", "place", "number", keys=False) if column.required]
    supplied = {"scale"}  # a new year starts with what the enterprise ledger says
    if len(kind.figures) - len(kind.keys) == 1:  # without it nothing is left to import, which is said instead
        return
    for column in [column for column in required if column.name not in supplied][:1]:
        yield _without(table, column.title, "缺少必填的列")


def _without(table, title, sentence, *more):
    left = [index for index, name in enumerate(table.titles) if name not in (title, *more)]
    book = workbook([[line[index] for index in left] for line in table.lines()])
    return File("R", saved(book), says=(sentence, f"“{title}”"))


@case("06")
def unknown_columns(kind, columns):
    table = Table(kind)
    more = [[f"某列{number}" if row == 0 else number for number in range(40)] for row in range(3)]
    book = workbook([[*line, *extra] for line, extra in zip(table.lines(), more, strict=True)])
    yield taken(table, book, "N", ["忽略 40 列不认识的列"])


@case("07")
def header_only(kind, columns):
    yield File("R", saved(workbook([Table(kind, 0).titles])), says=("没有数据行",))


@case("08")
def empty_sheet(kind, columns):
    yield File("R", saved(Workbook()), says=("没有数据行",))


@case("09", "totals that are no rows", lambda kind: [] if kind.printed else kind.columns)
def totals_and_feet(kind, columns):
    table = Table(kind)
    numbers = [column.title for column in kind.of("number", "whole", keys=False)]
    total = {title: sum(row[title] for row in table.rows if row[title] is not None) for title in numbers}
    yield _summed(table, total)
    for title in numbers[:1]:
        wrong = _summed(table, {**total, title: total[title] + 5})
        bad = Bad(5, table.letter(title), title, reason=f"各行之和为 {Decimal(total[title]).normalize():f}")
        yield File("E", wrong.content, bad=(bad,))


def _summed(table, total):
    first, second = table.body()
    line = ["合计", *(total.get(title) for title in table.titles[1:])]
    book = workbook([table.titles, first, [None], second, line, [], ["填报人：张三", None, "审核人：李四"]])
    return taken(table, book, "N", ["识别出 1 行合计", "跳过 1 行表尾"])


@case("10")
def hidden_row_and_column(kind, columns):
    table = Table(kind)
    book = table.workbook()
    book.active.row_dimensions[3].hidden = True
    book.active.column_dimensions["B"].hidden = True
    yield taken(table, book, "?", ["隐藏的列也已读取：B", "隐藏的行也已读取，共 1 行：第 3 行"])


@case("11")
def hidden_sheets(kind, columns):
    table = Table(kind)
    book = table.workbook()
    for title, state in (("去年", "hidden"), ("前年", "veryHidden")):
        old = book.copy_worksheet(book.worksheets[0])
        old.title, old.sheet_state = title, state
        old.delete_rows(3)
    book.move_sheet("去年", -1)
    book.active = 0
    yield taken(table, book)


@case("12")
def filtered_view(kind, columns):
    table = Table(kind, 3)
    book = table.workbook()
    book.active.auto_filter.ref = f"A1:{book.active.cell(4, len(columns)).coordinate}"
    book.active.auto_filter.add_filter_column(0, [str(table.rows[0][table.titles[0]])])
    for number in (3, 4):
        book.active.row_dimensions[number].hidden = True
    yield taken(table, book, "?", ["隐藏的行也已读取，共 2 行：第 3、4 行"])


@case("15")
def link_to_another_machine(kind, columns):
    table = Table(kind)
    book = table.workbook()
    book.active["A2"].hyperlink = "file://///192.0.2.1/share/x"
    book.active["B3"].hyperlink = "file://///192.0.2.1/share/x"
    yield taken(table, book)


@case("20")
def twice(kind, columns):
    """In the file an error that names both rows; in the ledger a change that is shown before it is made."""
    table = Table(kind)
    table.rows.append(dict(table.rows[0]))
    key, both = kind.keys[0], "与第 2 行重复；同一记录只能有一行，请删除第 2 行或第 4 行"
    yield File("E", table.content(), bad=(Bad(4, table.letter(key), key, reason=both),))
    known = Table(kind, 1)
    known.rows = [kind.as_row(kind.record())]
    if not (columns := kind.of("text", "number", keys=False)):
        return
    column = columns[0]
    before = known.rows[0][column.title]
    known.rows[0][column.title] = "示例改写" if isinstance(before, str | None) else before - Decimal("0.1")
    yield File("N", known.content(), stored=tuple(known.rows), changed=1)


@case("29", **having("date"))
def counted_from_1904(kind, columns):
    table = Table(kind)
    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    yield taken(table, workbook(table.lines(), into=book))
