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
    known = {name: Q(**{f"{name}_last__isnull": False}) for name in ("output", "tax")}
    sums = rows.order_by().aggregate(
        output=Sum("output"), tax=Sum("tax"),
        output_now=Sum("output", filter=known["output"]), output_before=Sum("output_last"),
        tax_now=Sum("tax", filter=known["tax"]), tax_before=Sum("tax_last"),
    )  # fmt: skip
    return {
        "firms": firms,
        "period": f"{year}年1—{month}月",
        "output": ratio(sums["output"], WAN_PER_YI),
        "output_growth": growth(sums["output_now"], sums["output_before"]),
        "tax": ratio(sums["tax"], WAN_PER_YI),
        "tax_growth": growth(sums["tax_now"], sums["tax_before"]),
    }
