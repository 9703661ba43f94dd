"""Reads that serve pages, grading and the plan's tables."""

from dataclasses import dataclass
from decimal import Decimal

from apps.core import clock
from apps.core.fields import Whole
from apps.core.numbers import sum_known
from apps.core.scope import unscoped
from apps.enterprises.choices import Scale
from apps.enterprises.models import LandOccupation, MonthlyFact, YearlyFact
from apps.enterprises.rules import net_area

AREA = LandOccupation._meta.get_field("area")


def whole_land(day, enterprises=None, user=None):
    """Return enterprise id -> 10^-4 亩 in use on `day`: owned + leased - let out over its parcels (domain 1.7).

    An enterprise without any occupation in force is absent (no data is not zero).
    enterprises: restrict to these ids or to a queryset of enterprises.
    user: only of what he may see; None: of all (evaluations, commands).
    """
    rows = LandOccupation.objects.read_by(user).in_force(day)
    if enterprises is not None:
        rows = rows.filter(enterprise__in=enterprises)
    areas = {}
    for enterprise, kind, area in rows.order_by().values_list("enterprise_id", "kind", Whole(AREA)):
        areas[enterprise] = areas.get(enterprise, 0) + net_area(kind, area)
    return areas


def held_by_parcel(day, parcels):
    """Return parcel id -> 亩 held on it on `day`, over all enterprises; it should equal the parcel's area. One query.

    parcels: ids, or a queryset of parcels. One nobody holds is absent (no data is not zero).
    """
    rows = LandOccupation.objects.in_force(day).filter(parcel__in=parcels).order_by().values_list("parcel_id", "kind", "area")
    held = {}
    with unscoped("宗地面积与占用是否相符"):
        for parcel, kind, area in rows:
            held[parcel] = held.get(parcel, Decimal(0)) + net_area(kind, area)
    return held


def held_on(parcel, day):
    """Return the 亩 held on one parcel on `day`, 0 where nobody holds any."""
    return held_by_parcel(day, [parcel.pk]).get(parcel.pk, Decimal(0))


def land_of_year(year, enterprises=None, user=None):
    """Return enterprise id -> 亩 in use on 31 December of `year` (`whole_land`): the denominator of the year's ratios (default)."""
    areas = whole_land(clock.year_end(year), enterprises, user)
    return {enterprise: Decimal(area).scaleb(-AREA.decimal_places) for enterprise, area in areas.items()}


def years_with_facts(user):
    """Return the data years `user` (None: anybody) sees figures of, newest first."""
    return list(YearlyFact.objects.read_by(user).live().order_by("-year").values_list("year", flat=True).distinct())


@dataclass(frozen=True)
class Period:
    """The latest months known: cumulative from January."""

    year: int
    month: int

    def __str__(self):
        return f"{self.year}年1—{self.month}月"


def latest_period(user):
    """Return the Period of the newest monthly facts `user` may see, None without any."""
    newest = MonthlyFact.objects.visible_to(user).live().order_by("-year", "-month").values_list("year", "month").first()
    return Period(*newest) if newest else None


@dataclass(frozen=True)
class Totals:
    """Sums over enterprises: output in 万元, area in 亩. None where no enterprise has the figure."""

    enterprises: int
    output: Decimal | None
    area: Decimal | None


GROUPINGS = {"industry": lambda enterprise: enterprise.industry.name, "place": lambda enterprise: enterprise.place}


def totals_of_year(year, by, user):
    """Return industry or statistical place -> Totals over the 规上 yearly facts of `year`.

    by: "industry" (the rows of the plan's Table 1) or "place" (Table 2). user: only what he may see; None: all.
    """
    facts = YearlyFact.objects.read_by(user).live().filter(year=year, scale=Scale.ABOVE).order_by()
    land = land_of_year(year, facts.values("enterprise"), user)
    groups = {}
    for fact in facts.select_related("enterprise__industry", "enterprise__town", "enterprise__platform"):
        groups.setdefault(GROUPINGS[by](fact.enterprise), []).append((fact.output, land.get(fact.enterprise_id)))
    return {name: Totals(len(rows), *(sum_known(column) for column in zip(*rows, strict=True))) for name, rows in groups.items()}


def add_up(totals):
    """Return the Totals of several groups together."""
    totals = list(totals)
    return Totals(
        sum(total.enterprises for total in totals),
        sum_known([total.output for total in totals]),
        sum_known([total.area for total in totals]),
    )
