"""Spreadsheet columns of the assessment's settings. A part is named with its scheme: 2021/G1, 2021/G1/壶镇镇, 2021/R1."""

from apps.assessments import rules
from apps.assessments.models import Group, Indicator, Scheme, Target, Unit
from apps.exchange.resources import LedgerResource
from apps.exchange.widgets import CellWidget
from apps.ledger.fields import text
from apps.platforms.resources import OWN, PLATFORM, TOWN

SCHEME = {"by": ("code",), "title": "方案编号"}
GROUP = {"by": ("key",), "joins": ("scheme",)}
UNIT = {"by": ("key",), "joins": ("group__scheme",)}
INDICATOR = {"by": ("key",), "joins": ("scheme",)}


class PaceWidget(CellWidget):
    """The pace of the four quarters: 25、50、75、100."""

    def read(self, cell, sheet_unit):
        word, note = super().read(cell, sheet_unit)
        return rules.parse_pace(word), note

    def render(self, value, obj=None, **kwargs):
        return text(value)

    def describe(self):
        return "四个整数，如 25、50、75、100"


class SchemeResource(LedgerResource):
    codes = {"code": OWN}
    aliases = {"code": ("方案编号",), "name": ("方案名称",)}

    class Meta:
        model = Scheme
        fields = ["code", "name", "year", "result_share", "pace", "green_from", "yellow_from", "basis"]
        import_id_fields = ["code"]

    @classmethod
    def _widget(cls, field, reference):
        return PaceWidget() if field.name == "pace" else super()._widget(field, reference)


class GroupResource(LedgerResource):
    references = {"scheme": SCHEME}
    codes = {"code": OWN}

    class Meta:
        model = Group
        fields = ["scheme", "code", "name"]
        import_id_fields = ["scheme", "code"]


class UnitResource(LedgerResource):
    references = {"group": GROUP, "platform": PLATFORM, "town": TOWN}

    class Meta:
        model = Unit
        fields = ["group", "name", "second_name", "platform", "town", "sort"]
        import_id_fields = ["group", "name"]


class IndicatorResource(LedgerResource):
    references = {"scheme": SCHEME}
    codes = {"code": OWN}

    class Meta:
        model = Indicator
        fields = [
            "scheme", "code", "name", "block", "unit", "weight", "method", "cap", "step", "direction", "pace", "missing", "feed",
            "office", "note", "sort",
        ]  # fmt: skip
        import_id_fields = ["scheme", "code"]


class TargetResource(LedgerResource):
    references = {"unit": UNIT, "indicator": INDICATOR}

    class Meta:
        model = Target
        fields = ["unit", "indicator", "yearly"]
        import_id_fields = ["unit", "indicator"]
