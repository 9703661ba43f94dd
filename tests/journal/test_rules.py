"""The canonical form: the same text on both databases."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest

from apps.journal.rules import canonical, clean


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (Decimal("12.50"), "12.50"),
        (1e20, "1e+20"),
        (-0.0, "-0.0"),
        (True, True),
        (None, None),
        (2**70, 2**70),
        ({2: (1, {3})}, {"2": [1, [3]]}),
        (dt.date(2021, 10, 15), "2021-10-15"),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        ("a\x00b\n", "a b "),
    ],
)
def test_clean(value, kept):
    assert clean(value) == kept


def test_canonical_form_has_one_order():
    assert canonical({"b": 1, "a": {"丽缙园": None}}) == '{"a":{"丽缙园":null},"b":1}'
