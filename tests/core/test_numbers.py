import re
from decimal import Decimal

import pytest
from django.conf import settings

from apps.core.numbers import GREATEST, growth, half_up, ratio, show, whole_number


@pytest.mark.parametrize(
    ("value", "places", "rounded"),
    [("0.125", 2, "0.13"), ("-0.125", 2, "-0.13"), ("2.5", 0, "3"), ("334.42", 0, "334"), ("2.9949999", 2, "2.99")],
)
def test_display_rounds_half_up(value, places, rounded):
    assert half_up(Decimal(value), places) == Decimal(rounded)


def test_no_data_is_not_zero():
    assert (half_up(None, 2), ratio(None, Decimal(1)), ratio(Decimal(1), None), ratio(Decimal(1), Decimal(0)), show(None)) == (
        None,
        None,
        None,
        None,
        "—",
    )
    assert ratio(Decimal(0), Decimal(5)) == 0


def test_growth_against_nothing_is_no_data():
    assert growth(Decimal(5), Decimal(0)) is None
    assert growth(Decimal("119.6"), Decimal(100)) == Decimal("19.600")


def test_numbers_for_people_have_separators():
    assert show(Decimal("1266000")) == "1,266,000.00"
    assert show(5786, 0) == "5,786"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(("0", 0), ("12", 12), (" 12 ", 12), ("１２", 12), ("007", 7), (str(GREATEST), GREATEST)),
        *(
            (text, None)
            for text in (None, "", " ", "abc", "-1", "1.5", "²", "٣", "1e3", "\x00", str(GREATEST + 1), "9" * 5_000, "0" * 5_000)
        ),
    ],
)
def test_a_whole_number_as_somebody_sent_it(text, number):
    assert whole_number(text) == number


def test_a_whole_number_has_a_limit():
    assert (whole_number("100", 100), whole_number("101", 100)) == (100, None)


def test_nobody_else_asks_whether_a_text_is_a_number():
    """`int` behind such a question fails on what somebody sends: ², or thousands of digits."""
    asking = {
        path.relative_to(settings.BASE_DIR).as_posix()
        for path in (settings.BASE_DIR / "apps").rglob("*.py")
        if re.search(r"\.is(decimal|digit|numeric)\b", path.read_text())
    }
    assert asking == {
        "apps/core/numbers.py",
        "apps/accounts/rules.py",  # of what a password is made
        "apps/enterprises/rules/codes.py",  # old registration numbers
        "apps/exchange/layout.py",  # whether a cell holds a digit
        "apps/exchange/reading/formats.py",  # the digits of a fraction
        "apps/exchange/widgets.py",  # an industry code without the letter of its class
    }
