"""Units as offices write them in headers and cells, and exact conversion between them."""

import re
from fractions import Fraction

from apps.core.text import normalise

SIZES = {  # family -> unit -> size in the family's first unit; 1 亩 = 2000/3 m² exactly (domain 7.4)
    "money": {"万元": 1, "元": Fraction(1, 10_000), "千元": Fraction(1, 10), "百万元": 100, "亿元": 10_000},
    "area": {"亩": 1, "mu": 1, "公顷": 15, "ha": 15, "平方公里": 1500, "平方千米": 1500, "km2": 1500}
    | dict.fromkeys(("平方米", "平米", "m2"), Fraction(3, 2000)),
    "coal": {"吨标准煤": 1, "吨标煤": 1, "tce": 1, "万吨标准煤": 10_000, "万吨标煤": 10_000}
    | dict.fromkeys(("千克标准煤", "千克标煤", "公斤标准煤", "公斤标煤", "kgce"), Fraction(1, 1000)),
    "power": {"万千瓦时": 1, "万度": 1, "万kwh": 1, "亿千瓦时": 10_000, "亿度": 10_000, "亿kwh": 10_000, "gwh": 100}
    | dict.fromkeys(("千瓦时", "度", "kwh"), Fraction(1, 10_000))
    | dict.fromkeys(("千千瓦时", "兆瓦时", "mwh"), Fraction(1, 10)),
    "mass": {"吨": 1, "t": 1, "万吨": 10_000} | dict.fromkeys(("千克", "公斤", "kg"), Fraction(1, 1000)),
    "people": {"人": 1, "万人": 10_000},
    "firms": {"家": 1},
    "per area": {"万元/亩": 1},
}
UNITS = {unit: (family, Fraction(size)) for family, sizes in SIZES.items() for unit, size in sizes.items()}
BETWEEN = dict.fromkeys(map(ord, " ·•"))  # 千瓦·时
WORDS = {"万": 10_000, "亿": 100_000_000}
ROUND_ABOUT = re.compile(  # what offices write before and behind a unit: 金额单位：人民币元（列至角分）
    r"^(?:(?:计量|金额|货币|计价|数据)?单位:?)?(?:人民币)?(.+?)(?:人民币)?(?:(?:列|取|保留)?[至到]角?分|角分)?$"
)
COUNTED = {"money": "元", "power": "千瓦时", "people": "人"}  # what a bare 万 or 亿 counts in a column of that family


def unit_named(text):
    """Return the unit `text` names, in our spelling, or None: ㎡ -> m2."""
    name = normalise(text).translate(BETWEEN).lower()
    if name not in UNITS:
        name = (found := ROUND_ABOUT.match(name)) and found[1]
    return name if name in UNITS else None


def factor(source, target):
    """Return by what a number in `source` is multiplied to be in `target` (Fraction); None where they do not convert.

    `source` may be the bare word 万 or 亿, which counts yuan, kilowatt-hours or people.
    """
    if target not in UNITS:
        return None
    family, size = UNITS[target]
    if source in WORDS:
        return UNITS[COUNTED[family]][1] * WORDS[source] / size if family in COUNTED else None
    if source not in UNITS or UNITS[source][0] != family:
        return None
    return UNITS[source][1] / size
