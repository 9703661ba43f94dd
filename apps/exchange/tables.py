"""Several tables in one file: below or beside each other in a sheet, or in other sheets.

No rows are left out in silence, and no figures given to the firms of another table.
"""

import re
from itertools import takewhile

from apps.core.errors import Refused
from apps.core.text import normalise_code
from apps.exchange.layout import COLUMN_NUMBER, NUMBERED, SILENT, extents, index_of, letter, read_header
from apps.exchange.reading import MARKED
from apps.exchange.row_kinds import LABEL, has_figures, row_kind
from apps.exchange.rules import is_blank, plain
from apps.exchange.titles import key_of

NAME_LIKE = re.compile(  # a title that names somebody, though none we look for
    r"(?:企业|公司|工厂|纳税人|缴[费款]人|用户|户主|业主|商户|厂商|客户|法人|(?:用[电水能气]|排污)(?:户|单位))(?:名称?|全称|简称)?|单位名|户名|名称"
)
CREDIT_CODE = re.compile(r"[1-9A-Y][1-9A-Z]\d{6}[0-9A-Y]{10}")  # GB 32100
INSTRUCTIONS = "填表说明"  # the sheet of our own templates that is not read
DIGIT = re.compile(r"\d")


def check(sheet, layout, resource, told, year):
    """Refuse a sheet whose header stands beside or below that of another table.  told, year: as in `layout.find_header`."""
    _check_beside(layout, resource)
    index = index_of(resource.wanted(), told, year)
    if earlier := _header_above(sheet, layout, resource.naming, index):
        raise _two_headers(earlier.first, layout.first)


def _two_headers(first, second):
    remedy = "请把两张表分成两个文件分别上传，或合成一张表（只有一种标题行）后重新上传"
    return Refused(f"第 {first} 行和第 {second} 行都像标题行，各列又不相同，像是上下两张表。{remedy}。")


# --- below each other ---------------------------------------------------------------------------------------------------


def _header_above(sheet, layout, naming, index):
    """Return the Layout of another header above the one that was chosen, with data between the two; None where there is none."""
    rows = {number: cells for number, cells in sheet.head if number < layout.first}
    merges = [area for area in sheet.merged if area[0] in rows]
    for first in rows:
        for last in takewhile(layout.first.__gt__, extents(first, merges)):
            found = read_header(first, last, rows, merges, index)
            between = (cells for number, cells in rows.items() if number > last)
            if _is_header(found, naming) and any(_is_data(cells, found, naming) for cells in between):
                return found
    return None


def _is_header(found, naming):
    """Say whether a Layout has two wanted columns, one of which names the record."""
    return len(found.columns) > 1 and not found.columns.keys().isdisjoint(naming)


def _is_data(cells, found, naming):
    """Say whether a row between two headers is data of the first.

    The form 单位名称：| 壶镇镇 | 年份：| 2020 over a table is none: its values are no titles, and below it stand labels.
    """
    filled = {place.index for place in found.columns.values() if place.index <= len(cells) and not is_blank(cells[place.index - 1])}
    names = [found.columns[name].index for name in naming if name in found.columns]
    named = [plain(cells[index - 1]) for index in names if index in filled]
    if len(filled) < 2 or not any(name and not LABEL.search(name) for name in named) or row_kind(cells, names) != "data":
        return False
    return not found.unknown or any(DIGIT.search(plain(cells[index - 1])) for index in filled)


def above(sheet, layout):
    """Return a note of the rows over the header that hold figures and stand below a row of titles of their own; [] where there are none.

    A form of labels and their values (单位名称：| 壶镇镇 | 年份：| 2020) is no such table.
    """
    titled, rows = False, []
    for number, cells in sheet.head:
        if number >= layout.first:
            break
        if titled and has_figures(cells):
            rows.append(number)
        texts = [cell for cell in cells if not is_blank(cell)]
        titled = titled or (len(texts) > 1 and all(isinstance(text, str) and not COLUMN_NUMBER.match(text.strip()) for text in texts))
    listed = "、".join(map(str, rows[:20])) + (" 行等" if len(rows) > 20 else " 行")
    remedy = "是要导入的，请另存为一张表单独上传"
    return [f"标题行（第 {layout.first} 行）上方的第 {listed}有数值，像是另一张表，没有读取；{remedy}。"] if rows else []


class Titles:
    """Finds the header of another table among the rows below the header, by the cells in the columns that name the record."""

    def __init__(self, sheet, layout, resource):
        self.sheet, self.layout, self.naming = sheet, layout, resource.naming
        self.index = index_of(resource.wanted())
        self.columns = [layout.columns[name].index for name in self.naming if name in layout.columns]
        written = (title for column in resource.wanted() for title in (column.title, *column.aliases))
        self.titles = {*written, *(layout.titles[column][1] for column in self.columns)}

    def check(self, number, cells):
        """Refuse a data row that is a header of its own; one that repeats ours has been passed over before."""
        for column in self.columns:
            if column <= len(cells) and type(cells[column - 1]) is str and cells[column - 1] in self.titles:
                self._look_closer(number, cells)

    def check_repeated(self, number, cells):
        """Refuse a repetition of our header that goes on with more wanted columns, where ours has none."""
        more = [column for column, cell in enumerate(cells, start=1) if column not in self.layout.titles and not is_blank(cell)]
        if more and any(place.index in more for place in self._read(number, cells).columns.values()):
            raise _two_headers(self.layout.first, number)

    def _look_closer(self, number, cells):
        if _is_header(self._read(number, cells), self.naming):
            raise _two_headers(self.layout.first, number)

    def _read(self, number, cells):
        return read_header(number, number, {number: cells}, self.sheet.merged, self.index)


# --- the same header again ----------------------------------------------------------------------------------------------


class Repeated:
    """Recognises the rows of the header, and what stands over it, where they are printed on every page again.

    Asked for every row in its order: a repetition begins with a row over the header or with one of its titles, and goes on with those
    below it: a unit alone is none. What a marked workbook has in its column of reasons counts for nothing.
    """

    def __init__(self, sheet, layout):
        self.titles = {found.index: layout.titles[found.index][1] for found in layout.columns.values()}
        self.marked = {index for index, (key, _) in layout.titles.items() if key == MARKED}
        top = [(number, filled) for number, cells in sheet.head if number <= layout.last and (filled := self._filled(cells))]
        self.rows = [filled for _, filled in top]
        self.first = {}  # index of the first cell -> {that cell: places among the rows}, of those a repetition may begin with
        for place, (number, filled) in enumerate(top):
            index, cell = next(iter(filled.items()))
            texts = all(isinstance(text, str) for text in filled.values())
            if texts and (number <= layout.first or (number < layout.last and len(filled) > 1)):
                self.first.setdefault(index, {}).setdefault(cell, []).append(place)
        self.next = len(self.rows)  # the place of the row that would go on with the repetition

    def again(self, cells):
        """Say whether a row is one of them."""
        if self.next < len(self.rows) and self._filled(cells) == self.rows[self.next]:
            self.next += 1
            return True
        for index, known in self.first.items():
            if index <= len(cells) and type(cell := cells[index - 1]) is str and cell in known:
                filled = self._filled(cells)
                for place in known[cell]:
                    if filled == self.rows[place]:
                        self.next = place + 1
                        return True
        self.next = len(self.rows)
        return self._titles_again(cells)

    def _titles_again(self, cells):
        if not all(index <= len(cells) and cells[index - 1] == title for index, title in self.titles.items()):
            return False
        filled = self._filled(cells)
        self.next = next((place for place, row in enumerate(self.rows, start=1) if row == filled), len(self.rows))
        return True

    def _filled(self, cells):
        return {index: cell for index, cell in enumerate(cells, start=1) if not is_blank(cell) and index not in self.marked}


# --- beside each other --------------------------------------------------------------------------------------------------


def _check_beside(layout, resource):
    """Refuse a header of two tables, each with names and one with figures that would be given to the names of the other.

    A mere gap between the columns of one table is none: behind it nobody is named again.
    """
    by_index = {found.index: name for name, found in layout.columns.items()} | {new.index: name for name, _, new in layout.twice}
    tables = [table for group in _groups(layout) if (table := _table(group, layout, by_index, resource))]
    figures = [(columns, known) for columns, known, has_figures in tables if has_figures]
    if len(tables) > 1 and (len(figures) > 1 or any(not known for _, known in figures)):
        places = "和 ".join(f"{letter(columns[0])} 至 {letter(columns[-1])} 列" for columns, *_ in tables)
        remedy = "请把它们上下接成一张表，或分成两个文件分别上传"
        raise Refused(f"第 {layout.first} 行的标题中，{places}像是并排的两张表，分不清各列的数是谁的。{remedy}。")


def _groups(layout):
    """Return the columns of a header in groups: behind each column without a title, and with a second 序号, begins another."""
    groups, before, numbered = [], None, False
    for column in sorted(layout.titles):
        number = key_of(layout.titles[column][1]) == NUMBERED
        if column - 1 != before or (number and numbered):
            groups.append([])
        groups[-1].append(column)
        before, numbered = column, numbered or number
    return groups


def _table(group, layout, by_index, resource):
    """Return (columns, whether we know its names, whether it has figures we look for) of a group that may be a table; else None."""
    names = {by_index[column] for column in group if column in by_index}
    known = not names.isdisjoint(resource.naming)
    titles = [key_of(layout.titles[column][1]) for column in group]
    numbered = titles[0] == NUMBERED and any(key_of(layout.titles[column][1]) == NUMBERED for column in layout.titles if column < group[0])
    if not known and not numbered and not any(NAME_LIKE.fullmatch(title) for title in titles):
        return None
    figures = any(column.name in names and column.name not in resource.naming for column in resource.data_columns)
    return None if all(title in SILENT for title in titles) else (group, known, figures)


# --- in other sheets ----------------------------------------------------------------------------------------------------


def left_out(source, sheet, resource):
    """Return a note for every other visible sheet with something in it; refuse one that only goes on with the rows of the first."""
    others = [one for one in source.sheets if one is not sheet and one.state == "visible" and one.filled and one.name != INSTRUCTIONS]
    for one in others:
        number, cells = next(((number, cells) for number, cells in one.head if sum(not is_blank(cell) for cell in cells) > 1), (0, ()))
        if "信用代码" in resource.keys[0].title and any(CREDIT_CODE.fullmatch(normalise_code(plain(cell))) for cell in cells):
            remedy = f"请把它的行接到工作表“{sheet.name}”下面，或补上标题行单独上传；不用导入的，请删除或隐藏这个工作表"
            raise Refused(f"工作表“{one.name}”第 {number} 行起是数据而没有标题行，像是工作表“{sheet.name}”的续表，不能读取。{remedy}。")
    return [f"工作表“{one.name}”（{one.filled} 行）没有读取。" for one in others]
