import shutil

from django.http import QueryDict

from apps.core.disk import whole_file
from apps.exchange.commands import SheetCommand
from apps.exchange.exports import export


class Command(SheetCommand):
    help = "把一类台账导出为工作簿，范围为执行人可见的记录。"
    needs_user = True

    def add_arguments(self, parser):
        parser.add_argument("kind", metavar="KIND")
        parser.add_argument("out", metavar="OUT.xlsx")
        parser.add_argument("--filter", metavar="NAME=VALUE", action="append", default=[], dest="filters", help="与页面相同的筛选，可重复")

    def act(self, *, kind, out, filters, **options):
        ledger = self.ledger(kind)
        self.writable_path(out)
        output, rows, digest = export(ledger=ledger, params=self._params(ledger, filters), actor=self.actor)
        with output, whole_file(out) as file:
            shutil.copyfileobj(output, file)
        return {"status": "done", "rows": rows, "sha256": digest}

    def _params(self, ledger, filters):
        """Return the filters as the page sends them; a choice may be given by its Chinese label or a record's name."""
        form = ledger.filterset(self.user, {}).form
        params = QueryDict(mutable=True)
        for pair in filters:
            name, found, value = pair.partition("=")
            if not found or name not in form.fields:
                raise self.wrong_use(f"没有筛选“{name}”，可用：{'、'.join(form.fields)}。")
            choices = {str(label): str(key) for key, label in getattr(form.fields[name], "choices", ())}
            params[name] = choices.get(value, value)
        return params

    def tell(self, document):
        self.stdout.write(f"已导出 {document['rows']} 条，SHA-256 {document['sha256']}。")
