"""What a row below the header is: data, a total, a foot. Pure: works on the cells of a row."""

import re
from datetime import date
from decimal import Decimal
from itertools import pairwise

from apps.core.text import normalise, normalise_code
from apps.exchange.rules import PLACEHOLDERS, is_blank, plain
from apps.exchange.titles import key_of

SUM = r"(?:(?:全县|全市|累计|本页)?(?:合计|总计|共计|总合计)数?|(?:本页)?小计|(?:grand|sub)?total)"
SIZE = r"共?\d+[家户个宗块条项件人]"  # 合计（2家）, 合计：2家
COUNT = re.compile(rf"^\(?{SIZE}\)?$")
TOTAL = re.compile(rf"^(?:{SUM}(?:[/(]?{SUM}\)?)?(?:\({SIZE}\)|:?{SIZE}|:)?|合计\(.*\)|全县|全市|汇总|总数)$")  # also Total/合计
SUBTOTAL = re.compile(r"^(?:小计|本页(?:小计|合计)|subtotal)(?:[/(:].*)?$")  # of the rows since the last one
WHOLE = re.compile(r"全县|全市|总|共计|grand")  # of all rows, whatever stands between
PART = re.compile(r"^(?:.{0,6}平均(?:数|值)?|其中:?.{0,12})$")  # of some rows, or no sum at all
GROUP = re.compile(r"^(?!其中|.*平均)(?:.{1,12}(?:合计|总计|共计|小计)|小计\(.{1,12}\)):?$")  # 壶镇镇小计: perhaps of the rows beside it
FOOT = re.compile(
    r"^(?:填表|填报|制表|审核|复核|经办|报送|上报|单位负责人|负责人|分管|联系电话|联系人:|日期:|单位:|单位\(|注\d*[:.、]|备注:|说明:|附注|数据来源|编制|※)"
)
NOTE = re.compile(r"^(?:\d{1,2}[.、]|\(\d{1,2}\)|[一二三四五六七八九十]{1,2}、|\*)\D")  # a line of notes, where it stands alone in its row
LABEL = re.compile(  # a cell of a foot behind which its value stands: 填表人：| 张三
    r"^[^:]{1,12}:$|(?:人|人员|领导|电话|日期|时间|部门|签[字名章]|盖章)(?:\([^()]*\))?$|^(?:审核|复核|制表|填表|填报|编制|经办|报送|上报|单位)$"
)
NAMELESS = re.compile(  # what stands in a foot and names no record: 统计负责人：李四, a telephone number, a day
    r"^[^:]{1,12}:|^1\d{10}$|^0\d{2,3}-?\d{7,8}$|^\d{4}[-./年]\d{1,2}(?:[-./月](?:\d{1,2}日?)?)?$"
)
NO_NAME = re.compile(  # what stands in the column of names of a total: how many, of which place or of whom all
    r"^\(?共?[\d.,]+\)?(?:[家户个宗块条项件人].{0,4})?$|^(?:全部|所有|各|以上)|(?:县|(?<![超夜集菜花])市|区|镇|乡|街道|村)$|^\W+$"
)
CODE = re.compile(
    r"^(?:[0-9A-Z]{15,}|(?=.*\d)(?=.*[A-Z])[0-9A-Z()/_-]+)$"
)  # surely a code: nothing else in a foot or a total looks like it
FIGURE = re.compile(r"-?\d[\d,]*(?:\.\d+)?")


def row_kind(cells, naming=()):
    """Say what a row below the header is: data, total, subtotal, group (壶镇镇小计), part (no sum to be compared) or foot.

    naming: the indices of the columns that name a record. A row that names one is data, whatever its other cells say (a
    column 审核状态 says 审核通过, one of taxes 合计); one that names none may say anywhere that it is a total.
    """
    if is_foot(cells) and not _names_a_record(cells, naming):
        return "foot"
    if is_total(cells) and not any(_is_code(cell) or _is_name(cell) for cell in _of(cells, naming)):
        return "subtotal" if _says(cells[:4], SUBTOTAL) else "total"
    if not naming or any(not _says([cell], TOTAL, GROUP, PART, COUNT) for cell in _of(cells, naming)):
        return "data"
    if _says(cells, TOTAL):
        return "subtotal" if _says(cells, SUBTOTAL) else "total"
    if _says(cells, PART):
        return "part"
    return "group" if _says(cells, GROUP) else "data"


def _of(cells, indices):
    """Return the written cells of these columns."""
    return [cells[index - 1] for index in indices if index <= len(cells) and not is_blank(cells[index - 1])]


def _words(cell):
    """Return a cell as the patterns of rows read it, "" where it is none of their words: they are Chinese, but for Total."""
    if not isinstance(cell, str) or (cell.isascii() and "total" not in cell.lower()):
        return ""
    return normalise(cell).replace(" ", "").lower()


def _says(cells, *patterns):
    words = [word for cell in cells if (word := _words(cell))]
    return any(pattern.match(word) for word in words for pattern in patterns)


def is_total(cells):
    """Say whether a row calls itself a total or a subtotal where every office does: in its first cells."""
    return _says([cell for cell in cells[:4] if isinstance(cell, str) and ("计" in cell or "total" in cell.lower())], TOTAL)


def group_of(cells):
    """Return what a row of kind `group` calls itself, as it is written: 壶镇镇小计."""
    return next((normalise(cell).rstrip(":") for cell in cells if GROUP.match(_words(cell))), "")


def is_of_all(cells):
    """Say whether a row of kind `total` can only be of all rows: 总计, 全县合计; a bare 合计 may close a block of them."""
    return any(WHOLE.search(word) for cell in cells if TOTAL.match(word := _words(cell)))


def is_foot(cells):
    """Say whether a row begins as the foot of a sheet does: who filled it in, notes."""
    first = next((cell for cell in cells if not is_blank(cell)), None)
    if not isinstance(first, str) or first.isascii():
        return False
    words = normalise(first).replace(" ", "")
    return bool(FOOT.match(words) or (NOTE.match(words) and sum(not is_blank(cell) for cell in cells) == 1))


def _names_a_record(cells, naming):
    """Say whether a row that begins like a foot names a record all the same.

    A code always does. A name does not where the foot's words stand in a naming column themselves, nor as the value of a
    label (填表人：| 张三); behind a mere word or a signature (审核 | 甲厂, 负责人：张三 | 甲厂) it does where the row has figures.
    """
    written = _written(cells)
    if any(column in naming and _is_code(cell) for column, cell, _ in written):
        return True
    first, _, words = written[0]
    signed = LABEL.search(words.partition(":")[0]) and not _has_figures(written)
    if first in naming or signed:
        return False
    named = [
        before
        for (_, _, before), (column, cell, words) in pairwise(written)
        if column in naming and not isinstance(cell, date) and not any(known.match(words) for known in (FOOT, NAMELESS, TOTAL, GROUP))
    ]
    return any(not LABEL.search(before) or (not before.endswith(":") and _has_figures(written)) for before in named)


def _bare(cell):
    return normalise(plain(cell)).replace(" ", "")


def _is_code(cell):
    return bool(CODE.fullmatch(normalise_code(plain(cell))))


def _is_name(cell):
    """Say whether a cell of a naming column names a record in a row that says somewhere that it is a total."""
    if not isinstance(cell, str) or key_of(cell) in PLACEHOLDERS:
        return False
    return not any(known.match(_bare(cell).lower()) for known in (TOTAL, GROUP, PART, COUNT, LABEL)) and not NO_NAME.search(_bare(cell))


def has_figures(cells):
    """Say whether a number stands in a row that is not the value of a label (联系电话 | 13900000000)."""
    return _has_figures(_written(cells))


def _written(cells):
    return [(column, cell, _bare(cell)) for column, cell in enumerate(cells, start=1) if not is_blank(cell)]


def _has_figures(written):
    """Say whether a number stands in a row that is not the value of a label (联系电话 | 13900000000).  written: as above."""
    return any(FIGURE.fullmatch(words) and not LABEL.search(before) for (_, _, before), (_, _, words) in pairwise(written))


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
