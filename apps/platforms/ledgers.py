"""The reference ledgers every other one leans on."""

from apps.ledger.choices import Sensitivity
from apps.ledger.declaration import Ledger
from apps.ledger.registry import register
from apps.platforms import resources
from apps.platforms.models import Block, Industry, Parcel, Platform, Town


@register
class TownLedger(Ledger):
    model = Town
    code = "towns"
    columns = ["name", "code", "kind"]
    search = ["name", "code"]
    filters = ["kind"]
    groups = {"基本情况": ["code", "name", "kind"]}
    related = ["platforms"]
    bulk = ["kind"]
    sensitivity = Sensitivity.PUBLIC
    resource = resources.TownResource


@register
class IndustryLedger(Ledger):
    model = Industry
    code = "industries"
    columns = ["name", "code", "kind"]
    search = ["name", "code"]
    filters = ["kind"]
    groups = {"基本情况": ["code", "name", "kind", "sort"]}
    bulk = ["kind"]
    sensitivity = Sensitivity.PUBLIC
    resource = resources.IndustryResource


@register
class PlatformLedger(Ledger):
    model = Platform
    code = "platforms"
    columns = ["name", "code", "short_name", "town", "area_km2", "counts_alone", "body"]
    search = ["name", "short_name", "code"]
    filters = ["town", "counts_alone"]
    totals = ["area_km2"]
    groups = {"基本情况": ["code", "name", "short_name", "town", "area_km2", "counts_alone", "body", "note"]}
    related = ["blocks", "parcels"]
    bulk = ["town", "counts_alone", "body"]
    resource = resources.PlatformResource


@register
class ParcelLedger(Ledger):
    model = Parcel
    code = "parcels"
    lookup = "code"
    columns = ["name", "code", "town", "platform", "area", "address"]
    search = ["code", "name", "unit_number", "address"]
    filters = ["town", "platform"]
    totals = ["area"]
    groups = {"基本情况": ["code", "name", "unit_number", "area"], "位置": ["town", "platform", "address"]}
    related = ["land-occupation"]
    bulk = ["town", "platform", "address"]
    resource = resources.ParcelResource


@register
class BlockLedger(Ledger):
    model = Block
    code = "blocks"
    columns = ["name", "code", "platform", "area", "planned_use", "timing"]
    search = ["code", "name", "planned_use"]
    filters = ["platform"]
    totals = ["area"]
    groups = {"基本情况": ["code", "name", "platform", "area"], "开发": ["planned_use", "timing"]}
    bulk = ["platform", "planned_use", "timing"]
    resource = resources.BlockResource
