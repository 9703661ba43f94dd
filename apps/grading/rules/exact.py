"""Exact fractions as pairs (numerator, denominator > 0).

`fractions.Fraction` reduces after every step; here a sum of six scores needs one division at the end.
"""

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

ZERO = (0, 1)


@lru_cache(maxsize=256)
def pair(value):
    """Return a Decimal (or integer) as an exact pair; asked again and again for the same few weights, caps and averages."""
    return Decimal(value).as_integer_ratio()


def times(left, right):
    return left[0] * right[0], left[1] * right[1]


def over(left, right):
    """Divide two pairs; `right` must be positive."""
    return left[0] * right[1], left[1] * right[0]


def reduced(value):
    """Return the pair in its lowest terms: worth it for one that is multiplied with a whole group."""
    return Fraction(*value).as_integer_ratio()


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


def units(value, places):
    """Return a pair as a whole number of 10^-places, half away from zero (四舍五入)."""
    numerator, denominator = value
    size = (2 * abs(numerator) * 10**places + denominator) // (2 * denominator)
    return size if numerator >= 0 else -size


def written(value, places):
    """Return a pair as text with `places` decimals (at least one), half away from zero: (-2996187, 10**6), 6 -> "-2.996187"."""
    number = units(value, places)
    digits = str(abs(number)).zfill(places + 1)
    return f"{'-' if number < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def rounded(value, places):
    """Return a pair as a Decimal with `places` decimals, half away from zero."""
    return Decimal(written(value, places))


def positions(values):
    """Return the rank of each pair, the largest first: equal values share a rank and the next is skipped (1, 2, 2, 4).

    Values are compared on 18 decimals rounded down; only where those agree and the pairs differ is the fraction itself
    compared, so the order is exact and the common case cheap.
    """
    keys = [numerator * 10**18 // denominator for numerator, denominator in values]
    met = {}
    close = {key for key, value in zip(keys, values, strict=True) if met.setdefault(key, value) != value}
    if close:
        keys = [Fraction(*value) * 10**18 if key in close else key for key, value in zip(keys, values, strict=True)]
    first = {}
    for position, key in enumerate(sorted(keys, reverse=True), 1):
        first.setdefault(key, position)
    return [first[key] for key in keys]
