"""What the ledgers supply: the firms of a unit, once each, cumulative to the month."""

from decimal import Decimal as D

import pytest

from apps.assessments import feeds
from apps.assessments.models import Group, Unit
from apps.enterprises.choices import Scale
from tests import factories as make
from tests.assessments.conftest import add

pytestmark = pytest.mark.django_db


@pytest.fixture
def units(scheme):
    """开发区 with 新碧街道 as one unit with two names (plan §1.4), and 壶镇镇."""
    group = Group.objects.get(scheme=scheme, code="G1")
    zone = make.platform("开发区", town=make.town("新碧街道"))
    both = add(Unit, group=group, name="开发区", second_name="新碧街道", platform=zone, town=make.town("新碧街道"), sort=2)
    return {"both": both, "town": Unit.objects.get(name="壶镇镇"), "park": Unit.objects.get(name="丽缙园")}


def read(feed, units, month=9):
    values = feeds.read({feed}, units.values(), 2021, month)[feed]
    return {name: values[unit.pk] for name, unit in units.items()}


def test_a_firm_counts_for_its_platform_or_else_its_town(units):
    for where, output in (
        ({"platform": make.platform("开发区"), "town": make.town("五云街道")}, 10_000),
        ({"town": make.town("新碧街道")}, 20_000),
    ):
        make.monthly(make.enterprise(**where), 2021, 9, output=D(output))
    small_park = make.platform("壶镇工业园", counts_alone=False, town=make.town("壶镇镇"))
    make.monthly(make.enterprise(platform=small_park, town=make.town("壶镇镇")), 2021, 9, output=D(40_000))
    make.monthly(make.enterprise(platform=make.platform("丽缙园"), town=make.town("壶镇镇")), 2021, 9, output=D(80_000))
    assert read("output", units) == {"both": 3, "town": 4, "park": 8}


def test_only_the_named_month_and_only_firms_above_scale(units):
    firm = make.enterprise(town=make.town("壶镇镇"))
    make.monthly(firm, 2021, 8, output=D(70_000))
    make.monthly(firm, 2021, 9, output=D(80_000))
    make.monthly(make.enterprise(town=make.town("壶镇镇"), scale=Scale.BELOW), 2021, 9, output=D(10_000))
    assert read("output", units)["town"] == 8
    assert read("output", units, month=8)["town"] == 7


def test_growth_compares_only_firms_known_in_both_years(units):
    old, new = make.enterprise(town=make.town("壶镇镇")), make.enterprise(town=make.town("壶镇镇"))
    make.monthly(old, 2020, 9, output=D(100))
    make.monthly(old, 2021, 9, output=D(125))
    make.monthly(new, 2021, 9, output=D(500))
    assert read("output_growth", units)["town"] == 25


def test_no_data_is_none_and_zero_is_zero(units):
    make.monthly(make.enterprise(town=make.town("壶镇镇")), 2021, 9, output=D(0))
    assert read("output", units) == {"both": None, "town": 0, "park": None}
    assert read("tax", units) == {"both": None, "town": None, "park": None}
    assert read("output_growth", units)["town"] is None
