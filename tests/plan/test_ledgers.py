"""The seven printed tables keep what every ledger promises."""

from apps.ledger import registry
from tests import factories
from tests.ledger.contract import LedgerContract


class OfThePlan:
    """A row of the print, or an invented one beyond its end."""

    list_queries = 6

    def make(self, number=1):
        return factories.printed_row(registry.get(self.code).model, number)


class TestPlanTable1(OfThePlan, LedgerContract):
    code = "plan-table-1"
    change = ("area", "2319")
    bad = ("area", "约30")


class TestPlanTable2(OfThePlan, LedgerContract):
    code = "plan-table-2"
    change = ("area", "1141")
    bad = ("output", "43亿元")


class TestPlanTable3(OfThePlan, LedgerContract):
    code = "plan-table-3"
    change = ("area", "8.07")
    bad = ("tax", "1,67")


class TestPlanTable4(OfThePlan, LedgerContract):
    code = "plan-table-4"
    change = ("total", "258.4")
    bad = ("equipment", "待定")


class TestPlanTable5(OfThePlan, LedgerContract):
    code = "plan-table-5"
    change = ("red_line", "721.9")
    bad = ("built", "无")


class TestPlanTable6(OfThePlan, LedgerContract):
    code = "plan-table-6"
    change = ("former_use", "工业用地")
    bad = ("adjusted", "929亩")


class TestPlanTable7(OfThePlan, LedgerContract):
    code = "plan-table-7"
    change = ("investor", "企业")
    bad = ("name", "")
