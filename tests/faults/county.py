"""A small county for the fault run, made by the factories through the one write path."""

from dataclasses import dataclass
from decimal import Decimal

from apps.accounts import tokens
from apps.accounts.choices import Role
from apps.core.actor import Actor
from tests import factories as make

YEARS = (2018, 2019, 2020)
PASSWORD = "Jinyun-2021!"


@dataclass(frozen=True)
class County:
    """What the people of the fault run work on: enterprises, land cases, a chain and the access token of its office."""

    firms: list
    cases: list
    chain: int
    token: str


def found(clerks, officers=0, firms=8, cases=4):
    """Make `clerks` people of the per-mu office and `officers` of the natural resources bureau, and return the County."""
    for number in range(clerks):
        make.person(f"clerk{number}", Role.PER_MU)
    for number in range(officers):
        make.person(f"officer{number}", Role.NATURAL)
    platform = make.platform()
    made = [make.enterprise(f"示例{number}号有限公司", platform=platform) for number in range(firms)]
    for number, firm in enumerate(made):
        make.occupation(firm, area=Decimal(20 + number))
        for year in YEARS:
            make.yearly(firm, year, output=Decimal(1000 + number), tax=Decimal(80 + number), value_added=Decimal(300))
    chain = make.chain()
    office = make.person("script0", Role.CHAIN_OFFICE, industry=chain.industry)
    token = tokens.make(name="对接", post=office.posts.get(), days=7, actor=Actor.of(office))
    return County(made, [make.land_case() for _ in range(cases)], chain.pk, token)
