from decimal import Decimal as D
from fractions import Fraction as F

import pytest

from apps.ledger.lights import light


@pytest.mark.parametrize(
    ("actual", "due", "colour"),
    [
        (D(100), D(100), "green"),
        (D("99.999999"), D(100), "yellow"),
        (D(80), D(100), "yellow"),
        (D("79.999999"), D(100), "red"),
        (D(0), D(100), "red"),
        (None, D(100), "grey"),
        (D(100), None, "grey"),
        (D(100), D(0), "grey"),
        (D(1), F(4, 3), "red"),
        (F(16, 15), F(4, 3), "yellow"),
    ],
)
def test_light_by_the_default_thresholds(actual, due, colour):
    """Green from 100 %, yellow from 80 %, red below, grey without data (domain 4.6)."""
    assert light(actual, due) == colour


def test_thresholds_are_settings():
    assert light(D(95), D(100), green_from=D("0.95"), yellow_from=D("0.9")) == "green"
