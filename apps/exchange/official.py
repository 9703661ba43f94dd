"""The kit of official forms (官方表式, domain 7.6): 附件 line, title, unit row, merged header, 合计, foot, notes.

A form is declared in an app's official.py and registers itself under the kind it belongs to.
"""

from dataclasses import dataclass
from functools import partial

from xlsxwriter.utility import xl_range

from apps.core import clock
from apps.core.errors import Refused
from apps.core.numbers import half_up
from apps.exchange.rows import Rows
from apps.exchange.writer import number_format, opened, set_up_print
from apps.ledger import registry
from apps.ledger.fields import faults_of
from apps.ledger.measures import Figure, Tally

NO_DATA = "—"
NUMBER = "序号"
LEFT = "填报单位（盖章）："
TITLE_FONT = "方正小标宋简体"
ANNEX_FONT = "黑体"
HEAD_FILL = "#EAF1F9"
ROW, LINE = 20, 16  # points
HALF_WIDTH = 0x2000  # signs beyond it take two places
CELL = {"border": 1, "valign": "vcenter", "font_name": "宋体", "font_size": 10}
FOOT = "            ".join(["填表人：", "审核人：", "负责人：", "联系电话：", "填报日期："])
MEANING = "“—”表示没有数据，不等于 0；合计行的比率由合计数相除得出，只计两项都有数据的记录。"
WIDTHS = {"code": 21, "text": 14, "number": 12, "whole": 9, "date": 12}
_forms = {}


@dataclass(frozen=True)
class Part:
    """A column of a form. value: a path of attributes, or a callable, from a row to its value; measure: how it is totalled."""

    title: str
    value: object
    form: str = "text"
    places: int = 0
    group: str = ""  # neighbours with the same group stand under one upper header
    measure: object = None
    width: int = 0

    @property
    def widget(self):
        """What the writer asks how values are written: `form` and `places`."""
        return self

    @property
    def computed(self):
        """Say whether the form computes the column from others."""
        return self.measure is not None and len(self.measure.needs) > 1

    def of(self, row):
        if callable(self.value):
            return self.value(row)
        for name in self.value.split("__"):
            row = getattr(row, name, None)
        return str(row) if row is not None and self.form == "text" else row


def figure(measure, group="", width=0):
    """Return the column of a measure: its value per row, its total from sums."""
    form = "number" if measure.places else "whole"
    return Part(measure.title, lambda row: half_up(measure.of_row(row), measure.places), form, measure.places, group, measure, width)


def quantity(name, label, unit, places=2, group="", width=0):
    """Return the column of a quantity of the row, added up."""
    return figure(Figure(name, label, unit, places), group, width)


@dataclass(frozen=True)
class Table:
    """What stands around the rows of one sheet."""

    name: str
    title: str
    left: str
    right: str
    annex: str
    parts: tuple
    notes: tuple
    each: str  # what a row is counted in beside 合计; "" where the rows are not what is counted


class Form:
    """One official form. Subclass, fill in, decorate with `register`.

    kind (KIND of the command, and of the page that links to it), label (name of the file), parts (of several sheets: what they
    begin with), annex, unit, each, notes; override `title`, and what a form of several sheets needs.
    instead: of a form that does not hold the rows of its ledger, what to import in its place (apps.exchange.returned).
    """

    kind = label = unit = each = instead = ""
    annex = "附件1"
    parts = ()
    notes = ()

    def select(self, user, params):
        """Return the filter set of what goes into the form, in the scope of `user`. Raises Refused."""
        ledger = registry.get(self.kind)
        return ledger.filterset(user, ledger.with_period(user, params))

    def rows(self, filterset):
        """Return the rows as a queryset with what the parts walk through."""
        return filterset.qs

    def title(self, filterset):
        return self.label

    @property
    def mark(self):
        """What every title of the form holds: by it a form that comes back is known."""
        return self.label

    def year_of(self, title):
        """Return the year a title names; there is none where the form is not of a year."""

    def hidden_from(self, user):
        """Return the fields `user` is not shown: no part stands for them."""
        return registry.get(self.kind).hidden_from(user)

    def level(self, filterset, hidden):
        """Return the sensitivity of the form without the `hidden` fields."""
        shown = {part.value for part in self.parts if part.value not in hidden}
        return registry.get(self.kind).sensitivity_of(shown)

    def write(self, book, filterset, rows, foot, hidden):
        """Write the sheets without the `hidden` fields and return the number of rows. foot: sentences about the export itself."""
        return write_table(book, self.table(self.label, self.title(filterset), foot, hidden), rows)

    def table(self, name, title, foot, hidden=(), **other):
        """Return the Table of one sheet of this form; `other`: what of it is not the form's own."""
        of_form = {"annex": self.annex, "parts": self.parts, "notes": self.notes, "each": self.each, **other}
        of_form["parts"] = tuple(part for part in of_form["parts"] if part.value not in hidden)
        of_form["notes"] = (*of_form["notes"], MEANING, *foot)
        return Table(name=name, title=title, left=LEFT, right=right(self.unit), **of_form)


def register(cls):
    """Class decorator: make one Form of the declaration and keep it under its kind."""
    if cls.kind in _forms:
        raise ValueError(f"two official forms of {cls.kind}")
    _forms[cls.kind] = cls()
    return cls


def form_of(kind):
    """Return the official form of a kind, None where there is none."""
    return _forms.get(kind)


def kinds():
    return set(_forms)


def forms():
    return _forms.values()


class FormSheet:
    """An official form of what `user` sees under a list's conditions, to be counted and written (see exports.ListSheet)."""

    def __init__(self, wish, user):
        self.form = form_of(wish.kind)
        if self.form is None:
            raise Refused("这本台账没有官方表式。")
        self.label = self.form.label
        self.filterset = self.form.select(user, wish.params)
        if not self.filterset.form.is_valid():
            raise Refused(f"筛选条件不正确，没有导出。{faults_of(self.filterset.form)}")
        self.conditions = self.filterset.sentence()
        self.day = getattr(self.filterset, "day", None) or clock.today()
        self.hidden = self.form.hidden_from(user)
        self.level = self.form.level(self.filterset, self.hidden)
        self.detail = {"form": self.label}

    @property
    def name(self):
        return f"{self.form.title(self.filterset)}{self.day:%Y%m%d}.xlsx"

    def count(self):
        return self.filterset.qs.count()

    def write(self, target, actor, paced=iter):
        said = f"条件：{self.conditions}；截至 {self.day.isoformat()}；导出人：{actor.user}（{actor.post}）；{self.level.said}。"
        rows = self.form.rows(self.filterset).iterator(chunk_size=500)
        with opened(target) as book:
            count = self.form.write(book, self.filterset, paced(rows), [said], self.hidden)
            for sheet in book.worksheets():
                sheet.set_header(f"&R{self.level.said}")  # of every printed page
            return count


def right(unit):
    return f"单位：{unit}      {clock.today():%Y年%m月%d日}"


# --- one sheet of the layout ------------------------------------------------------------------------------------------


def write_table(book, table, rows):
    """Write one sheet in the official layout, made before or now, and return the number of its rows."""
    parts = (Part(NUMBER, None, "whole", width=6), *table.parts)
    sheet = book.get_worksheet_by_name(table.name[:31]) or book.add_worksheet(table.name[:31])
    last = len(parts) - 1
    style = partial(styled, book)
    sheet.set_default_row(ROW)
    _head(sheet, style, table, parts, last)
    set_up_print(sheet, 3, 4, parts, frozen=min(2, last))
    formats = [style(num_format=number_format(part), align=_align(part), text_wrap=part.form == "text") for part in parts]
    lines = Rows(sheet, formats, style(align="left", num_format="@", quote_prefix=True, text_wrap=True))
    tally = Tally([part.measure for part in parts if part.measure])
    for number, row in enumerate(rows, start=1):
        tally.add(partial(getattr, row))
        values = [number, *(part.of(row) for part in table.parts)]
        shown = [NO_DATA if value is None or value == "" else value for value in values]
        lines.write(4 + number, shown)
    end = 5 + tally.rows
    _total(sheet, style, end, parts, tally, table.each)
    _foot(sheet, style, end + 1, parts, table.notes)
    return tally.rows


def styled(book, **extra):
    """Return a cell format of the official tables."""
    return book.add_format({**CELL, **extra})


def width_of(part):
    return part.width or WIDTHS.get(part.form, 14)


def height_of(text, width):
    """Return the height of a row whose text fills so many half-width characters across: a merged cell does not grow by itself."""
    breadth = sum(2 if ord(char) > HALF_WIDTH else 1 for char in text)
    return LINE * max(1, -(-breadth // int(width - 1)))


def _align(part):
    return {"number": "right", "whole": "center", "date": "center", "code": "center"}.get(part.form, "left")


def _head(sheet, style, table, parts, last):
    plain = {"border": 0, "align": "left"}
    for index, part in enumerate(parts):
        sheet.set_column(index, index, width_of(part))
    sheet.write_string(0, 0, table.annex, style(border=0, align="left", font_name=ANNEX_FONT, font_size=12))
    sheet.set_row(1, 34)
    sheet.merge_range(1, 0, 1, last, table.title, style(border=0, align="center", font_name=TITLE_FONT, font_size=20))
    middle = last // 2
    sheet.merge_range(2, 0, 2, middle, table.left, style(**plain))
    sheet.merge_range(2, middle + 1, 2, last, table.right, style(border=0, align="right"))
    _header(sheet, style(bold=True, bg_color=HEAD_FILL, align="center", text_wrap=True), parts)


def _header(sheet, head, parts):
    """Write the two header rows, each whole before the next: rows are written once.

    `merge_range` would go back to the upper row for a cell over both, so such a merge is put down beside.
    """
    sheet.set_row(3, 20)
    sheet.set_row(4, max([32, *(height_of(part.title, width_of(part)) for part in parts if part.group)]))
    spans = _spans(parts)
    for first, end, group in spans:
        if group and end > first:
            sheet.merge_range(3, first, 3, end, group, head)
        else:
            sheet.write_string(3, first, group or parts[first].title, head)
    for index, part in enumerate(parts):
        sheet.write(4, index, part.title if part.group else None, head)
        if not part.group:
            sheet.merge.append([3, index, 4, index])


def _spans(parts):
    """Return (first, last, group) of the upper header: neighbours of one group, a column without a group alone."""
    spans = []
    for index, part in enumerate(parts):
        if spans and part.group and spans[-1][2] == part.group:
            spans[-1] = (spans[-1][0], index, part.group)
        else:
            spans.append((index, index, part.group))
    return spans


def _total(sheet, style, row, parts, tally, each):
    """Write 合计, the number of rows beside it, sums, and ratios from sums."""
    bold = style(bold=True, align="center")
    words = {0: "合计", 1: f"{tally.rows} {each}" if each else None}
    for index, part in enumerate(parts):
        if part.measure is None:
            sheet.write(row, index, words.get(index), bold)
            continue
        value = half_up(tally.total(part.measure), part.places)
        figures = style(bold=True, align=_align(part), num_format=number_format(part))
        if value is None:
            sheet.write_string(row, index, NO_DATA, bold)
        elif not part.computed:
            sheet.write_formula(row, index, f"=SUM({xl_range(5, index, row - 1, index)})", figures, value)
        else:
            sheet.write_number(row, index, value, figures)


def _foot(sheet, style, row, parts, notes):
    last, width = len(parts) - 1, sum(map(width_of, parts))
    sheet.set_row(row, 24)
    sheet.merge_range(row, 0, row, last, FOOT, style(border=0, align="left"))
    wrapped = style(border=0, align="left", text_wrap=True, valign="top")
    for number, text in enumerate(notes, start=1):
        below = row + number
        note = f"{'注：' if number == 1 else '　　'}{number}.{text}"
        sheet.set_row(below, height_of(note, width))
        sheet.merge_range(below, 0, below, last, note, wrapped)
