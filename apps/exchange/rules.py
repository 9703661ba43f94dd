"""How a cell becomes a value: pure functions, one per kind of value. Sources: domain 7.1-7.6, reliability 3.4.

A cell is None, str, int, Decimal, bool, date or `BadCell`. Every function returns (value, note): the note says in
Chinese what was read into the cell, None where it was taken as it stands. What is doubtful is refused with `Fault`.
"""

import calendar
import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

from apps.core.text import normalise, normalise_code, visible
from apps.exchange.units import factor, unit_named

EXCEL_DIGITS = Context(prec=15)  # a numeric cell holds 15 digits; the rest is noise of binary fractions
PLACEHOLDERS = frozenset({"无", "—", "–", "-", "--", "——", "/", "\\", "待补", "待定", "同上", "〃", "″", "不详", "未知"}) | frozenset(
    {"n/a", "na", "null", "none", "nan", "#n/a"}
)
NUMBER = re.compile(r"^([+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)([^\d.,][^.,]*)?$")  # a unit may end in a digit: ㎡ is m2
DATE = re.compile(r"^(\d{4})(?:-(\d{1,2})-|/(\d{1,2})/|\.(\d{1,2})\.|年(\d{1,2})月)(\d{1,2})日?$")
MIDNIGHT = re.compile(r"(?<=[\d日])[ T]0?0:00(?::00(?:\.0+)?)?$")  # a database writes the hour behind every day
YEAR_MONTH = re.compile(r"^(\d{4})(?:[-/.](\d{1,2})|年(\d{1,2})月)$")
APART = re.compile(r"(?<=\d)\s+(?=\d)")
APART_IN_NUMBER = re.compile(r"(?<=[\d.,．，])\s+(?=[\d.,．，])")
THOUSANDS = re.compile(r"^\s*[+-]?\d{1,3}(?:[ \xa0\u2009\u202f]\d{3})+(?:\.\d+)?(?![\s.,．，]*\d)")  # 1 234 567.8
RAISED_IN_UNIT = re.compile(r"(?<=[mM米])[²³]")
TEXT_MARK = re.compile(r"^\s*'(?=\w)")  # typed before a code to keep a spreadsheet from taking it for a number
SCIENTIFIC = re.compile(r"^\d(?:\.\d+)?E\+?\d+$")
PERIOD = re.compile(r"^(?:1月?[-—–~至])?(\d{1,4})(?:年度|年|月份|月)?$")
MONTH_OF_YEAR = re.compile(r"^(\d{4})(?:[-/.]?(0[1-9]|1[0-2])|[-/.年](0?[1-9]|1[0-2])月?份?)$")  # 2021年9月, 2021-09, 202109
PLAUSIBLE = {  # the most one cell may say, by unit (default, configurable): beyond it the unit is wrong
    "万元": Decimal(10_000_000),
    "亩": Decimal(100_000),
    "平方公里": Decimal("1503.52"),  # the county
    "吨标准煤": Decimal(10_000_000),
    "万千瓦时": Decimal(1_000_000),
    "吨": Decimal(10_000_000),
    "人": Decimal(1_000_000),
}
JUMP = 10  # times a figure of the year before, or a part of it: more looks like another unit (default, configurable)
IMPLAUSIBLE = Decimal(10) ** 13  # more than any cell may say, whatever the unit
YES = frozenset({"是", "有", "√", "✓", "y", "yes", "true"})
NO = frozenset({"否", "×", "n", "no", "false"})


UNSURE = NotImplemented  # what the quick ways say of a cell that wants the careful one


class Fault(ValueError):
    """A cell that cannot be taken; reason and remedy in Chinese."""

    def __init__(self, reason, remedy):
        super().__init__(f"{reason}；{remedy}。")


@dataclass(frozen=True)
class BadCell:
    """A cell without a value to be taken: an error such as #N/A, a formula nobody has calculated, a number shown as another one.

    holds: the number in the cell, where its format shows `text` instead (a percentage, thousands).  merged: the area of merged
    cells that covers it.  doubt: (reason, remedy) of why the cell is not to be taken as it stands.
    """

    text: str
    formula: bool = False
    holds: str = ""
    merged: str = ""
    doubt: tuple = ()

    def __str__(self):
        return self.text


class Formatted(str):
    """What a number format shows of a number, read as if it had been typed (35万元, 0810).  holds: the number, as text."""

    __slots__ = ("holds",)

    def __new__(cls, shown, holds):
        cell = super().__new__(cls, shown)
        cell.holds = holds
        return cell


def shown_as_another(holds, shown):
    """Return the Fault of a number that is shown as something else."""
    reason = f"单元格的数字格式把 {holds} 显示为“{shown}”，分不清以哪个为准"
    return Fault(reason, "请把单元格格式改为“常规”，按列标题的单位填写数值")


def is_blank(cell):
    """Say whether a cell holds nothing: empty, or blanks only."""
    return cell is None or (isinstance(cell, str) and not cell.isalnum() and not visible(cell).strip())


def refuse_senseless(cell):
    """Refuse what no column takes: error cells, formulas without a result, words that stand for "nothing"."""
    if isinstance(cell, BadCell):
        if cell.formula:
            raise Fault("公式无计算结果", "请在表格软件中重新计算并保存，或改填数值")
        if cell.holds:
            raise shown_as_another(cell.holds, cell.text)
        if cell.merged:
            raise Fault(f"在合并单元格 {cell.merged} 内，读不出这一格的内容", "请取消合并后分别填写")
        if cell.doubt:
            raise Fault(*cell.doubt)
        raise Fault(f"单元格是错误值 {cell.text}", "请改正公式或填写数值")
    if isinstance(cell, str) and normalise(cell).replace(" ", "").lower() in PLACEHOLDERS:
        raise Fault(f"“{cell.strip()}”不是数据", "没有数据请留空，有数据请照实填写")


def refuse_marks(cell):
    """Refuse the mark of a footnote (①, ¹) in a text: it would become a digit in NFKC. A unit may have one (m²)."""
    if not cell.isascii() and any(unicodedata.category(char) == "No" for char in RAISED_IN_UNIT.sub("", cell)):
        raise Fault(f"“{' '.join(cell.split())}”带有上标、圆圈数字之类的符号", "请删去符号，注释写在备注里")


def one_figure(cell, apart=APART):
    """Return a text in NFKC, free of blanks, where none of it would run together into one figure. Raises Fault.

    Two lines are two figures (100 over 200). The thousands of a number may stand apart by one blank each.
    apart: the blanks that keep figures apart.
    """
    refuse_marks(cell)
    seen = visible(cell)
    if apart.search(seen) and not (apart is APART_IN_NUMBER and THOUSANDS.match(seen)):
        raise Fault(f"“{' '.join(seen.split())}”中间有空格或换行，像是两个数", "请一格只填一个数，数字之间不留空格")
    return normalise(seen).replace(" ", "")


def text(cell):
    """Return text in NFC with blanks and line breaks brought to single spaces, and say so; odd characters are refused."""
    refuse_senseless(cell)
    if isinstance(cell, bool):
        raise Fault("单元格是逻辑值", "请填写文字")
    raw = cell.isoformat() if isinstance(cell, dt.date) else plain(cell)
    tidy = " ".join(visible(unicodedata.normalize("NFC", raw)).split())
    if not tidy.isprintable():  # characters of the categories Cc, Cf, Cn, Co and Cs; blanks are single spaces by now
        strange = next(char for char in tidy if not char.isprintable())
        raise Fault(f"含有看不见或自造的字符 U+{ord(strange):04X}", "请删除后重填")
    return tidy, (f"“{cell}”读作 {tidy}" if isinstance(cell, str) and tidy != cell else None)


def plain(cell):
    """Return a cell as the text a person sees in it."""
    if isinstance(cell, int | Decimal) and not isinstance(cell, bool):
        number_ = EXCEL_DIGITS.create_decimal(cell)
        return f"{number_:f}".rstrip("0").rstrip(".") if "." in f"{number_:f}" else f"{number_:f}"
    return "" if cell is None else str(cell)


def code(cell, text_only=False, local=False):
    """Return a code: half-width, upper case, free of blanks.

    text_only: refuse a number in the cell. A spreadsheet keeps 15 digits of a number, so the end of a credit code
    is lost and must never be guessed.  local: a code an office made up itself stays as it is written.
    """
    refuse_senseless(cell)
    if isinstance(cell, bool | dt.date):
        raise Fault("单元格不是文本", "请把该列设为文本格式后重填")
    if isinstance(cell, int | Decimal):
        if text_only or abs(cell) >= 10**15 or cell != int(cell):
            raise Fault("代码被表格软件存为数字，末位可能已丢失", "请把该列设为文本格式后重填")
        return str(int(cell)), f"数字 {int(cell)} 按文本读取"
    if not local:
        refuse_marks(cell)
    bare = TEXT_MARK.sub("", cell)
    value = normalise_code(bare)
    if SCIENTIFIC.match(value):
        raise Fault("代码被写成科学计数，末位已丢失", "请把该列设为文本格式后重填")
    if local:
        value = text(bare)[0]
    return value, (f"“{cell}”读作 {value}" if value != (cell if local else cell.strip()) else None)


def number(cell, places, unit="", sheet_unit=""):
    """Return a Decimal with at most `places` decimals, in `unit`.

    sheet_unit: the unit of the column in the file; a unit in the cell itself ("0.34亿") wins over it.
    Accepted: digits, full-width digits, thousands separators, unit words. Everything else is refused.
    """
    refuse_senseless(cell)
    if isinstance(cell, bool | dt.date):
        raise Fault("单元格不是数字", "请填写数字")
    read, word = (EXCEL_DIGITS.create_decimal(cell), "") if isinstance(cell, int | Decimal) else _number_in_words(cell)
    source = word or sheet_unit or unit
    if source == unit:
        value = read
    else:
        share = factor(source, unit)
        if share is None:
            raise Fault(f"单位“{source}”不能换算为“{unit or '本列的单位'}”", "请按列标题的单位填写")
        value = read * share.numerator / share.denominator
    rounded = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP) if value.adjusted() < 20 else value
    rounded = rounded or abs(rounded)  # -5 yuan are 0.00 in 万元, not -0.00
    if value and not rounded and factor(unit, "亩"):
        raise Fault(f"{plain(cell)} 小到不成面积", "请核对数值和单位")
    if abs(rounded) > PLAUSIBLE.get(unit, IMPLAUSIBLE):
        raise Fault(f"{plain(rounded)} {unit}超出合理范围", "请核对数值和单位")
    written = plain(cell).strip()
    if source != unit:
        return rounded, f"“{written}{'' if word else source}”换算为 {plain(rounded)} {unit}"
    if rounded != value:
        return rounded, f"“{written}”四舍五入为 {plain(rounded)}（保留 {places} 位小数）"
    return rounded, (f"“{written}”读作 {plain(rounded)} {unit}".strip() if isinstance(cell, str) and written != plain(rounded) else None)


def jump(value, before):
    """Say how a figure stands to that of the year before where one is JUMP times the other or more; None elsewhere.

    No data and zero cannot be compared, and a loss after a profit is no unit's fault.
    """
    if not value or not before or (value < 0) != (before < 0) or abs(value) < JUMP * abs(before) and abs(before) < JUMP * abs(value):
        return None
    share = Decimal(value) / before
    times = plain(max(share, 1 / share).quantize(Decimal(1), ROUND_HALF_UP))
    how = f"是上年（{plain(before)}）的约 {times} 倍" if share > 1 else f"只有上年（{plain(before)}）的约 {times} 分之一"
    return f"{plain(value)} {how}，请核对单位"


def quick_number(cell, quantum, most):
    """Return `number(cell)` for a plain number of at most `most` that needs neither unit nor rounding; UNSURE for any other cell.

    quantum: one unit of the last place.
    """
    if type(cell) not in (int, Decimal) or not -most <= cell <= most:
        return UNSURE
    read = EXCEL_DIGITS.create_decimal(cell)
    value = read.quantize(quantum)
    return value if value == read and (value or not value.is_signed()) else UNSURE


def as_written(cell):
    """Return (number, unit) of a cell that is not simply a number, without any conversion; "" where it bears no unit. Raises Fault."""
    refuse_senseless(cell)
    if isinstance(cell, bool | dt.date):
        raise Fault("单元格不是数字", "请填写数字")
    return _number_in_words(cell)


def _number_in_words(cell):
    match = NUMBER.match(one_figure(cell, APART_IN_NUMBER))
    word = match and match[2]
    if not match or (word and word not in ("万", "亿") and not unit_named(word)):
        if isinstance(cell, Formatted):
            raise shown_as_another(cell.holds, cell)
        raise Fault(f"“{cell.strip()}”不是确切的数字", "请只填数字，单位写在列标题里，不写“约”、百分号和汉字数字")
    return Decimal(match[1].replace(",", "")), (word if word in ("万", "亿") else unit_named(word) or "")


def whole(cell, unit="", sheet_unit=""):
    """Return a whole number."""
    value, note = number(cell, 6, unit, sheet_unit)
    if value != value.to_integral_value():
        raise Fault(f"{plain(value)} 不是整数", "请填写整数")
    return int(value), note


def period(cell):
    """Return a year or a month: 2021, 2021年, 9月, or the cumulative span 1-9月, which is September's figure."""
    span = PERIOD.match(one_figure(cell)) if isinstance(cell, str) else None
    return (int(span[1]), None) if span else whole(cell)


def month_with_year(cell):
    """Return (year, month) of a cell that names both, or the first or last day of a month; None of any other.

    Another day may be a span that a spreadsheet took for one: 1-9 becomes 9 January.
    """
    if isinstance(cell, str | int):
        written = MONTH_OF_YEAR.match(normalise(cell).replace(" ", ""))
        if written:
            return int(written[1]), int(written[2] or written[3])
    try:
        day = date(cell)[0]
    except Fault:
        return None
    return (day.year, day.month) if day.day in (1, calendar.monthrange(day.year, day.month)[1]) else None


def year_of_day(cell):
    """Return the year of a cell that is its first or last day, None of any other."""
    try:
        day = date(cell)[0]
    except Fault:
        return None
    return day.year if (day.month, day.day) in ((1, 1), (12, 31)) and not YEAR_MONTH.match(normalise(plain(cell))) else None


def date(cell, ends=False):
    """Return a date; a two-digit year or a bare serial number is refused.

    A month without a day (2021.6, 2021年6月) is its first day, in a column of end dates (`ends`) its last one; the note
    says which (docs/decisions/14-month-for-a-date.md).
    """
    refuse_senseless(cell)
    if isinstance(cell, dt.date):
        return cell, None
    seen = normalise(plain(cell))
    if isinstance(cell, str):
        refuse_marks(cell)
    written = MIDNIGHT.sub("", seen)
    if not APART.search(written):  # 2021-6-1 2 is no day, nor is one with an hour
        written = written.replace(" ", "")
    if month := YEAR_MONTH.match(written):
        if isinstance(cell, Decimal) and written.endswith(".1"):
            raise Fault(f"“{written}”存为数字，分不清是 1 月还是 10 月", "请填写完整日期，如 2021-01-01")
        value = _day(written, month[1], month[2] or month[3], 1)
        if ends:
            value = value.replace(day=calendar.monthrange(value.year, value.month)[1])
        return value, f"“{written}”只有年月，取当月{'最后一天' if ends else '第一天'} {value.isoformat()}"
    match = DATE.match(written)
    parts = (match[1], match[2] or match[3] or match[4] or match[5], match[6]) if match else ()
    if not parts and re.fullmatch(r"(19|20)\d{6}", written):
        parts = (written[:4], written[4:6], written[6:])
    if not parts:
        raise Fault(f"“{written}”不是明确的日期", "请填写完整日期，如 2021-06-01")
    value = _day(written, *parts)
    return value, (f"“{seen}”读作 {value.isoformat()}" if seen != value.isoformat() else None)


def _day(written, *parts):
    """Return the day of year, month and day given as text. Raises Fault where there is no such day."""
    try:
        value = dt.date(*map(int, parts))
    except ValueError as error:
        raise Fault(f"没有“{written}”这个日期", "请核对日期") from error
    if not 1900 <= value.year <= 2100:
        raise Fault(f"日期 {written} 超出合理范围", "请核对年份")
    return value


def yes_no(cell):
    """Return True for 是, False for 否."""
    refuse_senseless(cell)
    if isinstance(cell, bool):
        return cell, None
    word = normalise(plain(cell)).lower()
    if word not in YES | NO:
        raise Fault(f"“{word}”不是“是”或“否”", "请从下拉列表中选择“是”或“否”")
    return word in YES, None
