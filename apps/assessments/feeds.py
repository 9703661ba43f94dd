"""What the ledgers know of a unit: cumulative monthly figures of its 规上 firms, one query for all units."""

from apps.assessments.choices import Feed
from apps.core.numbers import growth_of_sums, half_up, yi
from apps.enterprises.choices import Scale
from apps.enterprises.models import MonthlyFact


def _rows(year, month):
    facts = MonthlyFact.objects.live().filter(year=year, month=month, enterprise__scale=Scale.ABOVE)
    facts = facts.with_last_year("output", period=("year", "month")).order_by()
    place = ("enterprise__town", "enterprise__platform", "enterprise__platform__counts_alone")
    return list(facts.values_list(*place, "output", "output_last", "tax", named=True))


def _belongs(row, unit):
    """Say whether a fact's firm counts for the unit: on its platform, or in its town and on no platform counted alone."""
    if row.enterprise__platform and row.enterprise__platform == unit.platform_id:
        return True
    return row.enterprise__town == unit.town_id and not row.enterprise__platform__counts_alone


READERS = {
    Feed.OUTPUT: lambda rows: yi(row.output for row in rows),
    Feed.OUTPUT_GROWTH: lambda rows: growth_of_sums((row.output, row.output_last) for row in rows),
    Feed.TAX: lambda rows: yi(row.tax for row in rows),
}


def read(feeds, units, year, month):
    """Return {feed: {unit id: value or None}} for January to `month` of `year`: 亿元 for amounts, % for growth.

    Values are rounded half up to the six decimals a value is kept with, so that an unchanged ledger changes nothing.
    """
    facts = _rows(year, month)
    own = {unit.pk: [row for row in facts if _belongs(row, unit)] for unit in units}
    return {feed: {unit: half_up(READERS[feed](rows), 6) for unit, rows in own.items()} for feed in feeds}
