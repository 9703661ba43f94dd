import datetime as dt
from decimal import Decimal

from apps.enterprises.choices import Scale
from tests import factories
from tests.ledger.contract import LedgerContract


def firm():
    return factories.enterprise(platform=factories.platform())


class TestEnterprises(LedgerContract):
    code = "enterprises"
    change = ("former_name", "曾用名一")
    bad = ("credit_code", "91331122MA2TERT010")
    list_queries = 11
    api_queries = 8

    def make(self, number=1):
        return factories.enterprise(platform=factories.platform(), industry=factories.industry(), scale=Scale.ABOVE)


class TestYearlyFacts(LedgerContract):
    code = "enterprise-facts"
    change = ("tax", "86.44")
    bad = ("output", "-1")
    list_queries = 12
    api_queries = 8

    def make(self, number=1):
        return factories.yearly(firm(), output=Decimal("1000.5"), tax=Decimal("30"))


class TestMonthlyFacts(LedgerContract):
    code = "monthly-facts"
    change = ("output", "12.34")
    bad = ("month", "13")
    list_queries = 12
    api_queries = 8

    def make(self, number=1):
        return factories.monthly(firm(), 2021, 9, output=Decimal("100"))


class TestLandOccupation(LedgerContract):
    code = "land-occupation"
    change = ("area", "12.5")
    bad = ("area", "-3")
    list_queries = 11
    api_queries = 8

    def make(self, number=1):
        return factories.occupation(firm(), area=Decimal("20"), start=dt.date(2016, 5, 1))
