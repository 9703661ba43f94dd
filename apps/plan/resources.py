"""The printed tables as spreadsheets: a row of the print is a row of the sheet, its total included."""

from apps.core.text import normalise
from apps.exchange import rules
from apps.exchange.resources import LedgerResource
from apps.exchange.rules import Fault
from apps.exchange.widgets import CellWidget
from apps.plan import models
from apps.plan.fields import PrintedField
from apps.plan.rules import number


class PrintedWidget(CellWidget):
    """A figure as printed: text that is never converted, not even between units."""

    example = "126.6"

    def __init__(self, unit=""):
        self.unit = unit
        super().__init__()

    def read(self, cell, sheet_unit):
        if isinstance(cell, rules.BadCell | bool):
            rules.text(cell)
        if sheet_unit and sheet_unit != self.unit:
            raise Fault(f"单位“{sheet_unit}”不是规划印出的“{self.unit or '无单位'}”", "请照规划的表填写")
        written = rules.plain(cell)
        rules.refuse_marks(written)
        return normalise(written), None

    def render(self, value, obj=None, **kwargs):
        """Return a number where it shows as it was printed, else the text (3.40)."""
        known = number(value)
        return known if known is not None and rules.plain(known) == value else value or None

    def describe(self):
        return "照规划印出的数填写"


class WordsWidget(CellWidget):
    """Words as printed; a stroke is what the plan prints, not a place-holder."""

    def read(self, cell, sheet_unit):
        return (normalise(cell), None) if isinstance(cell, str) and normalise(cell) == "—" else super().read(cell, sheet_unit)


class PrintedResource(LedgerResource):
    printed_totals = True

    @classmethod
    def _widget(cls, field, reference):
        return PrintedWidget(field.unit) if isinstance(field, PrintedField) else WordsWidget()


class PlanTable1Resource(PrintedResource):
    aliases = {"name": ("产业",)}

    class Meta:
        model = models.PlanTable1
        fields = model.names()
        import_id_fields = ["name"]


class PlanTable2Resource(PrintedResource):
    aliases = {"name": ("区域名称", "地区")}

    class Meta:
        model = models.PlanTable2
        fields = model.names()
        import_id_fields = ["name"]


class PlanTable3Resource(PrintedResource):
    aliases = {"name": ("园区名称", "平台")}

    class Meta:
        model = models.PlanTable3
        fields = model.names()
        import_id_fields = ["name"]


class PlanTable4Resource(PrintedResource):
    aliases = {"name": ("指标", "产业名称")}

    class Meta:
        model = models.PlanTable4
        fields = model.names()
        import_id_fields = ["name"]


class PlanTable5Resource(PrintedResource):
    """The corner of the print holds the unit, so that is what the column of labels may be called."""

    aliases = {"name": ("单位：亩", "地块名称", "区块")}

    class Meta:
        model = models.PlanTable5
        fields = model.names()
        import_id_fields = ["name"]


class PlanTable6Resource(PrintedResource):
    aliases = {"name": ("区块",)}

    class Meta:
        model = models.PlanTable6
        fields = model.names()
        import_id_fields = ["name"]


class PlanTable7Resource(PrintedResource):
    aliases = {"name": ("园区", "名称")}

    class Meta:
        model = models.PlanTable7
        fields = model.names()
        import_id_fields = ["name"]
