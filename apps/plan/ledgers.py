"""The plan's printed tables as ledgers, KIND plan-table-1 to plan-table-7."""

from apps.ledger.declaration import Ledger
from apps.ledger.registry import register
from apps.plan import models, resources


class PrintedLedger(Ledger):
    """What the seven have in common: a row is found by its printed label."""

    search = ["name"]
    lookup = "name"


@register
class PlanTable1Ledger(PrintedLedger):
    model = models.PlanTable1
    code = "plan-table-1"
    columns = ["name", "enterprises", "output", "area", "output_per_mu"]
    groups = {"规划印出": columns}
    resource = resources.PlanTable1Resource


@register
class PlanTable2Ledger(PrintedLedger):
    model = models.PlanTable2
    code = "plan-table-2"
    columns = ["name", "enterprises", "output", "area", "output_per_mu"]
    groups = {"规划印出": columns}
    resource = resources.PlanTable2Resource


@register
class PlanTable3Ledger(PrintedLedger):
    model = models.PlanTable3
    code = "plan-table-3"
    columns = ["name", "area", "output", "output_above", "value_added", "value_added_above", "tax"]
    groups = {"规划印出": columns}
    resource = resources.PlanTable3Resource


@register
class PlanTable4Ledger(PrintedLedger):
    model = models.PlanTable4
    code = "plan-table-4"
    columns = ["name", "equipment", "health", "home", "environment", "information", "others", "total"]
    groups = {"规划印出": columns}
    resource = resources.PlanTable4Resource


@register
class PlanTable5Ledger(PrintedLedger):
    model = models.PlanTable5
    code = "plan-table-5"
    columns = ["name", "red_line", "farmland", "built", "forest", "demolition", "supplied", "developable"]
    groups = {"规划印出": columns}
    resource = resources.PlanTable5Resource


@register
class PlanTable6Ledger(PrintedLedger):
    model = models.PlanTable6
    code = "plan-table-6"
    columns = ["name", "area", "former_use", "adjusted", "new_land", "basic_farmland"]
    groups = {"规划印出": columns}
    resource = resources.PlanTable6Resource


@register
class PlanTable7Ledger(PrintedLedger):
    model = models.PlanTable7
    code = "plan-table-7"
    columns = ["name", "investor", "area"]
    groups = {"规划印出": columns}
    resource = resources.PlanTable7Resource
