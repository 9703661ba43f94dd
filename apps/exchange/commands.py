"""What the spreadsheet commands share."""

from pathlib import Path

from apps.journal.commands import OfficeCommand
from apps.ledger import registry


def kinds():
    """Return the ledgers that have a spreadsheet, by KIND."""
    return {ledger.code: ledger for ledger in registry.all() if ledger.resource}


class SheetCommand(OfficeCommand):
    """A command about one KIND of spreadsheet; an unknown KIND or an impossible path is wrong use (exit code 2)."""

    def ledger(self, kind):
        if kind not in kinds():
            raise self.wrong_use(f"没有“{kind}”这类表格，可用：{'、'.join(sorted(kinds()))}。")
        return kinds()[kind]

    def writable_path(self, path):
        """Return the path of a file to be written; its folder must exist."""
        if path and (not Path(path).absolute().parent.is_dir() or Path(path).is_dir()):
            raise self.wrong_use(f"不能写入 {path}：文件夹不存在，或不是文件名。")
        return path
