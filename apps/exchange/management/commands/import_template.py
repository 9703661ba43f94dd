from apps.exchange.blank import write_blank
from apps.exchange.kinds import ledger_of
from apps.ledger.commands import OfficeCommand


class Command(OfficeCommand):
    help = "写出某类台账的空白导入模板（标题、下拉列表、填表说明）。"

    def add_arguments(self, parser):
        parser.add_argument("kind", metavar="KIND")
        parser.add_argument("out", metavar="OUT.xlsx")

    def act(self, *, kind, out, **options):
        ledger = ledger_of(kind) or self.no_kind(kind)
        write_blank(self.target(out), label=ledger.label, resource=ledger.resource())
        return {"status": "done", "kind": kind, "file": out}
