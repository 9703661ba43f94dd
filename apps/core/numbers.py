"""Numbers with units: exact ratios, rounding for display, areas. And whole numbers as browsers send them."""

from decimal import ROUND_HALF_UP, Decimal

WAN_PER_YI = Decimal(10_000)  # 1 亿元 = 10,000 万元
HALF_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
GREATEST = 2**63 - 1  # of the databases' integers


def whole_number(text, most=GREATEST):
    """Return a whole number from 0 to `most` that somebody typed or sent; None for any other text, and for none.

    Digits are those of our keyboards, full-width or not. The length is looked at first: `int` fails on thousands of them.
    """
    digits = (text or "").strip().translate(HALF_WIDTH)
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= len(str(GREATEST))):
        return None
    number = int(digits)
    return number if number <= most else None


def half_up(value, places):
    """Round `value` (Decimal) half up to `places` decimals; None stays None. Display only, never before a decision."""
    if value is None:
        return None
    return Decimal(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def ratio(numerator, denominator):
    """Divide two Decimals; None where either is unknown or the denominator is zero (no data is not zero)."""
    if numerator is None or denominator is None or denominator == 0:
        return None
    return Decimal(numerator) / Decimal(denominator)


def growth(current, previous):
    """Return the change against `previous` in percent, None where there is nothing to compare with."""
    share = ratio(current, previous)
    return None if share is None else (share - 1) * 100


def sum_known(values):
    """Add up what is known; None where nothing is (no data is not zero)."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def yi(amounts):
    """Add up amounts in 万元 and return 亿元; None where none is known."""
    return ratio(sum_known(amounts), WAN_PER_YI)


def growth_of_sums(pairs):
    """Return the `growth` of the sums of both sides over the pairs (current, previous) that know both; None where no pair does."""
    known = [pair for pair in pairs if None not in pair]
    return growth(*map(sum, zip(*known, strict=True))) if known else None


def show(value, places=2):
    """Write a number for people: rounded half up, thousands separated, a dash where there is no data."""
    return "—" if value is None else f"{half_up(value, places):,}"
