"""Number formats under which a cell shows another number than it holds, words or a unit of its own, or leading zeros. Pure.

A percent sign shows a hundredfold, commas behind the last digit (`0.00,`) thousandths, a point written as text (`0!.0000`,
`0"."0`: the usual ways to show 元 as 万元) a part; `"-"0` and `(0)` show a loss, `"约"0` a guess. Whoever sent the sheet read what
was shown, and would never know that something else was taken.
"""

import re
import unicodedata
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

PIECE = re.compile(
    r"""(?P<words>"[^"]*"|[\\!].)  # text in quotes, or one character behind a stroke
      | (?P<blank>_.|\*.)          # room as wide as a character, or filled with it
      | (?P<bracket>\[[^\]]*\])    # a colour, a currency, a condition
      | (?P<digit>[0#?@]|G/通用格式|General)
      | (?P<exponent>E[+-])
      | (?P<sign>[.,%])
      | (?P<end>;)
      | (?P<other>.)""",
    re.X | re.S | re.I,
)
CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)(-?\d+(?:\.\d+)?)\]")
POINT = "!"  # one that is mere text
PLACE = re.compile(r"[0#?]")
MOST = Decimal(10) ** 15  # a spreadsheet holds no more digits than that
CURRENCY = re.compile(r"人民币|RMB|CNY", re.I)  # says nothing that the title does not say; so do ¥ and its like
MINUS = frozenset("-−－(（)）△▲负")  # how the section of negative numbers shows that they are negative
DASHES = frozenset("-−－–—")  # how the section of zero shows a zero
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
    """One section of a format. power: of ten, by which what is shown differs.  padded: digits shown at least, 0 with decimals.

    digits: whether there are any.  mask: places of digits ("0") and what is written between them, empty where nothing is.
    condition: (sign, limit) or ().
    """

    power: int
    places: int
    padded: int
    grouped: bool
    digits: bool
    mask: tuple
    before: str
    behind: str
    condition: tuple

    def is_plain(self, number):
        """Say whether numbers like this one are shown as themselves."""
        return not (self.power or self.mask or self.padded > 1 or any(self.words(number, False)))

    def words(self, number, minus):
        """Return what is written before and behind a number that makes it another one, or says more than the number.

        Negative numbers have their usual marks where the section is theirs (no `minus` of its own), and so has zero.
        """
        marks = DASHES if number == 0 else MINUS if number < 0 and (not minus or self.condition) else ""
        before, behind = ("".join(char for char in text if char not in marks) for text in (self.before, self.behind))
        return _telling(before).removeprefix("+"), _telling(behind.strip(" ()（）"))

    def show(self, number, minus):
        """Return a number (Decimal) as it is shown."""
        shown = abs(number).scaleb(self.power).quantize(Decimal(1).scaleb(-self.places), ROUND_HALF_UP, WIDE)
        figures = self._masked(shown) if self.mask else f"{shown:{',' if self.grouped else ''}f}".zfill(self.padded)
        return f"{'-' if minus else ''}{self.before}{figures}{self.behind}"

    def _masked(self, shown):
        """Return a number with what is written between its digits; the first place takes all digits that are left."""
        places = self.mask.count("0")
        figures = f"{shown:f}".replace(".", "").zfill(places)
        first = len(figures) - places + 1
        each = iter([figures[:first], *figures[first:]])
        return "".join(next(each) if piece == "0" else piece for piece in self.mask)


def _telling(text):
    """Return a text without the signs of a currency, empty where there is nothing else."""
    text = "".join(char for char in text if unicodedata.category(char) != "Sc").strip()
    return "" if CURRENCY.fullmatch(text) else text


@lru_cache
def sections(code):
    """Return the Sections of a format."""
    found = [[]]
    for piece in PIECE.finditer(code):
        found.append([]) if piece.lastgroup == "end" else found[-1].append((piece.lastgroup, piece[0]))
    return [_section(pieces) for pieces in found]


def _section(pieces):
    parts = list(_parts(pieces))
    places = [index for index, (kind, _) in enumerate(parts) if kind == "digit"] or [len(parts)]
    inner = parts[places[0] : places[-1] + 1]
    written = "".join(POINT if part == (None, ".") else part[1] for part in parts if part[0] or part == (None, ".")).strip(POINT)
    digits = PLACE.sub("0", written)
    point = "." if "." in digits or digits.count(POINT) != 1 else POINT
    whole, _, part = digits.replace(POINT if point == "." else "", "").partition(point)
    commas, decimals = sum(len(half) - len(half.rstrip(",")) for half in (whole, part)), part.count("0")
    power = 2 * sum(piece == "%" for _, piece in pieces) - 3 * commas - (decimals if point == POINT else 0)
    between = digits.count(POINT) > 1 or any(kind is None and text.strip(" .") for kind, text in inner)
    condition = next((match.groups() for kind, piece in pieces if kind == "bracket" and (match := CONDITION.fullmatch(piece))), ())
    return Section(
        power=power if whole else 0,
        places=decimals,
        padded=0 if part else len(written.replace(",", "").lstrip("#?")),
        grouped="," in whole.rstrip(","),
        digits=bool(inner),
        mask=tuple("0" if kind == "digit" else text for kind, text in inner if kind != "sign" or text == ".") if between else (),
        before=_texts(parts[: places[0]]),
        behind=_texts(parts[places[-1] + 1 :]),
        condition=condition,
    )


def _parts(pieces):
    """Yield (kind, text) of what shows: "digit" and "sign" of the number, None of what is written beside or between them.

    The digits behind an exponent and those of a fraction show the same number in another way.
    """
    digits = over = False
    for kind, piece in pieces:
        over = over or kind == "exponent" or (digits and piece == "/")
        if kind == "digit" and not over:
            digits = True
            yield kind, piece if piece in "0#?" else "#"
        elif kind == "sign" and piece != "%":
            yield kind, piece
        elif kind == "words":
            yield None, piece[1:-1] if piece.startswith('"') else piece[1]
        elif piece.startswith("[$"):
            yield None, piece[2:-1].partition("-")[0]
        elif piece == "%" or (kind == "other" and not (over and (piece == "/" or piece.isdecimal()))):
            yield None, piece


def _texts(parts):
    return "".join(text for kind, text in parts if kind is None and text != ".")


def is_plain(code):
    """Say whether no number is shown as another one, with words or a unit, or with leading zeros by this format."""
    found = sections(code or "General")
    examples = [Decimal(1)] * len(found) if any(section.condition for section in found) else map(Decimal, (1, -1, 0))
    return all(section.is_plain(number) for section, number in zip(found, examples, strict=False))


def as_shown(value, code):
    """Return a cell of a line for a number under a format: the number itself; {"n": number, "shown", "format"} where people see
    another one; {"n": number, "typed", "format"} where it is read as if what they see had been typed (35万元, 0810)."""
    number = Decimal(f"{value:.15g}")
    section, minus = _chosen(number, sections(code))
    before, behind = section.words(number, minus)
    if section.power or section.mask or (before and section.digits):
        return {"n": value, "shown": section.show(number, minus), "format": code}
    written = f"{number:f}"
    if before or behind:
        typed = f"{written}{behind}" if section.digits else before
    elif 0 <= number < MOST and number == int(number):
        typed = written.zfill(section.padded)
    else:
        return value
    return value if typed == written else {"n": value, "typed": typed, "format": code}


def _chosen(number, found):
    """Return the section for a number, and whether the number keeps its minus sign."""
    if any(section.condition for section in found):
        for section in found:
            if not section.condition or HOLDS[section.condition[0]](number, Decimal(section.condition[1])):
                return section, number < 0
        return found[-1], number < 0
    index = 1 if number < 0 else 2 if number == 0 else 0
    return (found[index], False) if 0 < index < len(found) else (found[0], number < 0)
