"""Exact fractions as pairs (numerator, denominator > 0).

`fractions.Fraction` reduces after every step; here a sum of six scores needs one division at the end.
"""

from decimal import Decimal
from fractions import Fraction

ZERO = (0, 1)


def pair(value):
    """Return a Decimal (or integer) as an exact pair."""
    return Decimal(value).as_integer_ratio()


def times(left, right):
    return left[0] * right[0], left[1] * right[1]


def over(left, right):
    """Divide two pairs; `right` must be positive."""
    return left[0] * right[1], left[1] * right[0]


def exceeds(left, right):
    """Say whether left > right, by products."""
    return left[0] * right[1] > right[0] * left[1]


def total(pairs):
    """Return the exact sum."""
    numerator, denominator = ZERO
    for n, d in pairs:
        if n:
            numerator, denominator = numerator * d + n * denominator, denominator * d
    return numerator, denominator


def rounded(value, places):
    """Return a non-negative or negative pair as a Decimal with `places` decimals, half away from zero (四舍五入)."""
    numerator, denominator = value
    size = (2 * abs(numerator) * 10**places + denominator) // (2 * denominator)
    return Decimal(size if numerator >= 0 else -size).scaleb(-places)


def positions(values):
    """Return the rank of each pair, the largest first: equal values share a rank and the next is skipped (1, 2, 2, 4).

    Values are compared on 18 decimals rounded down; only where those agree is the fraction itself compared, so the
    order is exact and the common case cheap.
    """
    coarse = [numerator * 10**18 // denominator for numerator, denominator in values]
    met, shared = set(), set()
    for number in coarse:
        (shared if number in met else met).add(number)
    keys = [(number, Fraction(*value) if number in shared else 0) for number, value in zip(coarse, values, strict=True)]
    first = {}
    for position, key in enumerate(sorted(keys, reverse=True), 1):
        first.setdefault(key, position)
    return [first[key] for key in keys]
