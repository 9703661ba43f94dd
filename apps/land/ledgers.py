from apps.land import resources
from apps.land.models import LandCase
from apps.ledger.declaration import Ledger
from apps.ledger.registry import register


@register
class LandCaseLedger(Ledger):
    model = LandCase
    code = "land-cases"
    lookup = "number"
    columns = ["number", "parcel", "parcel__platform", "land_class", "area", "state", "responsible", "deadline"]
    search = ["number", "parcel__name", "parcel__code", "planned_use", "approval_number", "plan_number", "contract_number"]
    filters = ["land_class", "state", "parcel__platform", "parcel__town", "cause", "disposal"]
    totals = ["area", "disposed_area"]
    groups = {
        "基本情况": ["number", "land_class", "parcel", "area", "electronic_number", "contract_number"],
        "批准与供应": ["approved_by", "approval_number", "approved_on", "approved_area", "farmland_area", "basic_farmland_area"]
        + ["supplied_area", "planned_use", "agreed_handover", "agreed_start", "agreed_completion"],
        "成因": ["cause", "cause_text"],
        "处置": ["disposal", "plan_text", "responsible", "leader", "deadline", "plan_number", "extension_to", "progress"],
        "结果": ["disposed_area", "disposed_on", "result", "closed_on"],
    }
    resource = resources.LandCaseResource
    bulk = ["cause", "responsible", "leader"]
    unit = "responsible"
