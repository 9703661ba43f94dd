"""Spreadsheet columns of the land-handling ledger. State, responsible unit and light are the system's own."""

from apps.exchange.resources import LedgerResource, Shown
from apps.exchange.widgets import CellWidget
from apps.land.models import LandCase
from apps.platforms.resources import OWN


class LandCaseResource(LedgerResource):
    state_label = Shown(path="state_label", title="状态", widget=CellWidget())
    responsible__name = Shown(path="responsible__name", title="责任单位", widget=CellWidget())
    light__words = Shown(path="light__words", title="亮灯", widget=CellWidget())
    references = {"parcel": {"by": ("code",), "title": "宗地编号"}, "block": {"by": ("code",), "title": "区块编号"}}
    units = {"term": "年"}
    codes = {"number": OWN, "electronic_number": {"text_only": True}}
    totals = ("area", "approved_area", "supplied_area", "disposed_area")
    aliases = {"number": ("编号",), "land_class": ("处置类别", "五类"), "area": ("面积", "用地面积"), "approved_on": ("批准日期",)}

    class Meta:
        model = LandCase
        fields = [
            "number", "land_class", "state_label", "parcel", "area", "electronic_number", "contract_number", "block", "bounds",
            "approved_by", "approval_number", "batch_name", "approved_on", "approved_area", "farmland_area", "basic_farmland_area",
            "planned_use", "plan_source", "boundary", "supplied_area", "supply_way", "holder", "contract_on", "term", "price",
            "agreed_handover", "agreed_start", "agreed_completion", "construction", "actual_start", "actual_completion",
            "floor_area", "actual_user", "cause", "cause_text", "disposal", "plan_text", "responsible__name", "leader", "helpers",
            "deadline", "light__words", "milestones", "progress", "disposed_area", "disposed_on", "result",
        ]  # fmt: skip
        import_id_fields = ["number"]
