"""The whole sample county, made in memory and always the same."""

from dataclasses import dataclass
from functools import lru_cache

from apps.sample.above import above_scale
from apps.sample.below import below_scale
from apps.sample.facts import year_2020_above, yearly
from apps.sample.land import land
from apps.sample.months import monthly


@dataclass(frozen=True)
class County:
    """firms, plots, holdings: rows. yearly: (firm, year, scale, figures). monthly: (firm, year, month, figures)."""

    firms: tuple
    yearly: tuple
    monthly: tuple
    plots: tuple
    holdings: tuple


@lru_cache(maxsize=1)
def county():
    """Return the sample county; figures as whole numbers in their smallest units (see `facts.PLACES_OF`)."""
    above = above_scale()
    below = below_scale(first_number=len(above) + 1)
    plots, holdings = land(above + below)
    return County(
        firms=(*above, *below),
        yearly=tuple(yearly(above, below)),
        monthly=tuple(monthly(above, year_2020_above(above))),
        plots=tuple(plots),
        holdings=tuple(holdings),
    )
