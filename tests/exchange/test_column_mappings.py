import pytest

from apps.accounts.choices import Role
from apps.ledger import registry
from tests import factories
from tests.ledger.contract import LedgerContract, signed_in


class TestColumnMappings(LedgerContract):
    """A mapping is its own office's: who reads everything else does not read it."""

    code = "column-mappings"
    change = ("name", "税务局年度税收表（新）")
    bad = ("name", "长" * 41)
    list_queries = 6

    @pytest.fixture(autouse=True)
    def people(self, db):

        self.ledger = registry.get(self.code)
        self.user = factories.person("editor", self.editor)
        self.client = signed_in(self.user)
        office = {"organisation": factories.organisation("县税务局")}
        self.reader = signed_in(factories.person("colleague", Role.REPORTER, data_items=["tax"], **office))

    def make(self, number=1):
        return factories.column_mapping(number)
