from apps.exchange.blank import blank_of, write_blank
from apps.exchange.commands import SheetCommand


class Command(SheetCommand):
    help = "写出一类表格的空白导入模板：中文列标题、下拉列表、填表说明。"

    def add_arguments(self, parser):
        parser.add_argument("kind", metavar="KIND")
        parser.add_argument("out", metavar="OUT.xlsx")
        parser.add_argument("--part", metavar="ITEM", help="只要一个部门报送的分表，如 tax（税收）、power（用电用能）")

    def act(self, *, kind, out, part, **options):
        ledger = self.ledger(kind)
        if part and part not in ledger.parts:
            offered = "、".join(f"{item}（{known.label}）" for item, known in ledger.parts.items())
            raise self.wrong_use(f"“{ledger.label}”没有分表“{part}”{f'，可用：{offered}' if offered else ''}。")
        label, fields = blank_of(ledger, part)
        write_blank(self.writable_path(out), label=label, resource=ledger.resource(), writable=fields)
        return {"status": "done", "kind": kind, "file": out}

    def tell(self, document):
        self.stdout.write(f"模板已写入 {document['file']}。")
