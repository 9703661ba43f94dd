"""Cumulative months of the 规上 firms: 2020 ends at the year's figures, 2021 runs to September."""

from random import Random

MONTHLY = ("output", "revenue", "value_added", "profit", "tax", "staff", "energy", "power")
SEASON = {  # share of each month; February 2020 stood still, in 2021 only the new year's holiday shows
    2020: (62, 21, 78, 93, 97, 101, 98, 97, 106, 104, 110, 121),
    2021: (92, 61, 99, 100, 101, 103, 99, 98, 105, 104, 108, 112),
}
GROWTH_2021 = {  # permille on 2020, by industry
    "现代装备": 205,
    "健康医疗": 262,
    "智能家居": 148,
    "节能环保": 340,
    "信息技术": 236,
    "其他产业": 92,
}
LAST_MONTH = {2020: 12, 2021: 9}


def monthly(firms, figures):
    """Yield (firm, year, month, figures) from the firms' figures of 2020, as `facts.year_2020_above` returns them."""
    rng = Random("months")
    for firm, of_2020 in zip(firms, figures, strict=True):
        pace = 1_000 + GROWTH_2021[firm.industry] + rng.randint(-90, 90)
        of_2021 = {figure: abs(of_2020[figure]) * pace // 1_000 for figure in MONTHLY}
        of_2021["staff"] = of_2020["staff"] * rng.randint(1_000, 1_050) // 1_000
        for year, totals in ((2020, of_2020), (2021, of_2021)):
            season = [share * rng.randint(88, 112) for share in SEASON[year]]
            for month in range(1, LAST_MONTH[year] + 1):
                yield firm, year, month, {figure: _until(figure, totals[figure], season, month) for figure in MONTHLY}


def _until(figure, total, season, month):
    """Return the figure from January to `month`; it never falls, and in December it is the year's.

    A year that ends with a loss begins with a larger one. Staff is an average, not a sum: it only drifts upwards.
    """
    if figure == "staff":
        return total - total * (12 - month) // 300
    start = total * 3 // 2 if total < 0 else 0
    return start + (total - start) * sum(season[:month]) // sum(season)
