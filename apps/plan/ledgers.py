"""The plan's printed tables as ledgers, KIND plan-table-1 to plan-table-7."""

from apps.ledger.declaration import Ledger
from apps.ledger.registry import register
from apps.plan import models, resources


class PrintedLedger(Ledger):
    """What the seven have in common: a row is found by its printed label, and everything printed is shown."""

    search = ["name"]
    lookup = "name"

    def __init_subclass__(cls):
        cls.columns = cls.model.names()
        cls.groups = {"规划印出": cls.columns}


@register
class PlanTable1Ledger(PrintedLedger):
    model = models.PlanTable1
    code = "plan-table-1"
    resource = resources.PlanTable1Resource


@register
class PlanTable2Ledger(PrintedLedger):
    model = models.PlanTable2
    code = "plan-table-2"
    resource = resources.PlanTable2Resource


@register
class PlanTable3Ledger(PrintedLedger):
    model = models.PlanTable3
    code = "plan-table-3"
    resource = resources.PlanTable3Resource


@register
class PlanTable4Ledger(PrintedLedger):
    model = models.PlanTable4
    code = "plan-table-4"
    resource = resources.PlanTable4Resource


@register
class PlanTable5Ledger(PrintedLedger):
    model = models.PlanTable5
    code = "plan-table-5"
    resource = resources.PlanTable5Resource


@register
class PlanTable6Ledger(PrintedLedger):
    model = models.PlanTable6
    code = "plan-table-6"
    resource = resources.PlanTable6Resource


@register
class PlanTable7Ledger(PrintedLedger):
    model = models.PlanTable7
    code = "plan-table-7"
    resource = resources.PlanTable7Resource
