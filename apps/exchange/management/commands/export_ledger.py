from pathlib import Path

from django.http import QueryDict

from apps.core.usage import pair
from apps.exchange import official
from apps.exchange.choices import FileFormat
from apps.exchange.commands import SheetCommand, kinds
from apps.exchange.exports import export, sheet_of
from apps.exchange.wishes import Wish


class Command(SheetCommand):
    help = "把一类台账导出为工作簿或 CSV（按文件名的结尾），或按官方表式导出，范围为执行人可见的记录。"
    needs_user = True

    def add_arguments(self, parser):
        parser.add_argument("kind", metavar="KIND")
        parser.add_argument("out", metavar="OUT.xlsx|OUT.csv")
        parser.add_argument(
            "--filter", metavar="NAME=VALUE", type=pair, action="append", default=[], dest="filters", help="与页面相同的筛选，可重复"
        )
        parser.add_argument("--form", choices=["official"], help="按官方表式导出（只有 Excel 工作簿）")

    def act(self, *, kind, out, filters, form, **options):
        known = official.kinds() if form else set(kinds())
        if kind not in known:
            raise self.wrong_use(f"没有“{kind}”这类{'官方表式' if form else '表格'}，可用：{'、'.join(sorted(known))}。")
        self.writable_path(out)
        ending = Path(out).suffix.lower().removeprefix(".")
        format = ending if ending in FileFormat.values else FileFormat.XLSX
        wish = Wish(kind, self.query(self._filters(kind).form, filters).urlencode(), format=format, official=bool(form))
        written = export(sheet=sheet_of(wish, self.user), actor=self.actor)
        self.save(written.file, out)
        return {"status": "done", "rows": written.rows, "sha256": written.sha256}

    def _filters(self, kind):
        if kind in kinds():
            return kinds()[kind].filterset(self.user, {})
        return official.form_of(kind).select(self.user, QueryDict())

    def tell(self, document):
        self.stdout.write(f"已导出 {document['rows']} 条，SHA-256 {document['sha256']}。")
