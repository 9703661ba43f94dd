"""Write the sample county's firms, facts and land into the ledgers."""

import uuid
from collections import defaultdict
from decimal import Decimal
from functools import partial

from apps.core.errors import Refused
from apps.enterprises.models import Enterprise, LandOccupation, MonthlyFact, YearlyFact
from apps.ledger import services as ledger
from apps.ledger.choices import Origin
from apps.platforms.models import Industry, Parcel, Platform, Town
from apps.sample.county import county
from apps.sample.facts import PLACES_OF

REASON = "载入示例数据"


def load_county(*, actor):
    """Add the rows of the sample county that are missing and return ledger -> number of rows added.

    Rows of another origin with the same credit code or parcel code are left alone, and nothing is hung on them.
    """
    whole, names, add = county(), _Names(), _Adder(actor)
    added = {"enterprises": add(Enterprise, ["credit_code"], _enterprises(whole, names))}
    firms = _ours(Enterprise, "credit_code")
    added["enterprise-facts"] = add(YearlyFact, ["enterprise_id", "year"], _yearly(whole, firms))
    added["monthly-facts"] = add(MonthlyFact, ["enterprise_id", "year", "month"], _monthly(whole, firms))
    added["parcels"] = add(Parcel, ["code"], _parcels(whole, names))
    parcels = _ours(Parcel, "code")
    added["land-occupation"] = add(LandOccupation, ["enterprise_id", "parcel_id", "kind", "start"], _occupations(whole, firms, parcels))
    return added


class _Named(dict):
    """Name -> primary key of a small ledger."""

    def __missing__(self, name):
        raise Refused(f"台账中没有“{name}”，示例数据未载入。")


class _Names:
    """The plan's towns, platforms and industries, by the names the sample uses."""

    def __init__(self):
        self.town = _Named(Town.objects.values_list("name", "pk"))
        self.platform = _Named([*Platform.objects.values_list("short_name", "pk"), (None, None)])
        self.industry = _Named(Industry.objects.values_list("name", "pk"))


class _Adder:
    """Inserts rows by natural key, all of one run under one batch id."""

    def __init__(self, actor):
        self.actor, self.batch = actor, uuid.uuid4()

    def __call__(self, model, key, wanted):
        """Insert what is missing of `wanted`, pairs (natural key, maker of the unsaved row); return how many.

        A key that a row once bore is not missing: a row whose key was corrected by hand is not made a second time.
        """
        stored = model.objects.values_list(*key)
        borne = model.history.filter(id__in=model.objects.values("id")).values_list(*key)
        taken = {*stored, *borne}
        new = [make(origin=Origin.SAMPLE) for natural_key, make in wanted if natural_key not in taken]
        if new:
            ledger.write_batch(model=model, new=new, changed=[], actor=self.actor, reason=REASON, batch=self.batch)
        return len(new)


def _ours(model, code):
    """Return code -> primary key of the rows that are the sample's."""
    return dict(model.objects.filter(origin=Origin.SAMPLE).values_list(code, "pk"))


def _enterprises(whole, names):
    return (((firm.credit_code,), partial(_enterprise, firm, names)) for firm in whole.firms)


def _enterprise(firm, names, **origin):
    return Enterprise(
        credit_code=firm.credit_code,
        name=firm.name,
        scale=firm.scale,
        state=firm.state,
        town_id=names.town[firm.town],
        platform_id=names.platform[firm.platform],
        industry_id=names.industry[firm.industry],
        gb_code=firm.gb_code,
        founded_on=firm.founded_on,
        address=f"缙云县{firm.town}示例路{firm.number}号",
        **origin,
    )


def _fact(model, period, figures, **origin):
    """Return an unsaved row of facts; whole numbers in smallest units become the fields' quantities, None stays None."""
    quantities = {
        figure: value if value is None or not PLACES_OF[figure] else Decimal(value).scaleb(-PLACES_OF[figure])
        for figure, value in figures.items()
    }
    return model(**period, **quantities, **origin)


def _yearly(whole, firms):
    for firm, year, scale, figures in whole.yearly:
        if key := firms.get(firm.credit_code):
            yield (key, year), partial(_fact, YearlyFact, {"enterprise_id": key, "year": year, "scale": scale}, figures)


def _monthly(whole, firms):
    for firm, year, month, figures in whole.monthly:
        if key := firms.get(firm.credit_code):
            yield (key, year, month), partial(_fact, MonthlyFact, {"enterprise_id": key, "year": year, "month": month}, figures)


def _parcels(whole, names):
    return (((plot.code,), partial(_parcel, plot, names)) for plot in whole.plots)


def _parcel(plot, names, **origin):
    town, platform = names.town[plot.town], names.platform[plot.platform]
    return Parcel(
        code=plot.code, name=plot.name, town_id=town, platform_id=platform, area=_mu(plot.area), address=f"缙云县{plot.town}", **origin
    )


def _occupations(whole, firms, parcels):
    """Yield the occupations parcel by parcel: a parcel that has any, or that lacks a holder, is left alone."""
    occupied = set(LandOccupation.objects.values_list("parcel__code", flat=True))
    by_plot = defaultdict(list)
    for holding in whole.holdings:
        by_plot[holding.plot.code].append(holding)
    for code, holdings in by_plot.items():
        if code in parcels and code not in occupied and all(holding.firm.credit_code in firms for holding in holdings):
            for holding in holdings:
                key = (firms[holding.firm.credit_code], parcels[code], holding.kind, holding.start)
                yield key, partial(_occupation, key, holding.area)


def _occupation(key, area, **origin):
    enterprise, parcel, kind, start = key
    return LandOccupation(enterprise_id=enterprise, parcel_id=parcel, kind=kind, start=start, area=_mu(area), **origin)


def _mu(hundredths):
    return Decimal(hundredths).scaleb(-2)
