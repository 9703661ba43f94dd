import datetime as dt
from decimal import Decimal as D

import pytest

from apps.accounts.choices import Role
from apps.chains import services
from apps.chains.models import Chain
from apps.ledger import services as ledger
from apps.plan.services import load_plan
from tests import factories as make


def add_chain(name, **values):
    """Return the chain of the industry `name`."""
    values = {"industry": make.industry(name), "name": f"{name}产业链", **values}
    return ledger.create(model=Chain, values=values, actor=make.SYSTEM)


@pytest.fixture
def today(settings):
    settings.OFFICE_TODAY = dt.date(2021, 10, 15)


@pytest.fixture
def plan(db):
    """The plan's printed figures: targets of 现代装备 150 and 350, of 健康医疗 120 and 300 亿元 (§3.3)."""
    load_plan(actor=make.SYSTEM)


@pytest.fixture
def equipment(plan, today):
    """现代装备 with three 规上 firms. 2020: 120 亿元. 1-9 月 2021: 90 + 5 + 4 against 80 (one firm is new)."""
    chain = add_chain("现代装备", branches="特色机床", chief_title="丽缙园常务副主任")
    for name, of_2020, before, now in (
        ("示例大厂", 1_100_000, 750_000, 900_000),
        ("示例中厂", 100_000, 50_000, 50_000),
        ("示例新厂", None, None, 40_000),
    ):
        firm = make.enterprise(name, industry=chain.industry)
        if of_2020 is not None:
            make.yearly(firm, 2020, output=D(of_2020))
            make.monthly(firm, 2020, 9, output=D(before))
        make.monthly(firm, 2021, 9, output=D(now), tax=D(10_000))
    services.open_year(chain=chain, year=2021, actor=make.SYSTEM)
    return chain


@pytest.fixture
def health(plan, today):
    """健康医疗: a chain whose chief the plan names, but no post is given."""
    return add_chain("健康医疗", chief_title="分管工业副县长")


@pytest.fixture
def chief(equipment):
    return make.person("chief_equipment", Role.CHAIN_CHIEF, industry=equipment.industry)


@pytest.fixture
def office(equipment):
    return make.person("office_equipment", Role.CHAIN_OFFICE, industry=equipment.industry)
