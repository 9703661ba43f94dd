from decimal import Decimal

import pytest

from apps.core.numbers import growth, half_up, mu_from_m2, ratio, show


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


def test_area_is_converted_exactly():
    """1 亩 = 2000/3 m² (domain 7.4)."""
    assert mu_from_m2(Decimal(2000)) == 3
    assert mu_from_m2(Decimal("6666.67")) == Decimal("10.000005")


def test_numbers_for_people_have_separators():
    assert show(Decimal("1266000")) == "1,266,000.00"
    assert show(5786, 0) == "5,786"
