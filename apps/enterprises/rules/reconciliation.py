"""When two figures that should agree are worth a question: pure comparisons of exact numbers.

No data is not zero: an unknown figure is a finding of its own (missing) and never compared.
"""

from decimal import Decimal
from enum import StrEnum

from apps.core.numbers import ratio

SHARE = Decimal(30)  # percent by which a figure may move against last year without a question (default, chosen on the page)
SLACK = 1 - 1e-9  # far more than a float of 15 digits can be off
BELOW_OWES = frozenset({"tax", "power"})  # of 规下 only these are asked for (domain 1.3: J1 and J2; default)


class Kind(StrEnum):
    """What is wrong: a figure nobody reported, two that should be one, one that jumped since last year."""

    MISSING = "missing"
    DIFFERS = "differs"
    CHANGED = "changed"


def owes(field, scale):
    """Say whether an enterprise of `scale` ("above", "below") must have a yearly figure `field`."""
    return scale == "above" or field in BELOW_OWES


def existed(day, founded_on, closed, reported):
    """Say whether an enterprise is asked for figures of the year that ended on `day`.

    One that was closed meanwhile, or founded later, is asked only where figures of the year are there.
    """
    return reported or not closed and (founded_on is None or founded_on <= day)


def differ(first, second):
    """Say whether two sources give one figure differently; False where one of them is silent."""
    return first is not None and second is not None and first != second


def jumped(now, last, share=SHARE):
    """Say whether `now` moved against `last` by more than `share` percent of it, either way.

    Products are compared, not quotients: exactly `share` is not more. From zero every figure is a jump. False where
    one of them is unknown.
    """
    if now is None or last is None:
        return False
    return abs(now - last) * 100 > share * abs(last)


def perhaps_jumped(now, last, share=SHARE):
    """Return the names under which `jumped` needs to be asked with the exact numbers; no other name has jumped.

    now, last: name -> float, None where unknown.
    """
    limit = float(share) / 100 * SLACK
    known = [(name, first, last.get(name)) for name, first in now.items() if first is not None]
    return [name for name, first, second in known if second is not None and abs(first - second) > limit * abs(second)]


def exact(number, places):
    """Return the Decimal that is stored where the database shows `number` as a float: at most 15 digits, so none is lost."""
    return Decimal(repr(number)).quantize(Decimal(1).scaleb(-places))


def change(now, base):
    """Return by how many percent `now` lies above `base` (below: negative); None against zero or nothing."""
    if now is None or base is None:
        return None
    share = ratio(now - base, abs(base))
    return None if share is None else share * 100
