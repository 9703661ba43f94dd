from decimal import Decimal

from apps.platforms.models import Town
from tests import factories
from tests.ledger.contract import LedgerContract


class TestTowns(LedgerContract):
    code = "towns"
    change = ("name", "新镇名")
    bad = ("code", "33112")
    list_queries = 6

    def make(self, number=1):
        return factories.town(f"示例{number}镇", code=f"331122{900 + number}")


class TestIndustries(LedgerContract):
    code = "industries"
    change = ("name", "新名称")
    bad = ("kind", "不存在")
    list_queries = 6

    def make(self, number=1):
        return factories.industry(f"示例产业{number}")


class TestPlatforms(LedgerContract):
    code = "platforms"
    change = ("area_km2", "8.06")
    bad = ("area_km2", "-1")
    list_queries = 7

    def make(self, number=1):
        return factories.platform(f"示例园{number}")


class TestParcels(LedgerContract):
    code = "parcels"
    change = ("area", "28.85")
    bad = ("area", "0")
    list_queries = 8

    def make(self, number=1):
        return factories.parcel(area=Decimal("30"), platform=factories.platform())


class TestBlocks(LedgerContract):
    code = "blocks"
    change = ("timing", "“十四五”前期开发")
    bad = ("area", "0")
    list_queries = 7

    def make(self, number=1):
        return factories.block(f"示例区块{number}")


def test_lists_are_in_the_order_of_their_codes(db):
    later, first = factories.town("乙镇", code="331122209"), factories.town("甲镇", code="331122101")
    assert list(Town.objects.all()) == [first, later]
