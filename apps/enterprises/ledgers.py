"""The enterprise, its figures and its land."""

from apps.core import clock
from apps.enterprises import resources
from apps.enterprises.choices import ITEMS, OF_LAND
from apps.enterprises.filters import CALLED, PlaceFilter
from apps.enterprises.models import Enterprise, LandOccupation, MonthlyFact, YearlyFact
from apps.enterprises.selectors import held_on
from apps.ledger import registry
from apps.ledger.declaration import Ledger
from apps.ledger.measures import Figure, Growth, Ratio
from apps.ledger.registry import register

WHOSE = [f"enterprise__{name}" for name in CALLED]
WHERE = ["enterprise__town", "enterprise__platform", ("place", PlaceFilter("enterprise__")), "enterprise__industry"]
PRODUCTION = ["output", "revenue", "value_added", "profit", "tax"]
AREA = Figure("area", "用地面积", "亩")
OUTPUT_GROWTH = Growth("output_growth", "产值同比", "%", 1, top="output", bottom="output_last")
TAX_GROWTH = Growth("tax_growth", "税收同比", "%", 1, top="tax", bottom="tax_last")


@register
class EnterpriseLedger(Ledger):
    model = Enterprise
    code = "enterprises"
    lookup = "credit_code"
    columns = ["name", "credit_code", "scale", "town", "platform", "industry", "state"]
    search = CALLED
    filters = ["scale", "town", "platform", ("place", PlaceFilter()), "industry", "state"]
    groups = {
        "基本情况": ["credit_code", "name", "former_name", "scale", "state", "founded_on"],
        "归属": ["town", "platform", "industry", "gb_code", "address", "contact"],
    }
    related = ["enterprise-facts", "monthly-facts", "land-occupation"]
    bulk = ["scale", "state", "town", "platform", "industry", "gb_code"]
    sensitive = ["contact"]
    resource = resources.EnterpriseResource


@register
class YearlyFactLedger(Ledger):
    model = YearlyFact
    code = "enterprise-facts"
    period = ["year"]
    columns = ["enterprise", "enterprise__credit_code", "year", "scale", "output", "tax", AREA,
               Ratio("output_per_mu", "亩均产值", "万元/亩", top="output", bottom="area"),
               Ratio("tax_per_mu", "亩均税收", "万元/亩", top="tax", bottom="area"), OUTPUT_GROWTH]  # fmt: skip
    search = WHOSE
    filters = ["year", "scale", *WHERE]
    totals = ["output", "value_added", "tax", *columns[6:]]
    groups = {
        "对象": ["enterprise", "year", "scale"],
        "生产经营": PRODUCTION,
        "人员、研发、能耗与排放": ["staff", "rd_expense", "energy", "power", "discharge"],
    }
    items = ITEMS
    bulk = ["scale"]
    resource = resources.YearlyFactResource

    def queryset(self):
        return YearlyFact.objects.with_land(LandOccupation.objects).with_last_year("output")


@register
class MonthlyFactLedger(Ledger):
    model = MonthlyFact
    code = "monthly-facts"
    period = ["year", "month"]
    columns = ["enterprise", "enterprise__credit_code", "year", "month", "output", OUTPUT_GROWTH, "tax", TAX_GROWTH]
    search = WHOSE
    filters = ["year", "month", *WHERE]
    totals = ["output", OUTPUT_GROWTH, "tax", TAX_GROWTH]
    groups = {"对象": ["enterprise", "year", "month"], "生产经营": PRODUCTION, "人员与能耗": ["staff", "energy", "power"]}
    items = ITEMS
    resource = resources.MonthlyFactResource

    def queryset(self):
        return MonthlyFact.objects.with_last_year("output", "tax", period=("year", "month"))


@register
class LandOccupationLedger(Ledger):
    model = LandOccupation
    code = "land-occupation"
    columns = ["enterprise", "enterprise__credit_code", "parcel", "kind", "area", "start", "end"]
    search = [*WHOSE, "parcel__code", "parcel__name"]
    filters = ["kind", *WHERE]
    totals = ["area"]
    groups = {"占用": ["enterprise", "parcel", "kind", "area"], "期限": ["start", "end"]}
    items = OF_LAND
    bulk = ["kind", "start", "end"]
    resource = resources.LandOccupationResource


def parcel_balance(parcel, user):
    """Panel of a parcel: does the land held on it today add up to it?"""
    held = held_on(parcel, clock.today())
    return "enterprises/parcel_balance.html", {"area": parcel.area, "held": held, "gap": parcel.area - held}


registry.get("parcels").panels.append(parcel_balance)
