from apps.exchange.blank import write_blank
from apps.exchange.commands import SheetCommand


class Command(SheetCommand):
    help = "写出一类表格的空白导入模板：中文列标题、下拉列表、填表说明。"

    def add_arguments(self, parser):
        parser.add_argument("kind", metavar="KIND")
        parser.add_argument("out", metavar="OUT.xlsx")

    def act(self, *, kind, out, **options):
        ledger = self.ledger(kind)
        write_blank(self.writable_path(out), label=ledger.label, resource=ledger.resource())
        return {"status": "done", "kind": kind, "file": out}

    def tell(self, document):
        self.stdout.write(f"模板已写入 {document['file']}。")
