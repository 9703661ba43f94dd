"""The 3,300 smaller firms, spread over all 18 towns; with the 规上 they fill Table 3 up to each platform's output."""

from random import Random

from apps.enterprises.choices import EnterpriseState, Scale
from apps.sample.firms import found, spread
from apps.sample.margins import SMALL_FIRMS, hundredths
from apps.sample.shares import share_out

MIX = {"现代装备": 40, "健康医疗": 14, "智能家居": 18, "节能环保": 2, "信息技术": 4, "其他产业": 22}
LEAST_AREA = hundredths("0.2")
PER_MU = 155  # 万元 a firm makes on a 亩 beyond its smallest plot
NO_LAND_EVERY, NO_TAX_EVERY = 53, 47  # about 4 % lack a figure and cannot be graded
IDLE_EVERY = 80


def below_scale(first_number):
    """Return the smaller firms, numbered from `first_number`."""
    rng = Random("below scale")
    slots = [
        (town, platform, output)
        for town, platform, count, total in SMALL_FIRMS
        for output in share_out(hundredths(total, 10_000), [spread(rng, least=28) for _ in range(count)])
    ]
    industries = rng.choices(list(MIX), list(MIX.values()), k=len(slots))
    firms = []
    for position, ((town, platform, output), industry) in enumerate(zip(slots, industries, strict=True)):
        area = LEAST_AREA + output * spread(rng, least=58) // (PER_MU * 1_000)
        figures = {
            "output": output,
            "area": None if position % NO_LAND_EVERY == 7 else area,
            "tax_known": position % NO_TAX_EVERY != 11,
            "state": EnterpriseState.IDLE if position % IDLE_EVERY == 3 else EnterpriseState.ACTIVE,
        }
        firms.append(found(first_number + position, rng, scale=Scale.BELOW, town=town, platform=platform, industry=industry, **figures))
    return firms
