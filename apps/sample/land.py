"""Land of the sample county: parcels and who holds them. On every parcel owned + leased - let out is its area."""

import datetime as dt
from dataclasses import dataclass
from itertools import groupby
from random import Random

from apps.enterprises.choices import OccupationKind, Scale
from apps.sample.firms import Firm
from apps.sample.names import MARK

LEASED_FROM = dt.date(2017, 1, 1)
TENANTS_OF_TEN = {Scale.ABOVE: 1, Scale.BELOW: 3}  # of ten firms so many rent; a 规上 one rents half of what it uses
TWO_PLOTS_FROM = 6_000  # an owner of 60 亩 and more without tenants has two plots


@dataclass(frozen=True)
class Plot:
    """One invented parcel. area: 亩 in hundredths."""

    code: str
    name: str
    town: str
    platform: str | None
    area: int


@dataclass(frozen=True)
class Holding:
    """What one firm holds on one parcel. area: 亩 in hundredths."""

    firm: Firm
    plot: Plot
    kind: str
    area: int
    start: dt.date


def land(firms):
    """Return (plots, holdings) on which every firm with a known area uses just that area.

    Each plot has one owner, who may let part of it to tenants of the same platform or town.
    """
    rng = Random("land")
    plots, holdings = [], []
    neighbours = sorted((firm for firm in firms if firm.area), key=_neighbourhood)
    for _, group in groupby(neighbours, key=_neighbourhood):
        group = list(group)
        leases = _leases(group, rng)
        leased = {tenant.credit_code: area for tenants in leases.values() for tenant, area in tenants}
        for firm in group:
            own = firm.area - leased.get(firm.credit_code, 0)
            if own:
                _settle(firm, own, leases[firm.credit_code], rng, plots, holdings)
    return plots, holdings


def _neighbourhood(firm):
    return firm.town, firm.platform or ""


def _leases(firms, rng):
    """Return owner's code -> (tenant, area) pairs. Owners rent nothing and are larger than their tenants."""
    leases = {firm.credit_code: [] for firm in firms}
    tenants = {firm.credit_code for firm in firms if rng.randint(1, 10) <= TENANTS_OF_TEN[firm.scale]}
    owners = [firm for firm in firms if firm.credit_code not in tenants]
    for tenant in firms:
        if tenant.credit_code in tenants and owners:
            owner = max(rng.choices(owners, k=3), key=lambda firm: firm.area)
            if owner.area > tenant.area:
                leases[owner.credit_code].append((tenant, tenant.area // 2 if tenant.scale == Scale.ABOVE else tenant.area))
    return leases


def _settle(owner, own, tenants, rng, plots, holdings):
    """Give `owner` the plots for its `own` use and for what its tenants rent."""
    let = sum(area for _, area in tenants)
    total = own + let
    first = total * rng.randint(55, 75) // 100 if total >= TWO_PLOTS_FROM and not let else total
    for area in filter(None, (first, total - first)):
        plot = Plot(f"SL-{len(plots) + 1:05d}", f"{owner.town}{len(plots) + 1}号地块{MARK}", owner.town, owner.platform, area)
        plots.append(plot)
        holdings.append(Holding(owner, plot, OccupationKind.OWNED, area, owner.founded_on))
    if let:
        holdings.append(Holding(owner, plot, OccupationKind.LET_OUT, let, LEASED_FROM))
        holdings += [Holding(tenant, plot, OccupationKind.LEASED, area, LEASED_FROM) for tenant, area in tenants]
