"""Find the header of a sheet and say what each of its rows is. Pure: works on numbered rows of cells.

Offices put titles and unit rows above the header, merge headers over two or three rows, write units in brackets and
order columns as they like; all of it is understood from the titles a resource is looking for.
"""

import re
from dataclasses import dataclass, field, replace

from apps.core.text import normalise
from apps.exchange.reading import HEAD, MARKED
from apps.exchange.rules import PLACEHOLDERS, is_blank, plain
from apps.exchange.titles import UNIT_LIKE, Index, Says, bare, key_of, names_a_year, obscure, one_unit, take_apart
from apps.exchange.units import factor, unit_named
from apps.exchange.units_said import Said, units_alone, units_said

NUMBERED = "序号"
ASIDE = "-"  # what people say, in place of a field, of a column that asks about the figures: it has nothing to do with them
ASIDE_WORDS = "不读取，与各列的数无关"
SILENT = frozenset({NUMBERED, MARKED})  # columns that carry no data of ours: not worth a note
CAPTION = re.compile(  # a cell above the header that is no part of it
    r"^\(?(?:填报|填表|报送|上报|编制|制表|金额|计量)*(?:单位|日期|时间|部门|机关)[^:]{0,6}:|^\(?单位\(|^附[件表]|^表\d|\d月\d{1,2}日$|表(?:\([^()]*\))?$"
)
LONG_CODE = re.compile(r"[0-9A-Za-z]{15,}")  # a credit code or the like; row_kinds.CODE knows short ones too, which a title may hold
COLUMN_NUMBER = re.compile(r"^(?:[甲乙丙丁戊己庚辛]|栏次|[-—–]+|[(\[]?(\d{1,2})[)\]]?(?:=[\d+\-*/×÷()]+)?)$")  # 甲 乙 1 2 3=1+2


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
    doubt: why it cannot be read as it stands, "" where it can.  general: the unit is that of the whole sheet.
    """

    index: int
    title: str
    unit: str = ""
    alias: bool = False
    loose: bool = False
    doubt: str = ""
    general: bool = False


@dataclass
class Layout:
    """Where the header of a sheet stands and what its columns are.

    another: what has a wanted title and says that it is another figure.  divided: field whose title stands over several
    columns, none of them wanted -> those columns.  above: the texts over the header.
    """

    first: int
    last: int
    columns: dict = field(default_factory=dict)  # field name -> Found
    unknown: list = field(default_factory=list)  # [(index, title)]
    twice: list = field(default_factory=list)  # [(field name, Found, Found)]
    another: list = field(default_factory=list)  # [(index, title)], among the unknown
    divided: dict = field(default_factory=dict)  # field name -> [(index, title)]
    titles: dict = field(default_factory=dict)  # index -> (key of the whole title, title as written)
    above: list = field(default_factory=list)

    def first_cells(self, sheet, index):
        """Yield (row, cell) of what stands in a column of the sheet's first rows below the header."""
        for number, cells in sheet.head:
            if number > self.last and len(cells) >= index and not is_blank(cells[index - 1]):
                yield number, cells[index - 1]


@dataclass(frozen=True)
class Told:
    """What people said of the columns of a sheet, before anything is guessed from titles.

    columns: key of a title -> (field name, "" for one that is not read; unit, "" where the title says it).  sheet: key
    of the sheet's name, "" for any.  words: how the notes call it.  surely: somebody said it of this very file, so his
    units go before those the file says.  aside: keys of the titles he answered with ASIDE.
    """

    columns: dict = field(default_factory=dict)
    sheet: str = ""
    words: str = ""
    surely: bool = False
    aside: frozenset = frozenset()

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


def find_header(rows, merges, wanted, told=NOTHING, year=None):
    """Return the Layout of the best header within the first rows, None where no two titles are found.

    rows: [(number, cells)].  merges: [[first row, first column, last row, last column]].  told: what goes before titles.
    year: that of the figures, where it is known beside the sheet.
    """
    index = index_of(wanted, told, year)
    by_number = dict(rows[:HEAD])
    merges = [area for area in merges if area[0] in by_number]
    best, most = None, (0, 1)
    for first in by_number:
        if sum(not is_blank(cell) for cell in by_number[first]) == 1:
            continue  # a title of the sheet, or of some columns: `_with_parents` tells which
        for last in extents(first, merges):
            found = read_header(first, last, by_number, merges, index)
            size = (told.in_header(found), len(found.columns) + len(found.another))
            without_more = best and size == most and last == best.last  # what stands above the titles adds nothing
            if size[1] > 1 and (size > most or without_more):
                best, most = found, size
    if best is None:
        return None
    best = _with_years_below(_with_parents(best, by_number, merges, index, told), by_number, merges, index)
    best.above = [plain(cell) for number, cells in by_number.items() if number < best.first for cell in cells if not is_blank(cell)]
    _pass_column_numbers(best, by_number)
    _add_unit_row(best, by_number, merges, wanted, index)
    _pass_column_numbers(best, by_number)
    _add_sheet_units(best, wanted)
    if not told.surely:
        _weigh_told_units(best, wanted, told)
    _ask_where_only_some_say(best, wanted)
    return best


def index_of(wanted, told=NOTHING, year=None):
    """Return the Index of the wanted columns; a told field the resource does not have (any more) counts as not told."""
    titles = {key: column for column in wanted for title in (column.title, *column.aliases) for key in (key_of(title), bare(title))}
    by_name = {column.name: column for column in wanted}
    said = {key: (by_name.get(name), told.surely * unit) for key, (name, unit) in told.columns.items() if not name or name in by_name}
    return Index(titles, said, year)


def guess_header(rows):
    """Return the number of the row that looks most like a header where no title is known: the first with most texts."""
    texts = {number: len({cell for cell in cells if isinstance(cell, str) and not is_blank(cell)}) for number, cells in rows[:HEAD]}
    return max(texts, key=lambda number: (texts[number], -number), default=None)


def extents(first, merges):
    """Return the rows in which a header beginning in `first` may end.

    Not above the end of a cell merged downwards, and no further than one row below one merged sideways.
    """
    least = max([first, *(bottom for top, _, bottom, _ in merges if top == first and bottom - top < 4)])
    most = least
    while most < first + 3 and any(top <= most <= bottom and top >= first and right > left for top, left, bottom, right in merges):
        most += 1
    return range(least, most + 1)


def read_header(first, last, rows, merges, index):
    """Return the Layout of the rows `first` to `last` taken as a header.  rows: number -> cells."""
    found = Layout(first, last)
    header = range(first, last + 1)
    width = max([len(rows.get(number, ())) for number in header] + [right for top, _, _, right in merges if top in header], default=0)
    for column in range(1, width + 1):
        texts = [text for number in header if (text := _text_at(rows, number, column, merges, number < last))]
        if texts:
            _place(found, column, texts, index)
    parts = {name: parts for name, parts in found.divided.items() if name not in found.columns and not set(parts) <= set(found.another)}
    return replace(found, divided=parts)


def _text_at(rows, number, column, merges, parent=False):
    """Return the text of a header cell; a merged cell lends its text to the columns it spans, not to the rows.

    parent: a text stands for the empty cells behind it, unless it is a unit, in a row in which nobody merged cells sideways
    (nobody can in a .csv).
    """
    cells = rows.get(number, ())
    if column <= len(cells) and not is_blank(cells[column - 1]):
        return plain(cells[column - 1]).strip()
    across = [(left, right) for top, left, _, right in merges if top == number and right > left]
    for left, right in across:
        if left < column <= right:
            return _text_at(rows, number, left, ())
    if parent and not across:
        left = next((left for left in range(min(column - 1, len(cells)), 0, -1) if not is_blank(cells[left - 1])), None)
        downwards = any(top <= number <= bottom and first == left for top, first, bottom, _ in merges)
        before = plain(cells[left - 1]).strip() if left and not downwards else ""
        return before if take_apart(before, {})[0] else ""
    return ""


def _place(found, column, texts, index):
    written, whole = " ".join(texts[-1].split()), "/".join(" ".join(text.split()) for text in texts)
    key = key_of("".join(texts))
    found.titles[column] = (key, written)
    meaning = index.understand(key, texts)
    if meaning is None or meaning.another:
        if meaning:
            written = whole
            found.another.append((column, whole))
        if key not in index.told and (parent := index.divided(texts)):
            found.divided.setdefault(parent.name, []).append((column, written))
        if key_of(texts[-1]) not in SILENT:
            found.unknown.append((column, written))
        return
    wanted = meaning.wanted
    titles = (wanted.title, *wanted.aliases)
    loose = texts[-1] not in titles and key_of(texts[-1]) in map(key_of, titles)
    alias = bare(wanted.title) != bare(texts[-1])
    new = Found(column, whole if alias else written, meaning.unit, alias=alias, loose=loose, doubt=meaning.doubt)
    if wanted.name in found.columns:
        found.twice.append((wanted.name, found.columns[wanted.name], new))
    else:
        found.columns[wanted.name] = new


def _with_parents(found, rows, merges, index, told):
    """Return the header with the rows above it that gather its columns (上年同期 over two of them)."""
    while _gathers(rows.get(found.first - 1, ()), found, merges, index):
        wider = read_header(found.first - 1, found.last, rows, merges, index)
        if told.in_header(wider) < told.in_header(found):
            break
        found = wider
    return found


def _gathers(cells, found, merges, index):
    """Say whether the row above a header is part of it: cells merged over some columns, or texts that change what is below.

    A text alone that begins over the first column is the title of the sheet. A row with a code is data: 2020 in it is no year, 9T no unit.
    """
    texts = [(column, plain(cell).strip()) for column, cell in enumerate(cells, start=1) if not is_blank(cell)]
    if any(LONG_CODE.fullmatch(text) for _, text in texts):
        return False
    if not texts or any(CAPTION.search(normalise(text[:200]).replace(" ", "")) for _, text in texts):
        return False
    if len(texts) == 1 and texts[0][0] <= min(found.titles):
        return False
    if any(top == found.first - 1 and right > left for top, left, _, right in merges):
        return True
    parts = [part for _, text in texts for part in _parts(text)]
    return any(index.says(part) in (Says.UNIT, Says.ANOTHER) or names_a_year(part) for part in parts)


def _with_years_below(found, rows, merges, index):
    """Return the header with the row below it that says of which year its figures are, where nobody merged the cells beside it."""
    cells = rows.get(found.last + 1, ())
    years = {column: cell for column, cell in enumerate(cells, start=1) if not is_blank(cell)}
    said = years and all(
        isinstance(cell, str) and names_a_year(key_of(cell), alone=True) and not cell.strip().isdecimal() for cell in years.values()
    )
    return read_header(found.first, found.last + 1, rows, merges, index) if said else found


def _parts(text):
    base, remarks = take_apart(text, {})
    return [base, *remarks] if base else remarks


def _pass_column_numbers(found, rows):
    """Take the row under the header that numbers its columns, as statistical forms do, into the header."""
    cells = rows.get(found.last + 1, ())
    words = {column: normalise(plain(cell)).replace(" ", "") for column, cell in enumerate(cells, start=1) if not is_blank(cell)}
    ours = {column: words.pop(column) for column, word in list(words.items()) if word in SILENT}  # as a marked workbook has it there
    parts = [COLUMN_NUMBER.match(word) for word in words.values()]
    numbers = [int(part[1]) for part in parts if part and part[1]]
    every = all(parts) and {place.index for place in found.columns.values()} <= words.keys()
    if every and len(parts) > 2 and numbers == list(range(1, len(numbers) + 1)):
        found.last += 1
        found.titles.update({column: (key_of(word), word) for column, word in ours.items()})


def _add_unit_row(found, rows, merges, wanted, index):
    """Take the row under the header for its units: it names no record, and holds units and words but no figures.

    A merged cell speaks of all columns it lies over.
    """
    cells = list(rows.get(found.last + 1, ()))
    for top, left, _, right in merges:
        if top == found.last + 1 and right > left and left <= len(cells) and _unit_in(cells[left - 1]):
            cells[left - 1 : right] = [cells[left - 1]] * (right - left + 1)
    words = {column: cell for column, cell in enumerate(cells, start=1) if not is_blank(cell) and key_of(plain(cell)) not in PLACEHOLDERS}
    wanted = {column.name: column for column in wanted}
    by_column = {place.index: wanted[name] for name, place in found.columns.items()}
    naming = [key_of(plain(cell)) for column, cell in words.items() if column in by_column and not by_column[column].unit]
    units = {column: _unit_in(cell) for column, cell in words.items()}
    if any(word not in ("单位", "计量单位") for word in naming) or not any(
        unit or _like_a_unit(words[column]) for column, unit in units.items()
    ):
        return
    if not all(unit or (isinstance(words[column], str) and not _has_digit(words[column])) for column, unit in units.items()):
        return
    found.last += 1
    for column, field_ in by_column.items():
        place = found.columns[field_.name]
        told = index.told.get(found.titles[column][0], (None, ""))[1]
        if column in words and field_.unit and not place.doubt and not told:
            unit, doubt = one_unit([unit for unit in (place.unit, units[column]) if unit], field_)
            found.columns[field_.name] = replace(place, unit=unit, doubt=doubt if units[column] else obscure(plain(words[column])))


def _like_a_unit(cell):
    return isinstance(cell, str) and bool(UNIT_LIKE.search(key_of(cell)))


def _unit_in(cell):
    """Return the unit a cell names and nothing else, None where it does not."""
    base, remarks = take_apart(plain(cell), {})
    return unit_named(remarks[0]) if not base and len(remarks) == 1 else None


def _has_digit(text):
    return any(char.isdecimal() for char in text)


def _add_sheet_units(found, wanted):
    """Apply "单位：万元、亩" above the header or in its row, or a title above that ends in （万元）, to the columns that write none."""
    beside = [_said_in_header(found.titles[index][0], title) for index, title in found.unknown]
    said, ours = [units_said(text) for text in found.above] + beside, {column.unit for column in wanted}
    units = [unit for one in said for unit in one.units]
    dark = [part for one in said for part in one.dark if part not in ours]
    where = "表头上方或标题行" if any(map(any, beside)) else "表头上方"
    for column in wanted:
        place = found.columns.get(column.name)
        if not column.unit or not place or place.unit or place.doubt:
            continue
        unit, doubt = one_unit([unit for unit in units if factor(unit, column.unit)], column)
        ratios = [unit for unit in units if "/" in unit and factor(unit.partition("/")[0], column.unit)]
        read_as = factor(unit or column.unit, column.unit)
        others = [words for one in said for other, words in one.of_one if factor(other, column.unit) not in (None, read_as)]
        if not unit and not doubt and (dark or ratios):
            doubt = f"看不懂单位“{(dark or ratios)[0]}”"
        elif others and not doubt:
            doubt = f"写了“{others[0]}”，分不清是哪几列的单位"
        found.columns[column.name] = replace(place, unit=unit, general=True, doubt=doubt and f"{where}{doubt}")


def _said_in_header(key, title):
    """Return what the title of an unknown column says of units; a bare one (元) may be that of the column beside it only."""
    unit = unit_named(key)
    return Said(of_one=((unit, title),)) if unit and "单位" not in key else units_alone(title)


def _weigh_told_units(found, wanted, told):
    """Take the unit a saved mapping remembers where the file says none; where it says another one, somebody has to decide."""
    for column in wanted:
        if not (place := found.columns.get(column.name)):
            continue
        _, unit = told.columns.get(found.titles[place.index][0], ("", ""))
        if unit and place.unit and factor(place.unit, column.unit) != factor(unit, column.unit):
            found.columns[column.name] = replace(place, doubt=f"文件里写的单位是“{place.unit}”，{told.words}时它的单位是“{unit}”")
        elif unit:
            found.columns[column.name] = replace(place, unit=unit, doubt="")


def _ask_where_only_some_say(found, wanted):
    """Let a column say no unit only where no other one of its kind says that it is in another unit than ours.

    元 over or under one figure, and nothing at the next one, may speak of both.
    """
    wanted = {column.name: column for column in wanted}
    for name, place in found.columns.items():
        unit = wanted[name].unit
        if not unit or place.unit or place.doubt:
            continue
        for other, said in found.columns.items():
            if said.unit and not said.doubt and factor(said.unit, unit) and factor(said.unit, wanted[other].unit) != 1:
                doubt = f"没有写单位，而 {letter(said.index)} 列“{said.title}”以“{said.unit}”为单位"
                found.columns[name] = replace(place, doubt=doubt)
