from apps.accounts.choices import Role
from tests import factories
from tests.ledger.contract import LedgerContract


class TestLandCases(LedgerContract):
    code = "land-cases"
    editor = Role.NATURAL
    change = ("planned_use", "工业仓储")
    bad = ("area", "31")  # the parcel has 30 亩
    list_queries = 8

    def make(self, number=1):
        return factories.land_case()
