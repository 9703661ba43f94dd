"""A small county for the fault run, made by the factories through the one write path."""

from decimal import Decimal

from apps.accounts.choices import Role
from tests import factories as make

YEARS = (2018, 2019, 2020)
PASSWORD = "Jinyun-2021!"


def found(clerks, firms=8):
    """Make `clerks` people of the per-mu office and `firms` enterprises with land and yearly figures; return the enterprises."""
    for number in range(clerks):
        make.person(f"clerk{number}", Role.PER_MU)
    platform = make.platform()
    made = [make.enterprise(f"示例{number}号有限公司", platform=platform) for number in range(firms)]
    for number, firm in enumerate(made):
        make.occupation(firm, area=Decimal(20 + number))
        for year in YEARS:
            make.yearly(firm, year, output=Decimal(1000 + number), tax=Decimal(80 + number), value_added=Decimal(300))
    return made
