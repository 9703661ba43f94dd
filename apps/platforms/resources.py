"""Spreadsheet columns of the reference ledgers."""

from apps.exchange.resources import LedgerResource
from apps.platforms.models import Block, Industry, Parcel, Platform, Town

OWN = {"local": True}  # a number an office gave itself
TOWN = {"by": ("name", "code"), "also": ("办事处", "人民政府")}  # some lists write 五云街道办事处 (domain 7.2)
PLATFORM = {"by": ("short_name", "name", "code")}
TOWN_TITLES = ("乡镇（街道）", "所属乡镇", "所属乡镇（街道）", "所在乡镇", "乡镇", "镇街")


class TownResource(LedgerResource):
    codes = {"code": OWN}
    aliases = {"code": ("行政区划代码",), "name": ("乡镇街道", "乡镇名称")}

    class Meta:
        model = Town
        fields = ["code", "name", "kind"]
        import_id_fields = ["code"]


class IndustryResource(LedgerResource):
    codes = {"code": OWN}
    aliases = {"name": ("产业", "产业名称")}

    class Meta:
        model = Industry
        fields = ["code", "name", "kind", "sort"]
        import_id_fields = ["code"]


class PlatformResource(LedgerResource):
    references = {"town": TOWN}
    codes = {"code": OWN}
    totals = ("area_km2",)
    aliases = {"name": ("平台名称", "园区名称"), "short_name": ("平台简称",), "town": ("乡镇街道", *TOWN_TITLES)}

    class Meta:
        model = Platform
        fields = ["code", "name", "short_name", "town", "area_km2", "counts_alone", "body", "note"]
        import_id_fields = ["code"]


class ParcelResource(LedgerResource):
    references = {"town": TOWN, "platform": PLATFORM}
    codes = {"code": OWN, "unit_number": {"text_only": True}}
    totals = ("area",)
    aliases = {
        "code": ("宗地号", "地块编号"),
        "area": ("宗地面积", "用地面积"),
        "town": ("乡镇街道", *TOWN_TITLES),
        "platform": ("平台", "所属平台"),
    }

    class Meta:
        model = Parcel
        fields = ["code", "name", "unit_number", "town", "platform", "area", "address"]
        import_id_fields = ["code"]


class BlockResource(LedgerResource):
    references = {"platform": PLATFORM}
    codes = {"code": OWN}
    totals = ("area",)
    aliases = {"name": ("区块",), "area": ("用地面积",), "platform": ("平台", "所在平台"), "planned_use": ("规划用途",)}

    class Meta:
        model = Block
        fields = ["code", "name", "platform", "area", "planned_use", "timing"]
        import_id_fields = ["code"]
