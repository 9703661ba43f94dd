"""No ledger escapes the contract."""

import importlib
import pkgutil

import tests
from apps.ledger import registry
from tests.ledger.contract import LedgerContract, all_subclasses


def test_every_ledger_has_a_contract_test():
    for module in pkgutil.walk_packages(tests.__path__, "tests."):
        if module.name.rpartition(".")[2].startswith("test_"):
            importlib.import_module(module.name)
    covered = {contract.code for contract in all_subclasses(LedgerContract) if contract.code}
    assert covered == {ledger.code for ledger in registry.all()}
