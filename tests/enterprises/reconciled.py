"""A small county of 2020 with one of everything the reconciliation finds, and one firm nothing is wrong with."""

from decimal import Decimal
from types import SimpleNamespace

from apps.accounts.choices import DataItem, Role
from apps.enterprises.choices import Scale
from tests import factories as make

FULL = {"output": 5_000, "revenue": 5_200, "value_added": 1_000, "profit": 300, "staff": 80, "energy": 200}
FULL |= {"tax": 250, "power": 40, "discharge": Decimal("0.5"), "rd_expense": 150}
MONTHS = {name: value for name, value in FULL.items() if name not in ("discharge", "rd_expense")}


def firm(name, credit, now=FULL, last=FULL, december=MONTHS, land=20, **place):
    """Return an enterprise with the figures of 2020, of 2019 and of January to December 2020; None leaves a row out."""
    enterprise = make.enterprise(name, credit_code=make.credit_code(credit), **place)
    for year, figures in ((2020, now), (2019, last)):
        if figures is not None:
            make.yearly(enterprise, year, **figures)
    if december is not None:
        make.monthly(enterprise, 2020, 12, **december)
    if land:
        make.occupation(enterprise, area=Decimal(land))
    return enterprise


def county():
    """Return the platforms and the enterprises by name.

    平: nothing wrong.  缺: no discharge and no R&D.  空: no figures of 2020 at all, no land.  异: tax and staff differ from
    December.  变: output up 60 %, tax exactly 30 % up, profit from zero, power down 31 %.  小: 规下, which owes tax and power.
    占: holds 18 of the 20 亩 of its parcel.
    """
    lijin, kaifaqu = make.platform("丽缙园"), make.platform("开发区")
    firms = {
        "平": firm("平厂", 1, platform=lijin),
        "缺": firm("缺厂", 2, now=FULL | {"discharge": None, "rd_expense": None}, platform=lijin),
        "空": firm("空厂", 3, now=None, december=None, land=0, platform=kaifaqu),
        "异": firm("异厂", 4, december=MONTHS | {"tax": Decimal("248.75"), "staff": 81}, platform=lijin),
        "变": firm(
            "变厂",
            5,
            now=FULL | {"tax": 260},
            last=FULL | {"output": 3_125, "tax": 200, "profit": 0, "power": Decimal("57.98")},
            december=None,
            platform=kaifaqu,
        ),
        "小": firm("小厂", 6, now={"tax": 5}, last=None, december=None, scale=Scale.BELOW, platform=kaifaqu),
        "占": firm("占厂", 7, land=0, platform=kaifaqu),
    }
    make.occupation(firms["占"], area=Decimal(18), on=make.parcel(area=Decimal(20), code="ZD-9", name="九号地", platform=kaifaqu))
    return SimpleNamespace(lijin=lijin, kaifaqu=kaifaqu, **firms)


def people(here):
    """Return the people who read it: the office, a park, a town, the departments, who checks, the bureau, a leader."""
    return SimpleNamespace(
        office=make.person("permu", Role.PER_MU),
        park=make.person("park", Role.PARK, platform=here.lijin),
        tax=make.person("tax", Role.REPORTER, data_items=[DataItem.TAX], organisation=make.organisation("县税务局")),
        stats=make.person("stats", Role.REPORTER, data_items=[DataItem.STATISTICS, DataItem.POWER]),
        check=make.person("check", Role.REPORTER, data_items=[DataItem.CHECK]),
        natural=make.person("natural", Role.NATURAL),
        leader=make.person("leader", Role.LEADER),
    )
