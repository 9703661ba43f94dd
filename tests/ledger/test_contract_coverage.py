"""No ledger escapes the contract."""

from apps.ledger import registry
from tests.ledger.contract import contracts


def test_every_ledger_has_a_contract_test():
    assert set(contracts()) == {ledger.code for ledger in registry.all()}
