import pytest

from apps.accounts.choices import Role
from tests import factories


@pytest.fixture
def permu(db):
    """A clerk of the per-mu office."""
    return factories.person("permu", Role.PER_MU)


@pytest.fixture
def firm(db):
    return factories.enterprise("示例甲机械有限公司", platform=factories.platform())
