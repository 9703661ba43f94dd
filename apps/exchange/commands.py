"""What the spreadsheet commands share."""

import shutil

from apps.core.disk import whole_file
from apps.ledger import registry
from apps.ledger.commands import LedgerCommand


def kinds():
    """Return the ledgers that have a spreadsheet, by KIND."""
    return {ledger.code: ledger for ledger in registry.all() if ledger.resource}


class SheetCommand(LedgerCommand):
    """A command about one KIND of spreadsheet; an unknown KIND is wrong use (exit code 2)."""

    def ledger(self, kind):
        if kind not in kinds():
            raise self.wrong_use(f"没有“{kind}”这类表格，可用：{'、'.join(sorted(kinds()))}。")
        return kinds()[kind]

    def save(self, content, path):
        """Copy an open file to `path`, whole or not at all, and close it."""
        with content, whole_file(path) as file:
            shutil.copyfileobj(content, file)
