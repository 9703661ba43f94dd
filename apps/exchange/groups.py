"""Rows like 壶镇镇小计: which rows each of them sums up, where that can be told. Pure.

Offices write them under the rows of a town, above them, in levels (规上, 规下, 合计 of one town), or together at the end for
rows scattered through the sheet; nothing but the figures tells which.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from apps.exchange.row_kinds import group_of

MOST = 2_000  # a sheet with more of them has no towns and parks
FAR = 50  # so many groups may one sum embrace
SOME = re.compile(  # 规上小计, 上年合计: whatever stands beside it, it may be a sum of some of the rows, or of none of them
    "规上|规下|规模|限上|限下|以[上下]|企业|重点|国有|民营|外资|亏损|盈利|停产|新增|上年|去年|同期|上期|本年|本月|当月|累计|计划|目标|预计"
)


class Block(NamedTuple):
    """Rows between two rows of totals: column -> sum, None where it cannot be summed; how many rows."""

    sums: dict
    rows: int


class Compared(NamedTuple):
    """A row of totals against a Block.

    found: the sums.Difference of every column.  printed: column -> its figure, where it could be compared.
    """

    found: list
    printed: dict

    @property
    def agrees(self):
        return not any(difference.wrong for difference in self.found)


@dataclass
class Group:
    """Such a row, and `own`: the blocks between it and the one before it.

    agrees: None where it prints no figure that can be compared.  stated: it agrees with its own rows by more than zeros.
    inside: a later one embraces its rows, so nobody knows what it means.  printed: its figures, unless it embraces others.
    """

    number: int
    cells: list
    own: list = field(default_factory=list)
    agrees: bool | None = None
    stated: bool = False
    inside: bool = False
    found: list = field(default_factory=list)
    printed: dict = field(default_factory=dict)

    @property
    def name(self):
        return group_of(self.cells)


def judged(trail, compare, may_be):
    """Return (Differences to be told, rows that are not checked [(number, cells)]).

    trail: Blocks and (number, cells) of the groups in the order of the sheet.  compare: called with number, cells, Block and
    the words for the row and its rows, returns Compared. Where a group stands above every row, each may be of the rows below.
    may_be: (column, figure) -> whether some rows of the sheet may add up to it. Nothing stands beside a group that is the only
    one to tell which rows it closes; it is wrong where no rows can make its figure, whichever they are.
    """
    groups = _read(trail, "其上", compare)
    if trail and not isinstance(trail[0], Block):
        below = _read(trail[::-1], "其下", compare)[::-1]
        groups = max(below, groups, key=_stated)
    certain, told, unchecked = _certain(groups) and not _scattered(groups), [], []
    for group in groups:
        found = group.found if certain or group.agrees else []
        if len(groups) == 1 and not group.agrees:
            found = [one for one in group.found if one.wrong and not may_be(one.column, one.printed)]
        if group.agrees or (found and not group.inside and not SOME.search(group.name)):
            told += found
        else:
            unchecked.append((group.number, group.cells))
    return told, unchecked


def together(blocks):
    """Return blocks as one; a column that cannot be summed in one of them cannot be in all."""
    first, *others = blocks
    for other in others:
        sums = {column: _sum(first.sums[column], other.sums[column]) for column in first.sums}
        first = Block(sums, first.rows + other.rows)
    return first


def _sum(one, other):
    return None if one is None or other is None else one + other


def _read(trail, where, compare):
    """Return the Groups of a trail, each compared with the blocks before it."""
    groups, own = [], []
    for item in trail:
        if isinstance(item, Block):
            own.append(item)
        else:
            group, own = Group(*item, own), []
            _compare(group, groups, where, compare)
            groups.append(group)
    return groups


def _compare(group, before, where, compare):
    """Compare a group with its rows; the first of the sums it may be that agrees is taken.

    Those are its own rows; of these the rows since a bare 小计; and with the rows of the groups before it where it has none of
    its own (壶镇镇规上, 壶镇镇规下, 壶镇镇合计), or as far back as those before it differ.
    """
    for block, embraced in _choices(group, before):
        words = {"who": f"“{group.name}”", "whose": f"{where} {block.rows} 行"}
        result = compare(group.number, group.cells, block, **words)
        if not result.printed:
            continue
        if result.agrees:
            group.agrees, group.found = True, result.found
            group.printed = {} if embraced else result.printed
            group.stated = any(group.printed.values())
            for one in embraced:
                one.inside = True
            return
        if group.agrees is None:
            group.agrees, group.found, group.printed = False, result.found, result.printed


def _choices(group, before):
    """Yield (Block, the groups it embraces) of the sums a group may be, the likeliest first."""
    rows = []
    if group.own:
        rows = [together(group.own)]
        yield rows[0], []
        if len(group.own) > 1:
            yield group.own[-1], []
    for far, one in enumerate(before[: -FAR - 1 : -1], start=1):
        if group.own and one.agrees is not False:
            return
        if one.own:
            rows = [together([*one.own, *rows])]
            yield rows[0], before[-far:]


def _stated(groups):
    return sum(group.stated for group in groups)


def _certain(groups):
    """Say whether the groups of a sheet close the rows beside them, so that one that differs is wrong.

    They do where each has rows of its own or embraces those of others, no two have one name, and of those that can be
    compared some agree by more than zeros, at least as many as differ. Otherwise one may be the sum of rows scattered through the sheet.
    """
    groups = [group for group in groups if group.agrees is not None]
    names = Counter(group.name for group in groups)
    closed = all(group.own or group.agrees for group in groups)
    return closed and names.total() == len(names) and _stated(groups) >= max(sum(not group.agrees for group in groups), 1)


def _scattered(groups):
    """Say whether the groups that differ make up for each other: together they are all rows, but each has rows elsewhere."""
    rows = together([block for group in groups for block in group.own])
    columns = {difference.column for group in groups if group.agrees is False for difference in group.found if difference.wrong}
    return any(sum(group.printed.get(column, 0) for group in groups) == rows.sums[column] for column in columns)
