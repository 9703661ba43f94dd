"""The 211 规上 firms: counts, outputs and areas meet Tables 1 and 2 of the plan to the last digit."""

from collections import Counter
from dataclasses import dataclass
from random import Random

from apps.enterprises.choices import Scale
from apps.sample.firms import found, spread
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
    ZONE,
    hundredths,
)
from apps.sample.shares import fit

OUTPUT, AREA = 1, 2  # positions in the totals of a row
TOWNS_OF = {PARK: ["壶镇镇"] * 3 + ["东方镇"], ZONE: ["新碧街道"] * 9 + ["五云街道"]}


@dataclass(frozen=True)
class Slot:
    """A firm to be: its row in both tables, the bounds on its output, and where the average firm of its kind lies."""

    place: str
    industry: str
    low: int
    high: int
    permille: int = 0

    def start(self, rng):
        """Return a first guess of the output."""
        return self.low + (self.high - self.low) * self.permille * spread(rng) // 1_000_000

    def share_of(self, figure):
        """Return the most one firm may hold of its place's and its industry's output or area."""
        return min(PLACES[self.place][figure], INDUSTRIES[self.industry][figure]) * ROW_SHARE // 100

    def per_mu(self):
        """Return the output per 亩 (万元) usual in this place and industry: halfway between the two."""
        place, industry = PLACES[self.place], INDUSTRIES[self.industry]
        return (place[OUTPUT] // place[AREA] + industry[OUTPUT] // industry[AREA]) // 2


def above_scale():
    """Return the 规上 firms, the twelve largest first, then place by place as in Table 2."""
    rng = Random("above scale")
    slots = _slots()
    outputs = _fit(
        slots,
        OUTPUT,
        start=[slot.start(rng) for slot in slots],
        low=[slot.low for slot in slots],
        high=[max(slot.low, min(slot.high, slot.share_of(OUTPUT))) for slot in slots],
    )
    areas = _fit(
        slots,
        AREA,
        start=[output * spread(rng, least=55) // (1_000 * slot.per_mu()) for slot, output in zip(slots, outputs, strict=True)],
        low=[output // PER_MU[1] + 1 for output in outputs],
        high=[min(output // PER_MU[0], slot.share_of(AREA)) for slot, output in zip(slots, outputs, strict=True)],
    )
    firms = []
    for number, (slot, output, area) in enumerate(zip(slots, outputs, areas, strict=True), start=1):
        towns = TOWNS_OF.get(slot.place, [slot.place])
        town = towns[number % len(towns)]
        platform = slot.place if slot.place in TOWNS_OF else PLATFORM_OF_TOWN.get(town)
        place = {"town": town, "platform": platform, "industry": slot.industry}
        firms.append(found(number, rng, scale=Scale.ABOVE, output=output, area=area, **place))
    return firms


def _slots():
    """Return a slot for every 规上 firm of the joint table."""
    slots = [Slot(place, industry, hundredths(output), hundredths(output)) for place, industry, output in LARGE]
    large = Counter((slot.place, slot.industry) for slot in slots)
    for place in PLACES:
        for industry, firms, middle in zip(INDUSTRIES, FIRMS[place], MIDDLE[place], strict=True):
            slots += [Slot(place, industry, *MIDDLE_BAND, permille=200)] * middle
            slots += [Slot(place, industry, *SMALL_BAND, permille=250)] * (firms - middle - large[place, industry])
    return slots


def _fit(slots, figure, start, low, high):
    """Fit one figure to both tables. The hubs: 开发区 has firms of every industry, 现代装备 in every place."""
    places = {place: totals[figure] for place, totals in PLACES.items()}
    return fit(
        start,
        low,
        high,
        [slot.place for slot in slots],
        [slot.industry for slot in slots],
        {ZONE: places[ZONE], **places},
        {industry: totals[figure] for industry, totals in INDUSTRIES.items()},
    )
