"""How a person's part of the county stands, for the home page."""

from django.db.models import Count, Max, Q, Sum

from apps.core.numbers import WAN_PER_YI, growth, ratio
from apps.enterprises.choices import Scale
from apps.enterprises.models import Enterprise, MonthlyFact


def overview(user):
    """Return the headline figures of what `user` may see: enterprises, and 规上 output and tax of the latest month.

    Amounts in 亿元, growth against the same months of last year in percent over the firms known in both years.
    """
    firms = Enterprise.objects.visible_to(user).live().aggregate(all=Count("pk"), above=Count("pk", filter=Q(scale=Scale.ABOVE)))
    facts = MonthlyFact.objects.visible_to(user).live()
    year = facts.aggregate(year=Max("year"))["year"]
    month = facts.filter(year=year).aggregate(month=Max("month"))["month"]
    if month is None:
        return {"firms": firms, "period": None}
    rows = facts.filter(year=year, month=month).with_last_year("output", "tax", period=("year", "month"))
    sums = rows.order_by().aggregate(**{key: value for name in ("output", "tax") for key, value in _sums_of(name).items()})
    return {
        "firms": firms,
        "period": f"{year}年1—{month}月",
        "output": ratio(sums["output_sum"], WAN_PER_YI),
        "output_growth": growth(sums["output_now"], sums["output_before"]),
        "tax": ratio(sums["tax_sum"], WAN_PER_YI),
        "tax_growth": growth(sums["tax_now"], sums["tax_before"]),
    }


def _sums_of(name):
    """Return the sums of one figure: over all firms, and now and a year ago over those known in both years."""
    before = f"{name}_last"
    return {
        f"{name}_sum": Sum(name),
        f"{name}_now": Sum(name, filter=Q(**{f"{before}__isnull": False})),
        f"{name}_before": Sum(before, filter=Q(**{f"{name}__isnull": False})),
    }
