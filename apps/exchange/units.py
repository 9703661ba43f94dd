"""Units as offices write them in headers and cells, and exact conversion between them."""
from fractions import Fraction

from apps.core.text import normalise

UNITS = {  # name -> (family, size in the family's base); 1 亩 = 2000/3 m² exactly (domain 7.4)
    **{"元": ("money", Fraction(1, 10_000)), "千元": ("money", Fraction(1, 10)), "万元": ("money", Fraction(1))},
    **{"百万元": ("money", Fraction(100)), "亿元": ("money", Fraction(10_000))},
    **{"亩": ("area", Fraction(1)), "公顷": ("area", Fraction(15)), "ha": ("area", Fraction(15))},
    **dict.fromkeys(("平方米", "m2", "平米"), ("area", Fraction(3, 2000))),
    **dict.fromkeys(("平方公里", "平方千米", "km2"), ("area", Fraction(1500))),
    **dict.fromkeys(("吨标准煤", "吨标煤", "tce"), ("coal", Fraction(1))),
    **dict.fromkeys(("千克标准煤", "公斤标准煤"), ("coal", Fraction(1, 1000))),
    **dict.fromkeys(("万吨标准煤", "万吨标煤", "万tce"), ("coal", Fraction(10_000))),
    **dict.fromkeys(("万千瓦时", "万度", "万kwh"), ("power", Fraction(1))),
    **dict.fromkeys(("千瓦时", "度", "kwh"), ("power", Fraction(1, 10_000))),
    **dict.fromkeys(("亿千瓦时", "亿度", "亿kwh"), ("power", Fraction(10_000))),
    **{"吨": ("mass", Fraction(1)), "t": ("mass", Fraction(1)), "千克": ("mass", Fraction(1, 1000)), "公斤": ("mass", Fraction(1, 1000))},
    **{"kg": ("mass", Fraction(1, 1000)), "万吨": ("mass", Fraction(10_000)), "人": ("people", Fraction(1)), "万人": ("people", Fraction(10_000))},
}
WORDS = {"万": 10_000, "亿": 100_000_000}
COUNTED = {"money": "元", "power": "千瓦时", "people": "人"}  # what a bare 万 or 亿 counts in a column of that family


def unit_named(text):
    """Return the unit `text` names, in our spelling, or None: ㎡ -> m2."""
    name = normalise(text).replace(" ", "").lower().removeprefix("单位:")
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
