"""What a text beside the figures says of their units: above the header, in its row, next to the rows, in the foot. Pure.

What is found are known units of all figures, those of one figure alone, and what speaks of a unit that is none: whoever reads figures
without a unit of their own asks about it.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from apps.core.text import normalise
from apps.exchange.titles import BRACKETS, PARTS, UNIT_LIKE, take_apart
from apps.exchange.units import UNITS, WORDS, unit_named

SHEET_UNITS = re.compile(r"(金额|计量|货币|计价|数据)?(?<![报填送制位])单\s*位\s*[:(\s—–-]\s*([^()]*)")
IN_WORDS = [  # 金额单位为元, 以元为单位, 以元为计量单位, 按元计
    re.compile(r"单位(?:均|都|统一|全部){0,2}(?:为|是|系):?([^()。;,、]{1,12})"),
    re.compile(r"[以按用]([^()。;,、以按用]{1,8}?)(?:为(?:计量|金额|货币|计价|数据)?单位|列示|计算?(?![划入提量分]))"),
]
FILLED_IN = re.compile(r"[以按]([^()。;,、以按]{1,6}?)(?:填列|填报|填写|列报|反映|表示|统计)")  # 按元填报; 由统计人员按户填报 is none
SAID_OF = re.compile(  # 本表金额均为元, 税收为元, 税收单位元
    r"([^()。;,、:]{0,12}?)(?:(?<![报填送制位各本用])单位(?:(?:均|都|统一|全部){0,2}[为是系]:?)?|(?:均|都|统一|全部){0,2}[为是系]:?)"
    r"([^()。;,、:]{1,8})(?=$|[()。;,、])"
)
OF_ALL = re.compile(r"(?:金额|数额|数据|数值|数字|指标|各项|项目|以上|本表|表中|表内|单位)$|均|都|统一|全部")  # else of one figure only
NO_WORDS = frozenset({"人", "家", "度", "t", "ha", "mu"})  # units that are words: 为人
IN_ENGLISH = re.compile(r"\bunits?\s*[:(]\s*([^()]*)", re.IGNORECASE)
OF_MONEY = re.compile(r"yuan|rmb|cny|usd|dollar|thousand|million|10000")
ENGLISH = {"yuan": "元", "10000yuan": "万元", "10thousandyuan": "万元", "tenthousandyuan": "万元", "millionyuan": "百万元"}
BEGINS = re.compile("(?:人民币)?(" + "|".join(sorted((unit for unit in UNITS if not unit.isascii()), key=len, reverse=True)) + ")")
OFFICE = re.compile(  # 单位：人社局, 单位：度假区管委会
    r"(?:局|委|办|办公室|中心|[所院站处科室部厅会组队行社厂店镇乡村县市区省]|街道|政府|公司|企业|集团|机构|平台|合作社|盖章)(?:[:,].*)?$"
)
ALONE = re.compile(  # a cell that is a statement about units, and no title of a column (总资产（单位：元）)
    r"^\(?(?:[*※]|(?:注|说明|备注)\d*:?)?\s*(?:本表|以上|表中|表内|全表|上述|各项|所有)*(?:金额|计量|货币|计价|数据|数值|指标)*(?:单\s*位|units?)\s*[:(—–-]",
    re.IGNORECASE,
)


class Said(NamedTuple):
    """units: of all figures.  dark: what is no known unit.  of_one: (unit, words) of one figure alone, 税收为元."""

    units: tuple = ()
    dark: tuple = ()
    of_one: tuple = ()


@lru_cache(maxsize=1_000)  # a foot is read once, a column of remarks without a title as often as it has rows
def units_said(text):
    """Return what a text above or below the table says."""
    text = normalise(text)
    return _joined(_named(text), _in_sentences(text.replace(" ", "")))


@lru_cache(maxsize=1_000)
def units_alone(text):
    """Return what a title in the header's row or a cell beside the rows says, where it is nothing but a statement about units."""
    text = normalise(text)
    named = _named(text) if ALONE.match(text) else Said()
    title = BRACKETS.match(text)  # what stands in brackets behind a title is said of its column
    said = _in_sentences((title[1] if title and title[1] else text).replace(" ", ""))
    return _joined(named._replace(dark=tuple(filter(like_unit, named.dark))), said)


def like_unit(part):
    """Return the known unit that what is dark begins with, 元 where it counts money, "" where it may be the name of an office."""
    return (found := BEGINS.match(part)) and found[1] or ("元" if "元" in part or part in WORDS else "")


def _joined(*said):
    return Said(*(tuple(part for one in said for part in one[place]) for place in range(3)))


def _named(text):
    """Return what is named after 单位: as the units of the whole sheet, or behind its title in brackets."""
    if match := SHEET_UNITS.search(text):
        parts, sure = [part for part in PARTS.split(match[2]) if part], bool(match[1])
        units = [unit for part in parts if (unit := unit_named(part))]
        return Said(units, [part for part in parts if not unit_named(part) and (len(part) <= 2 or _dark(part, sure))])  # 单位：两
    if match := IN_ENGLISH.search(text):
        return _named_in_english(match[1])
    _, remarks = take_apart(text, {})
    return Said(tuple(map(unit_named, remarks))) if all(map(unit_named, remarks)) else Said()


def _dark(part, sure=False):
    """Say whether what stands for a unit is none that is known.  sure: it is said to be one; else it may be an office."""
    return bool(UNIT_LIKE.search(part)) or bool(BEGINS.match(part) and (sure or not OFFICE.search(part)))


def _named_in_english(words):
    written = re.sub(r"[\s,]", "", words).lower()
    unit = ENGLISH.get(re.sub(r"^(?:rmb|cny)|(?:rmb|cny)$", "", written)) or unit_named(written)
    return Said((unit,)) if unit else Said((), (words.strip(),) if OF_MONEY.search(written) else ())


def _in_sentences(text):
    units, dark, of_one = [], [], []
    for part in (part for pattern in IN_WORDS for part in pattern.findall(text)):
        if unit := unit_named(part):
            units.append(unit)
        elif _dark(part):
            dark.append(part)
    units += [unit for part in FILLED_IN.findall(text) if (unit := unit_named(part))]
    for match in SAID_OF.finditer(text):
        part, unit = match[2], unit_named(match[2])
        of_all = OF_ALL.search(match[0].removesuffix(part).rstrip("为是系:"))
        if unit and unit not in NO_WORDS:
            units += [unit] if of_all else []
            of_one += [] if of_all else [(unit, match[0])]
        elif of_all and not unit and len(part) <= 4 and part.endswith("元"):  # 金额均为美元
            dark.append(part)
    return Said(units, dark, of_one)
