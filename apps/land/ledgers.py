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
        "基本情况": ["number", "land_class", "parcel", "area", "electronic_number", "contract_number", "block", "bounds"],
        "批准": ["approved_by", "approval_number", "batch_name", "approved_on", "approved_area", "farmland_area", "basic_farmland_area"],
        "规划与供应": ["planned_use", "plan_source", "boundary", "supplied_area", "supply_way", "holder", "contract_on", "term", "price"]
        + ["agreed_handover", "agreed_start", "agreed_completion"],
        "建设和使用": ["construction", "actual_start", "actual_completion", "floor_area", "actual_user"],
        "成因": ["cause", "cause_text"],
        "处置": ["disposal", "plan_text", "responsible", "leader", "helpers", "deadline", "milestones", "plan_number", "extension_to"]
        + ["progress"],
        "结果": ["disposed_area", "disposed_on", "result", "closed_on"],
    }
    resource = resources.LandCaseResource
    bulk = ["cause", "responsible", "leader"]
    unit = "responsible"
