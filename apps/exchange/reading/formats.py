"""Number formats under which a cell shows another number than it holds, or a unit of its own. Pure.

A percent sign shows a hundredfold, commas behind the last digit (`0.00,`) thousandths, a point written as text (`0!.0000`,
`0"."0`: the usual ways to show 元 as 万元) a part. Whoever sent the sheet read what was shown, and would never know that something
else was taken.
"""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

PIECE = re.compile(
    r"""(?P<words>"[^"]*"|[\\!].)  # text in quotes, or one character behind a stroke
      | (?P<blank>_.|\*.)          # room as wide as a character, or filled with it
      | (?P<bracket>\[[^\]]*\])    # a colour, a currency, a condition
      | (?P<digit>[0#?]|General)
      | (?P<sign>[.,%])
      | (?P<text>@)
      | (?P<end>;)
      | (?P<other>.)""",
    re.X | re.S | re.I,
)
CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)(-?\d+(?:\.\d+)?)\]")
POINT = "!"  # one that is mere text
UNITS = frozenset("元万亿千亩顷米吨度瓦%‰")  # each stands in a unit of which there are larger and smaller ones
WIDE = Context(prec=700)  # room for the largest number a cell holds and the longest format
HOLDS = {
    "<": Decimal.__lt__,
    ">": Decimal.__gt__,
    "=": Decimal.__eq__,
    "<=": Decimal.__le__,
    ">=": Decimal.__ge__,
    "<>": Decimal.__ne__,
}


@dataclass(frozen=True)
class Section:
    """One section of a format. power: of ten, by which what is shown differs.  condition: (sign, limit) or ()."""

    power: int
    places: int
    grouped: bool
    before: str
    behind: str
    condition: tuple

    @property
    def unit(self):
        """What is written behind the digits, where it is a unit."""
        return self.behind.strip(" ()（）") if UNITS & set(self.behind) else ""

    def show(self, number, minus):
        """Return a number (Decimal) as it is shown."""
        shown = abs(number).scaleb(self.power).quantize(Decimal(1).scaleb(-self.places), ROUND_HALF_UP, WIDE)
        return f"{'-' if minus else ''}{self.before}{shown:{',' if self.grouped else ''}f}{self.behind}"


@lru_cache
def sections(code):
    """Return the Sections of a format."""
    found = [[]]
    for piece in PIECE.finditer(code):
        found.append([]) if piece.lastgroup == "end" else found[-1].append((piece.lastgroup, piece[0]))
    return [_section(pieces) for pieces in found]


def _section(pieces):
    digits, texts = "", ["", ""]  # digits and their signs; what is written before and behind the digits
    for kind, piece in pieces:
        if kind == "digit" or (kind == "sign" and piece != "%"):
            digits += "0" if kind == "digit" else piece
        elif piece == "%" or kind in ("words", "other"):
            written = piece.strip('"') if piece.startswith('"') else piece[-1]
            digits += POINT if written == "." else ""
            texts["0" in digits] += "" if written == "." else written
    digits = digits.strip(POINT)
    point = "." if "." in digits or digits.count(POINT) != 1 else POINT
    whole, _, part = digits.replace(POINT if point == "." else "", "").partition(point)
    commas, places = sum(len(half) - len(half.rstrip(",")) for half in (whole, part)), part.count("0")
    percents = sum(piece == "%" for _, piece in pieces)
    power = 2 * percents - 3 * commas - (places if point == POINT else 0)
    condition = next((match.groups() for kind, piece in pieces if kind == "bracket" and (match := CONDITION.fullmatch(piece))), ())
    return Section(power if whole else 0, places, "," in whole.rstrip(","), *texts, condition)


def is_plain(code):
    """Say whether no number is shown as another one or with a unit by this format."""
    return not any(section.power or section.unit for section in sections(code or "General"))


def as_shown(value, code):
    """Return a cell of a line for a number under a format: the number itself, {"n": number, "shown", "format"} where people see
    another one, the text a person sees (but for its rounding) where it shows a unit."""
    number = Decimal(f"{value:.15g}")
    section, minus = _chosen(number, sections(code))
    if section.power:
        return {"n": value, "shown": section.show(number, minus), "format": code}
    return f"{number:f}{section.unit}" if section.unit else value


def _chosen(number, found):
    """Return the section for a number, and whether the number keeps its minus sign."""
    if any(section.condition for section in found):
        for section in found:
            if not section.condition or HOLDS[section.condition[0]](number, Decimal(section.condition[1])):
                return section, number < 0
        return found[-1], number < 0
    index = 1 if number < 0 else 2 if number == 0 else 0
    return (found[index], False) if 0 < index < len(found) else (found[0], number < 0)
