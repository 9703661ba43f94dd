"""How a person's part of the county stands, for the home page."""

from django.db.models import Count, Q

from apps.core.numbers import growth_of_sums, yi
from apps.enterprises.choices import Scale
from apps.enterprises.models import Enterprise, MonthlyFact
from apps.enterprises.selectors import latest_period


def overview(user):
    """Return the headline figures of what `user` may see: enterprises, and 规上 output and tax of the latest month.

    Amounts in 亿元, growth against the same months of last year in percent over the firms known in both years.
    """
    firms = Enterprise.objects.visible_to(user).live().aggregate(all=Count("pk"), above=Count("pk", filter=Q(scale=Scale.ABOVE)))
    period = latest_period(user)
    if period is None:
        return {"firms": firms, "period": None}
    facts = MonthlyFact.objects.visible_to(user).live().filter(year=period.year, month=period.month)
    rows = facts.with_last_year("output", "tax", period=("year", "month")).order_by()
    output, output_last, tax, tax_last = zip(*rows.values_list("output", "output_last", "tax", "tax_last"), strict=True)
    return {
        "firms": firms,
        "period": str(period),
        "output": yi(output),
        "output_growth": growth_of_sums(zip(output, output_last, strict=True)),
        "tax": yi(tax),
        "tax_growth": growth_of_sums(zip(tax, tax_last, strict=True)),
    }
