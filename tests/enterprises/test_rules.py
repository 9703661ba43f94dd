"""Credit codes (GB 32100-2015, domain 7.1) and the land held on a parcel (domain 1.7)."""

import datetime as dt
from decimal import Decimal

import pytest
from stdnum.cn import uscc

from apps.enterprises.rules import check_character, credit_code_fault, parcel_fault

VALID = ["91331122MA2TERT01U", "91331122MA2J3M8PXD", "91331122MA2Q002070", "12331122471580013X", "91350100M000100Y43"]


@pytest.mark.parametrize("code", VALID)
def test_valid_codes_of_the_standard_and_the_dossier(code):
    assert credit_code_fault(code) is None


def test_a_sum_divisible_by_31_ends_in_zero():
    assert check_character("91331122MA2Q00207") == "0"


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("91350100M000100Y4Z", "统一社会信用代码含有不允许的字符 Z（不使用 I、O、S、V、Z）。"),
        ("91331122MA2TERT010", "统一社会信用代码校验位不符，请核对营业执照。"),
        ("91331122MA2TERT01", "统一社会信用代码应为 18 位，现为 17 位。"),
        ("", "统一社会信用代码应为 18 位，现为 0 位。"),
    ],
)
def test_each_fault_says_what_is_wrong(code, fault):
    assert credit_code_fault(code) == fault


def test_agrees_with_a_second_implementation_wherever_that_one_accepts():
    for number in range(300):
        first = f"91331122MA{number:07d}"
        assert uscc.is_valid(first + check_character(first))


D = dt.date


def test_owner_and_tenant_add_up_to_the_parcel():
    held = [("owner", "owned", Decimal(30), D(2015, 1, 1), None), ("owner", "let_out", Decimal(10), D(2018, 1, 1), None)]
    tenant = ("tenant", "leased", Decimal(10), D(2018, 1, 1), None)
    assert parcel_fault(Decimal(30), [*held, tenant]) is None
    assert parcel_fault(Decimal("29.9999"), [*held, tenant]) == "2015-01-01 起占用合计 30 亩"


def test_nobody_lets_out_more_than_he_holds():
    held = [("owner", "owned", Decimal(5), D(2015, 1, 1), None), ("owner", "let_out", Decimal("5.0001"), D(2018, 1, 1), None)]
    assert parcel_fault(Decimal(30), held) == "2018-01-01 起有企业出租面积多于其自有和承租面积"


def test_terms_that_follow_each_other_do_not_overlap():
    first = ("a", "owned", Decimal(30), D(2015, 1, 1), D(2019, 12, 31))
    assert parcel_fault(Decimal(30), [first, ("b", "owned", Decimal(30), D(2020, 1, 1), None)]) is None
    assert parcel_fault(Decimal(30), [first, ("b", "owned", Decimal(30), D(2019, 12, 31), None)]) == "2019-12-31 起占用合计 60 亩"
