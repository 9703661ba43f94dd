"""No ledger escapes the contract."""

import importlib
import pkgutil

import tests
from apps.ledger import registry
from tests.ledger.contract import LedgerContract


def test_every_ledger_has_a_contract_test():
    for module in pkgutil.walk_packages(tests.__path__, "tests."):
        if module.name.rpartition(".")[2].startswith("test_"):
            importlib.import_module(module.name)
    covered = {contract.code for contract in LedgerContract.__subclasses__()}
    assert covered == {ledger.code for ledger in registry.all()}
