"""What the ledgers know of a unit: cumulative monthly figures of its 规上 firms, one query for all units."""

from decimal import Decimal

from apps.assessments.choices import Feed
from apps.core.numbers import WAN_PER_YI, growth, half_up
from apps.enterprises.choices import Scale
from apps.enterprises.models import MonthlyFact


def _rows(year, month):
    facts = MonthlyFact.objects.live().filter(year=year, month=month, enterprise__scale=Scale.ABOVE)
    path = ("enterprise__town", "enterprise__platform", "enterprise__platform__counts_alone", "output", "tax")
    return list(facts.order_by().values_list(*path, named=True))


def _belongs(row, unit):
    """Say whether a fact's firm counts for the unit: on its platform, or in its town and on no platform counted alone."""
    if row.enterprise__platform and row.enterprise__platform == unit.platform_id:
        return True
    return row.enterprise__town == unit.town_id and not row.enterprise__platform__counts_alone


def _sum(rows, unit, name):
    """Sum one figure (万元) over a unit's firms; None where no firm reported it."""
    known = [getattr(row, name) for row in rows if getattr(row, name) is not None and _belongs(row, unit)]
    return sum(known, Decimal(0)) if known else None


def _in_yi(amount):
    return None if amount is None else amount / WAN_PER_YI


def read(feeds, units, year, month):
    """Return {feed: {unit id: value or None}} for January to `month` of `year`: 亿元 for amounts, % for growth (同比).

    Growth compares the sums of the two periods; the firms of either period count where they stand now.
    """
    now = _rows(year, month)
    before = _rows(year - 1, month) if Feed.OUTPUT_GROWTH in feeds else []
    readers = {
        Feed.OUTPUT: lambda unit: _in_yi(_sum(now, unit, "output")),
        Feed.TAX: lambda unit: _in_yi(_sum(now, unit, "tax")),
        Feed.OUTPUT_GROWTH: lambda unit: growth(_sum(now, unit, "output"), _sum(before, unit, "output")),
    }
    return {feed: {unit.pk: _stored(readers[feed](unit)) for unit in units} for feed in feeds}


def _stored(value):
    """Round to the six decimals a value is kept with, so that an unchanged ledger changes nothing."""
    return half_up(value, 6)
