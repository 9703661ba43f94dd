"""Find the header of a sheet and say what each of its rows is. Pure: works on numbered rows of cells.

Offices put titles and unit rows above the header, merge headers over two or three rows, write units in brackets and
order columns as they like; all of it is understood from the titles a resource is looking for.
"""

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal

from apps.core.text import normalise
from apps.exchange.rules import is_blank, plain
from apps.exchange.units import factor, unit_named

HEAD = 30  # the header stands within so many rows
SILENT = frozenset({"序号", "核对意见"})  # columns that carry no data of ours: not worth a note
BRACKETS = re.compile(r"^(.+?)[(\[【〔]([^()\[\]【】〔〕]*)[)\]】〕]$")
SLASH = re.compile(r"^(.+?)[/,、:]([^/,、:]+)$")
SHEET_UNITS = re.compile(r"(?:^|[^报送填])单位:(.+)$")
TOTAL = re.compile(r"^(合计|总计|小计|全县合计|全县总计|累计合计|合计\(.*\))$")
FOOT = re.compile(r"^(填表|填报|制表|审核|复核|单位负责人|负责人|分管|联系电话|联系人:|注:|备注:|说明:|数据来源|编制)")


@dataclass(frozen=True)
class Wanted:
    """A column a resource looks for: its field, title, other titles offices use, unit of the field."""

    name: str
    title: str
    aliases: tuple = ()
    unit: str = ""


@dataclass(frozen=True)
class Found:
    """A column of the sheet that is one of the wanted: index from 1, title as written, unit as written.

    alias: another title that offices use.  loose: the title itself, but for line breaks, brackets, stars and the like.
    """

    index: int
    title: str
    unit: str = ""
    alias: bool = False
    loose: bool = False


@dataclass
class Layout:
    """Where the header of a sheet stands and what its columns are."""

    first: int
    last: int
    columns: dict = field(default_factory=dict)  # field name -> Found
    unknown: list = field(default_factory=list)  # [(index, title)]
    twice: list = field(default_factory=list)  # [(field name, Found, Found)]
    titles: dict = field(default_factory=dict)  # index -> (key of the whole title, title as written)


@dataclass(frozen=True)
class Told:
    """What people said of the columns of a sheet, before anything is guessed from titles.

    columns: key of a title -> (field name, "" for one that is not read; unit, "" where the title says it).  sheet: key
    of the sheet's name, "" for any.  words: how the notes call it.
    """

    columns: dict = field(default_factory=dict)
    sheet: str = ""
    words: str = ""

    def in_header(self, layout):
        """Return how many of the told titles stand in a header."""
        return len(self.columns.keys() & {key for key, _ in layout.titles.values()})

    def fits(self, layout):
        """Say whether every told column that is read stands in a header."""
        read = {key for key, (name, _) in self.columns.items() if name}
        return bool(read) and read <= {key for key, _ in layout.titles.values()}


NOTHING = Told()


def letter(index):
    """Return the letter of a column: 1 -> A, 27 -> AA."""
    letters = ""
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def key_of(title):
    """Return a title as it is compared: half-width, without blanks, line breaks and marks of requirement."""
    return normalise(title).replace(" ", "").strip("*:★").lower()


def find_header(rows, merges, wanted, told=NOTHING):
    """Return the Layout of the best header within the first rows, None where no two titles are found.

    rows: [(number, cells)].  merges: [[first row, first column, last row, last column]].  told: what goes before titles.
    """
    index = index_of(wanted, told)
    by_number = dict(rows[:HEAD])
    best, most = None, (0, 1)
    for first in by_number:
        for last in range(first, reach(first, merges) + 1):
            found = read_header(first, last, by_number, merges, index)
            if (size := (told.in_header(found), len(found.columns))) > most and len(found.columns) > 1:
                best, most = found, size
    if best is None:
        return None
    _add_unit_row(best, by_number)
    _add_sheet_units(best, by_number, wanted)
    return best


@dataclass(frozen=True)
class Index:
    """Compared titles -> Wanted, and what people told."""

    titles: dict
    told: dict

    def guess(self, texts):
        """Return (Wanted, unit) by the titles, None where there is none, or where people told another column to be it."""
        matched = _match(texts, self.titles)
        return None if matched and matched[0] in {wanted for wanted, _ in self.told.values()} else matched


def index_of(wanted, told=NOTHING):
    """Return the Index of the wanted columns; a told field the resource does not have (any more) counts as not told."""
    titles = {key: column for column in wanted for title in (column.title, *column.aliases) for key in (key_of(title), _bare(title))}
    by_name = {column.name: column for column in wanted}
    told = {key: (by_name.get(name), unit) for key, (name, unit) in told.columns.items() if not name or name in by_name}
    return Index(titles, told)


def guess_header(rows):
    """Return the number of the row that looks most like a header where no title is known: the first with most texts."""
    texts = {number: len({cell for cell in cells if isinstance(cell, str) and not is_blank(cell)}) for number, cells in rows[:HEAD]}
    return max(texts, key=lambda number: (texts[number], -number), default=None)


def reach(first, merges):
    """Return the last row a header beginning in `first` may take: as far as merged cells of that row tie it down."""
    last = first
    for top, left, bottom, right in merges:
        if top == first and bottom - top < 4:
            last = max(last, bottom, first + 1 if right > left else first)
    return last


def read_header(first, last, rows, merges, index):
    """Return the Layout of the rows `first` to `last` taken as a header.  rows: number -> cells."""
    found = Layout(first, last)
    width = max((len(rows.get(number, ())) for number in range(first, last + 1)), default=0)
    for column in range(1, width + 1):
        texts = [text for number in range(first, last + 1) if (text := _text_at(rows, number, column, merges))]
        if texts:
            _place(found, column, texts, index)
    return found


def _text_at(rows, number, column, merges):
    """Return the text of a header cell; a merged cell lends its text to the columns it spans, not to the rows."""
    cells = rows.get(number, ())
    if column <= len(cells) and not is_blank(cells[column - 1]):
        return plain(cells[column - 1]).strip()
    for top, left, _, right in merges:
        if top == number and left < column <= right:
            return _text_at(rows, number, left, ())
    return ""


def _place(found, column, texts, index):
    written = " ".join(texts[-1].split())
    key = key_of("".join(texts))
    found.titles[column] = (key, written)
    matched = index.told[key] if key in index.told else index.guess(texts)
    if matched is None or matched[0] is None:
        if key_of(texts[-1]) not in SILENT:
            found.unknown.append((column, written))
        return
    wanted, unit = matched
    titles = (wanted.title, *wanted.aliases)
    loose = texts[-1] not in titles and key_of(texts[-1]) in map(key_of, titles)
    new = Found(column, written, unit, alias=_bare(wanted.title) != _bare(texts[-1]), loose=loose)
    if wanted.name in found.columns:
        found.twice.append((wanted.name, found.columns[wanted.name], new))
    else:
        found.columns[wanted.name] = new


def _match(texts, index):
    """Return (Wanted, unit) for the texts of one column, top to bottom; a lowest row may hold only the unit."""
    own, parents = texts[-1], texts[:-1]
    unit = unit_named(own)
    if unit and parents:
        matched = _match(parents, index)
        return matched and (matched[0], unit)
    for text in (own, "".join(texts)):
        if key_of(text) in index:
            return index[key_of(text)], ""
        for pattern in (BRACKETS, SLASH):
            parts = pattern.match(key_of(text))
            if parts and parts[1] in index and (pattern is BRACKETS or unit_named(parts[2])):
                return index[parts[1]], unit_named(parts[2]) or ""
    return None


def _bare(title):
    """Return a title without what is written behind it in brackets or after a stroke."""
    parts = BRACKETS.match(key_of(title)) or SLASH.match(key_of(title))
    return parts[1] if parts else key_of(title)


def _add_unit_row(found, rows):
    """Take the row under the header for its units where it holds nothing else."""
    cells = rows.get(found.last + 1, ())
    filled = [cell for cell in cells if not is_blank(cell)]
    if not filled or not all(isinstance(cell, str) and unit_named(cell.strip("()（） ")) for cell in filled):
        return
    found.last += 1
    for name, column in found.columns.items():
        cell = cells[column.index - 1] if column.index <= len(cells) else None
        if not is_blank(cell) and not column.unit:
            found.columns[name] = replace(column, unit=unit_named(cell.strip("()（） ")))


def _add_sheet_units(found, rows, wanted):
    """Apply "单位：万元、亩" above the header to the columns that write no unit of their own."""
    above = [plain(cell) for number, cells in rows.items() if number < found.first for cell in cells if not is_blank(cell)]
    named = [match[1] for text in above if (match := SHEET_UNITS.search(normalise(text)))]
    units = {unit for text in named for part in re.split("[、,;/ ]", text) if (unit := unit_named(part))}
    for column in wanted:
        fitting = [unit for unit in units if factor(unit, column.unit)]
        place = found.columns.get(column.name)
        if place and not place.unit and len(fitting) == 1:
            found.columns[column.name] = replace(place, unit=fitting[0])


def is_total(cells):
    """Say whether a row is a total or a subtotal."""
    return any(isinstance(cell, str) and "计" in cell and TOTAL.match(normalise(cell).replace(" ", "")) for cell in cells[:4])


def is_subtotal(cells):
    return any(isinstance(cell, str) and normalise(cell).replace(" ", "") == "小计" for cell in cells[:4])


def is_foot(cells):
    """Say whether a row belongs to the foot of the sheet: who filled it in, notes."""
    first = next((cell for cell in cells if not is_blank(cell)), None)
    return isinstance(first, str) and not first.isascii() and bool(FOOT.match(normalise(first).replace(" ", "")))


def sum_fault(printed, total, rows):
    """Compare a printed total with the exact sum of its rows (their number: `rows`); return None, "rounding" or "wrong".

    A total may be off by half its last printed digit; and where it was summed up before its rows were rounded to
    decimals, by half a digit for each row. Both are said as a note, never passed over in silence.
    """
    if printed == total:
        return None
    half = Decimal(5).scaleb(min(printed.as_tuple().exponent, 0) - 1)
    allowed = half * rows if half < Decimal("0.5") else half
    return "rounding" if abs(printed - total) <= allowed else "wrong"
