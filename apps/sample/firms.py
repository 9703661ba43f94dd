"""The firms of the sample county: 211 规上 that meet the plan's margins to the last digit, 3,300 smaller ones."""

import datetime as dt
from dataclasses import dataclass
from random import Random

from apps.enterprises.choices import EnterpriseState, Scale
from apps.sample.margins import (
    FIRMS,
    INDUSTRIES,
    LARGE,
    MIDDLE,
    MIDDLE_BAND,
    PARK,
    PER_MU,
    PLACES,
    PLATFORM_OF_TOWN,
    ROW_SHARE,
    SMALL_BAND,
    SMALL_FIRMS,
    ZONE,
    hundredths,
)
from apps.sample.names import credit_code, title
from apps.sample.shares import fit, share_out

SMALL_MIX = {"现代装备": 40, "健康医疗": 14, "智能家居": 18, "节能环保": 2, "信息技术": 4, "其他产业": 22}
TOWNS_OF = {PARK: ["壶镇镇"] * 3 + ["东方镇"], ZONE: ["新碧街道"] * 9 + ["五云街道"]}
SMALL_PER_MU = 155  # 万元 a smaller firm makes on a 亩 beyond its smallest plot
LEAST_AREA = hundredths("0.2")
NO_LAND_EVERY, NO_TAX_EVERY = 53, 47  # about 4 % of the smaller firms lack a figure and cannot be graded


@dataclass(frozen=True)
class Firm:
    """One invented firm. output: 万元 of 2020, area: 亩 in use, both in hundredths; area None where it is not known."""

    number: int
    credit_code: str
    name: str
    scale: str
    town: str
    platform: str | None
    industry: str
    gb_code: str
    founded_on: dt.date
    output: int
    area: int | None
    tax_known: bool = True
    state: str = EnterpriseState.ACTIVE

    @property
    def place(self):
        """The row of Table 2."""
        return self.platform if self.platform in TOWNS_OF else self.town


def spread(rng, least=45):
    """Return a weight around 1,000 (integer) with a long tail upwards: a product of independent shares in percent."""
    return rng.randint(least, 200 - least) * rng.randint(least, 200 - least) * rng.randint(least, 200 - least) // 1_000


def above_scale():
    """Return the 211 规上 firms in the order of the plan's Table 2."""
    rng = Random("above scale")
    slots = _slots()
    places, industries = [place for place, _, _, _ in slots], [industry for _, industry, _, _ in slots]
    low, high = [band[0] for _, _, band, _ in slots], [band[1] for _, _, band, _ in slots]
    high = [
        max(below, min(above, _cap(1, place, industry))) for (place, industry, _, _), below, above in zip(slots, low, high, strict=True)
    ]
    start = [below + (above - below) * spread(rng) // weight for (_, _, _, weight), below, above in zip(slots, low, high, strict=True)]
    outputs = fit(start, low, high, places, industries, *_margins(1))
    areas = _areas(rng, outputs, places, industries)
    firms = []
    for number, (place, industry, output, area) in enumerate(zip(places, industries, outputs, areas, strict=True), 1):
        towns = TOWNS_OF.get(place, [place])
        town = towns[number % len(towns)]
        platform = place if place in TOWNS_OF else PLATFORM_OF_TOWN.get(town)
        firms.append(_firm(number, rng, scale=Scale.ABOVE, town=town, platform=platform, industry=industry, output=output, area=area))
    return firms


def _slots():
    """Return (place, industry, output band, how far below the band's top to start) for every 规上 firm."""
    slots = [(place, industry, (hundredths(output),) * 2, 1_000) for place, industry, output in LARGE]
    for place in PLACES:
        for column, industry in enumerate(INDUSTRIES):
            large = sum(slot[:2] == (place, industry) for slot in slots[: len(LARGE)])
            middle = MIDDLE[place][column]
            slots += [(place, industry, MIDDLE_BAND, 5_000)] * middle
            slots += [(place, industry, SMALL_BAND, 4_000)] * (FIRMS[place][column] - middle - large)
    return slots


def _cap(figure, place, industry):
    """Return the most one firm may hold of its place's and its industry's output (figure 1) or area (figure 2)."""
    return min(PLACES[place][figure], INDUSTRIES[industry][figure]) * ROW_SHARE // 100


def _margins(figure):
    """Return the totals by place and by industry, hubs first: 开发区 has every industry, 现代装备 every place."""
    rows = {place: totals[figure] for place, totals in PLACES.items()}
    return {ZONE: rows[ZONE], **rows}, {industry: totals[figure] for industry, totals in INDUSTRIES.items()}


def _areas(rng, outputs, places, industries):
    """Return the area of every 规上 firm: more land with more output, within the bounds on output per 亩."""
    low = [output // PER_MU[1] + 1 for output in outputs]
    high = [min(output // PER_MU[0], _cap(2, place, industry)) for output, place, industry in zip(outputs, places, industries, strict=True)]
    start = []
    for output, place, industry in zip(outputs, places, industries, strict=True):
        per_mu = [PLACES[place][1] // PLACES[place][2], INDUSTRIES[industry][1] // INDUSTRIES[industry][2]]
        start.append(output * spread(rng, least=55) // (500 * sum(per_mu)))
    return fit(start, low, high, places, industries, *_margins(2))


def below_scale(first_serial):
    """Return the smaller firms, numbered from `first_serial`; by platform they fill Table 3 up to all its output."""
    rng = Random("below scale")
    slots = [(town, platform, output) for town, platform, count, total in SMALL_FIRMS for output in _small_outputs(rng, count, total)]
    industries = rng.choices(list(SMALL_MIX), list(SMALL_MIX.values()), k=len(slots))
    firms = []
    for number, ((town, platform, output), industry) in enumerate(zip(slots, industries, strict=True)):
        figures = {
            "output": output,
            "area": None if number % NO_LAND_EVERY == 7 else LEAST_AREA + output * spread(rng, least=58) // (SMALL_PER_MU * 1_000),
            "tax_known": number % NO_TAX_EVERY != 11,
            "state": EnterpriseState.IDLE if rng.randint(1, 80) == 1 else EnterpriseState.ACTIVE,
        }
        firms.append(_firm(first_serial + number, rng, scale=Scale.BELOW, town=town, platform=platform, industry=industry, **figures))
    return firms


def _small_outputs(rng, count, total):
    return share_out(hundredths(total, 10_000), [spread(rng, least=28) for _ in range(count)])


def _firm(number, rng, **values):
    name, gb_code = title(number, values["industry"], rng)
    founded_on = dt.date(rng.randint(1996, 2016), rng.randint(1, 12), rng.randint(1, 28))
    return Firm(number=number, credit_code=credit_code(number), name=name, gb_code=gb_code, founded_on=founded_on, **values)
