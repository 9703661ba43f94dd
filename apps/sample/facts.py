"""What the firms report: the year 2020 with the plan's totals, the two years before it, the months after it.

A set of figures is a dict figure -> whole number in the figure's smallest unit (`PLACES_OF`), None where there is no
data. All growth and intensity figures below are invented but for those that cite the plan.
"""

from random import Random

from apps.enterprises.choices import Scale
from apps.sample.margins import TOTALS, hundredths
from apps.sample.shares import share_out

PLACES_OF = {  # figure -> decimals of its field
    "output": 2,
    "revenue": 2,
    "value_added": 2,
    "profit": 2,
    "tax": 2,
    "staff": 0,
    "energy": 3,
    "power": 4,
    "rd_expense": 2,
    "discharge": 4,
}
INTENSITY = {  # weights of each figure per unit of output, comparable within a figure only
    "现代装备": {"value_added": 200, "tax": 49, "energy": 150, "rd_expense": 33},
    "健康医疗": {"value_added": 212, "tax": 46, "energy": 120, "rd_expense": 30},
    "智能家居": {"value_added": 184, "tax": 43, "energy": 170, "rd_expense": 26},
    "节能环保": {"value_added": 224, "tax": 38, "energy": 210, "rd_expense": 34},
    "信息技术": {"value_added": 246, "tax": 55, "energy": 90, "rd_expense": 48},
    "其他产业": {"value_added": 166, "tax": 58, "energy": 420, "rd_expense": 14},
}
WEAK = 9  # 规上 firms put near or below the floor of 3 万元/亩 (plan §6.5)
FLOOR = 3
EARLIER = {  # growth in permille on the year before: 2020 (output, value added, tax, staff after plan §1.2), 2019
    2020: {"output": 196, "revenue": 190, "value_added": 129, "profit": 171, "tax": 228, "staff": 58, "energy": 94, "power": 101},
    2019: {"output": 83, "revenue": 80, "value_added": 71, "profit": 52, "tax": 64, "staff": 21, "energy": 48, "power": 55},
}
OTHER_GROWTH = 60


def year_2020_above(firms):
    """Return the figures of the 211 规上 firms in 2020; every total of `margins.TOTALS` is met exactly."""
    rng = Random("facts above scale")
    weak = rng.sample([i for i, firm in enumerate(firms) if firm.area >= 500 and firm.output < hundredths("6000")], WEAK)
    losing = {*weak[3:], *rng.sample(range(20, len(firms)), 6)}
    outputs = [firm.output for firm in firms]

    def weights(figure, low, high):
        return [firm.output * INTENSITY[firm.industry][figure] * rng.randint(low, high) // 1_000 for firm in firms]

    sunk = {position: -outputs[position] * rng.randint(20, 60) // 1_000 for position in weak[-2:]}
    value_added = share_out(TOTALS["value_added"], weights("value_added", 75, 125), sunk)
    losses = {position: -outputs[position] * rng.randint(4, 70) // 1_000 for position in sorted(losing)}
    energy = share_out(TOTALS["energy"], weights("energy", 50, 160))
    columns = {
        "output": outputs,
        "revenue": share_out(TOTALS["revenue"], [output * rng.randint(970, 1_040) for output in outputs]),
        "value_added": value_added,
        "profit": share_out(TOTALS["profit"], [max(value, 0) * rng.randint(40, 160) for value in value_added], losses),
        "tax": share_out(TOTALS["tax"], weights("tax", 45, 155), _near_the_floor(firms, weak, rng)),
        "staff": share_out(TOTALS["staff"], [(output + hundredths("3000")) * rng.randint(60, 140) for output in outputs]),
        "energy": energy,
        "power": [units * rng.randint(18, 34) // 10 for units in energy],
        "rd_expense": share_out(TOTALS["rd_expense"], [weight * (rng.randint(1, 7) > 1) for weight in weights("rd_expense", 40, 160)]),
        "discharge": [None if rng.randint(1, 8) == 1 else 1 + units * rng.randint(1, 5) // 1_300 for units in energy],
    }
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _near_the_floor(firms, weak, rng):
    """Return the taxes of the weak firms: one at exactly 3 万元/亩, one a hair below, the others clearly below."""
    taxes = {position: firms[position].area * rng.randint(90, 280) // 100 for position in weak[2:]}
    return {weak[0]: firms[weak[0]].area * FLOOR, weak[1]: firms[weak[1]].area * FLOOR - 1, **taxes}


def year_2020_below(firms):
    """Return the figures smaller firms report: no value added, energy or R&D is asked of them."""
    rng = Random("facts below scale")
    rows = []
    for firm in firms:
        tax = firm.output * INTENSITY[firm.industry]["tax"] * rng.randint(55, 165) // 100_000
        rows.append(
            {
                "output": firm.output,
                "revenue": firm.output * rng.randint(940, 1_030) // 1_000,
                "value_added": None,
                "profit": firm.output * rng.randint(-20, 90) // 1_000,
                "tax": tax if firm.tax_known else None,
                "staff": 3 + firm.output // rng.randint(1_600, 3_200),
                "energy": None,
                "power": firm.output * rng.randint(8, 32),
                "rd_expense": None,
                "discharge": None,
            }
        )
    return rows


def year_before(figures, year, exact):
    """Return what the firms reported in the year before `year`, from their `figures` of `year`.

    Where `exact`, the sum of every figure that the plan gives a growth for grew by just that much.
    """
    rng = Random(f"before {year} {exact}")
    pace = [rng.randint(900, 1_100) for _ in figures]
    columns = {figure: _column_before([row[figure] for row in figures], figure, year, pace, rng, exact) for figure in PLACES_OF}
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _column_before(values, figure, year, pace, rng, exact):
    growth = 1_000 + EARLIER[year].get(figure, OTHER_GROWTH)
    gains = {position: -value // 2 for position, value in enumerate(values) if value is not None and value < 0}
    weights = [max(value or 0, 0) * speed * rng.randint(960, 1_040) // (1_000 * growth) for value, speed in zip(values, pace, strict=True)]
    if exact and figure in EARLIER[year]:
        weights = share_out(sum(values) * 1_000 // growth, weights, gains)
    return [None if value is None else gains.get(position, weights[position]) for position, value in enumerate(values)]


def yearly(above, below):
    """Yield (firm, year, scale, figures) for every firm and the years 2018 to 2020.

    A firm counts as 规上 in the years its revenue reached 2,000 万元 (domain 1.2).
    """
    for firms, figures, exact in ((above, year_2020_above(above), True), (below, year_2020_below(below), False)):
        for year in (2020, 2019, 2018):
            for firm, row in zip(firms, figures, strict=True):
                reaches = firm.scale == Scale.ABOVE and row["revenue"] >= hundredths("2000")
                yield firm, year, Scale.ABOVE if reaches else Scale.BELOW, row
            if year > 2018:
                figures = year_before(figures, year, exact)
