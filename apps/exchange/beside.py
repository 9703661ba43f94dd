"""Columns that say something of the figures beside them, row by row: the unit they are in (计量单位), of which tax they are (税种)."""

import re
from itertools import pairwise

from apps.core.errors import Refused
from apps.exchange.layout import ASIDE_WORDS, letter
from apps.exchange.rules import BadCell, is_blank, plain
from apps.exchange.titles import UNIT_LIKE, bare, key_of
from apps.exchange.units import WORDS, factor, unit_named

UNITS = frozenset(["计量单位", "金额单位", "数据单位", "货币单位", "数量单位"])
UNIT_OR_OFFICE = "单位"  # 元, or the office that reports
TAXES = frozenset(["税种", "税目", "税费种", "税种名称", "税目名称", "征收项目", "征收品目", "征收项目名称", "征收品目名称"])
ALL_TAXES = re.compile(
    r"^(?:.{0,8}(?:合计|总计|共计|小计)(?:数|额)?|(?:全部|所有|各项?)税(?:种|收|费)|税收(?:收入|总额|总收入)?|全税种|全部)$"
)
DITTO = frozenset(["同上", "〃", "″", "''", '"'])


class Beside:
    """What such columns of one sheet say; asked for every data row in its order. False where there are none, as in nearly every sheet."""

    def __init__(self, sheet, layout, resource, told):
        figures = [(resource.fields[name], found) for name, found in layout.columns.items() if resource.fields[name].unit]
        columns = [
            (index, layout.titles[index][1], sure)
            for index, _ in sorted(layout.unknown)
            if (sure := _holds_units(bare(layout.titles[index][1]), [cell for _, cell in layout.first_cells(sheet, index)])) is not None
        ]
        parts = _shared_out([index for index, *_ in columns], figures)
        self.units = [UnitColumn(*column, part) for column, part in zip(columns, parts, strict=True) if part]
        seen = told.aside if told.surely else ()  # whoever says so of this file has seen what the column says
        taxes = [found for column, found in figures if "税" in column.title]
        found = [(index, *layout.titles[index]) for index, _ in layout.unknown] if taxes else []
        self.taxes = [TaxColumn(index, title, taxes) for index, key, title in found if bare(title) in TAXES and key not in seen]

    def __bool__(self):
        return bool(self.units or self.taxes)

    def in_row(self, number, cells):
        """Return title -> BadCell of the figures of a row that are in another unit than they are read in.

        Raises Refused where they are of one tax, and those of all taxes are wanted.
        """
        bad = {}
        for column in self.taxes:
            column.check(number, cells)
        for column in self.units:
            bad |= column.in_row(cells)
        return bad


class UnitColumn:
    """One column of units, and the figures [(Column, Found)] it speaks of.  sure: what stands in it can only be units."""

    def __init__(self, index, title, sure, figures):
        self.index, self.place, self.sure, self.figures = index, f"{letter(index)} 列“{title}”", sure, figures
        self.last, self.said = (), {}  # what the last row that says one says, and what has been found of each unit

    def in_row(self, cells):
        """Return title -> BadCell of what is read in another unit; an empty cell says what stands above it (perhaps merged over both)."""
        written = cells[self.index - 1] if self.index <= len(cells) else None
        if not is_blank(written) and written not in DITTO:
            word = plain(written)
            if word not in self.said:
                self.said[word] = self._in_another_unit(word)
            self.last = self.said[word]
        return {
            column.title: BadCell(plain(cells[at - 1]), doubt=doubt)
            for column, at, doubt in self.last
            if at <= len(cells) and not is_blank(cells[at - 1]) and not isinstance(cells[at - 1], BadCell)
        }

    def _in_another_unit(self, word):
        """Return [(Column, index, (reason, remedy))] of the figures that a unit says are in another one than they are read in."""
        unit, found = _unit(word), []
        dark = self.sure and not unit and UNIT_LIKE.search(key_of(word))
        for column, place in self.figures:
            read_as = place.unit or column.unit
            if dark or factor(unit, column.unit) not in (None, factor(read_as, column.unit)):
                reason = f"{self.place}写的单位是“{word}”，而这一列按“{read_as}”读取"
                remedy = f"请换算成“{read_as}”填写并改正单位；整列都是同一单位的，请把它写在列标题里"
                found.append((column, place.index, (reason, remedy)))
        return found


class TaxColumn:
    """A column that says which tax the figures (Found) of a row are."""

    def __init__(self, index, title, figures):
        self.index, self.place, self.figures = index, f"{letter(index)} 列“{title}”", figures
        self.known = set()  # what has been found to mean all taxes

    def check(self, number, cells):
        """Refuse the file at a row with a figure of one tax."""
        written = cells[self.index - 1] if self.index <= len(cells) else None
        if is_blank(written) or (word := plain(written)) in self.known:
            return
        if ALL_TAXES.match(key_of(word)):
            self.known.add(word)
        elif figure := next((one for one in self.figures if one.index <= len(cells) and not is_blank(cells[one.index - 1])), None):
            raise Refused(
                f"{self.place}第 {number} 行是“{word}”，像是分税种的数，而 {letter(figure.index)} 列“{figure.title}”要的是各税种的合计。"
                f"请只保留“合计”的行，一家企业一行；这一列确与税额无关的，请删去它，或在“指定各列”中对它选“{ASIDE_WORDS}”。"
            )


def _holds_units(key, cells):
    """Say whether a column holds units and nothing else (True), or perhaps (False); None where it holds other things.

    By its title, or by what most of its first cells are.
    """
    units = sum(bool(_unit(plain(cell))) for cell in cells)
    if key in UNITS or (units and units * 2 > len(cells)):
        return True
    return False if key == UNIT_OR_OFFICE else None


def _unit(word):
    return unit_named(word) or (word if word in WORDS else "")


def _shared_out(indices, figures):
    """Return for each column of units the figures it speaks of: one alone of all, several each of those before it, or else behind it."""
    if len(indices) < 2:
        return [figures] * len(indices)
    before = [[pair for pair in figures if left < pair[1].index < right] for left, right in pairwise([0, *indices])]
    if all(before):
        return before
    return [[pair for pair in figures if left < pair[1].index < right] for left, right in pairwise([*indices, max(indices) + 1000])]
