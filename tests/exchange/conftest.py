import pytest

from apps.accounts.choices import Role
from tests import factories
from tests.exchange.books import FACT, book


@pytest.fixture
def permu(db):
    """A clerk of the per-mu office."""
    return factories.person("permu", Role.PER_MU)


@pytest.fixture
def clerk(client, permu):
    client.force_login(permu)
    return client


@pytest.fixture
def firm(db):
    return factories.enterprise("示例甲机械有限公司", platform=factories.platform())


@pytest.fixture
def good(tmp_path, firm):
    """A workbook with one new fact and one that changes."""
    factories.yearly(firm, 2019, output=5)
    return book(
        tmp_path / "good.xlsx",
        FACT,
        [firm.credit_code, firm.name, 2020, "规上", 100, 3],
        [firm.credit_code, firm.name, 2019, "规上", 7, None],
    )


@pytest.fixture
def bad(tmp_path, firm):
    """A workbook with two wrong rows and no other."""
    return book(
        tmp_path / "bad.xlsx",
        FACT,
        [firm.credit_code, "<script>alert(1)</script>", 2020, "规上", "约100", 3],
        [None, "乙", 2020, "规上", 1, 1],
    )
