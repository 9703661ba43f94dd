import pytest

from apps.accounts.choices import Role
from apps.enterprises.choices import Scale
from apps.grading.models import GradingRun
from apps.grading.services import request_run
from apps.jobs.services import run_here
from tests import factories as make

FULL = {"value_added": 5200, "energy": 1500, "discharge": "0.9", "staff": 210, "rd_expense": 620, "revenue": 18000, "power": 100}


def firm(name, tax, land, scale=Scale.ABOVE, year=2020, **values):
    """Return an enterprise with the year's figures and land; None leaves the figure or the land out."""
    place = {key: values.pop(key) for key in ("platform", "town", "industry") if key in values}
    enterprise = make.enterprise(name, scale=scale, **place)
    make.yearly(enterprise, year, tax=tax, **{**FULL, **values})
    if land is not None:
        make.occupation(enterprise, area=land)
    return enterprise


def evaluate(year=2020, method="jinyun-sample"):
    """Ask for the evaluation of a year and return its finished run."""
    return GradingRun.objects.get(job=run_here(request_run(year=year, method=method, actor=make.SYSTEM).pk))


@pytest.fixture
def office(db):
    return make.person("permu", Role.PER_MU)


def a_county():
    """Seven enterprises: five 规上 (one below the floor, one without tax, one without land), two 规下; one in 开发区."""
    lijin, kaifaqu = make.platform("丽缙园"), make.platform("开发区")
    return {
        "best": firm("示例甲厂", 1200, 30, platform=lijin),
        "second": firm("示例乙厂", 300, 30, platform=lijin),
        "floor": firm("示例丙厂", "86.44", "28.85", platform=kaifaqu, value_added=9000),
        "no_tax": firm("示例丁厂", None, 10, platform=lijin),
        "no_land": firm("示例戊厂", 50, None),
        "small": firm("示例己厂", 40, 4, Scale.BELOW, platform=lijin),
        "smaller": firm("示例庚厂", 12, 4, Scale.BELOW),
    }


@pytest.fixture
def county(db):
    return a_county()
