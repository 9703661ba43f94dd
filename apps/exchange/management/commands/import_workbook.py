import shutil
from pathlib import Path

from django.core.files.base import File

from apps.core.errors import Refused
from apps.core.usage import year
from apps.exchange import services
from apps.exchange.choices import BatchState
from apps.exchange.commands import SheetCommand
from apps.exchange.marking import marked as marked_workbook
from apps.exchange.selectors import document, has_marks


class Command(SheetCommand):
    help = "导入一个工作簿：核对每一行，全部正确才入库；有错误则什么都不保存，并列出全部错误。"
    needs_user = True
    EMPTY = {"new": 0, "changed": 0, "unchanged": 0, "errors": [], "notes": [], "batch": None}

    def add_arguments(self, parser):
        parser.add_argument("kind", metavar="KIND")
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--year", type=year, help="表中没有年份列时的年份；有年份列时必须一致")
        parser.add_argument("--dry-run", action="store_true", help="只核对，不入库")
        parser.add_argument("--good-rows", action="store_true", help="有错误时，只入库没有错误的行")
        parser.add_argument("--marked", metavar="OUT.xlsx", help="有错误时，把标注了错误的工作簿写到这里")

    def act(self, *, kind, file, year, dry_run, good_rows, marked, **options):
        ledger, path = self.ledger(kind), Path(file)
        if not path.is_file():
            raise self.wrong_use(f"没有文件 {file}。")
        if year is not None and "year" not in ledger.resource._meta.import_id_fields:
            raise self.wrong_use(f"“{ledger.label}”没有年份，不能用 --year。")
        self.writable_path(marked)
        with path.open("rb") as content:
            batch = services.upload(ledger=ledger, file=File(content), filename=path.name, actor=self.actor, year=year)
        batch = services.finished(batch)
        partly = good_rows and batch.separable
        if not dry_run and (batch.state == BatchState.READY or partly):
            batch = services.finished(services.confirm(batch=batch, actor=self.actor, good_rows=partly))
            if batch.state == BatchState.CONFLICT:
                raise _journalled(batch.message)
        found = document(batch)
        written = not marked or not has_marks(batch) or _write_marked(batch, marked, found["notes"])
        return {**found, self.EXIT: 0 if written and batch.state in (BatchState.READY, BatchState.DONE) else 1}

    def tell(self, found):
        self.stdout.write(f"{BatchState(found['status']).label}：新增 {found['new']}，修改 {found['changed']}，无变化 {found['unchanged']}")
        if "message" in found:
            self.stdout.write(found["message"])
        for fault in found["errors"]:
            place = f"{fault['column'] or ''}{fault['row'] or ''}"
            self.stdout.write(f"  {fault['sheet']} {place} “{fault['value']}” {fault['message']}")
        for note in found["notes"]:
            self.stdout.write(f"  说明：{note}")


def _write_marked(batch, path, notes):
    """Write the marked workbook and say whether it could be made; why not becomes a note, beside the errors it would have shown."""
    try:
        with marked_workbook(batch) as workbook, open(path, "wb") as target:
            shutil.copyfileobj(workbook, target)
    except Refused as refusal:
        notes.append(f"没有写出标注的工作簿：{refusal}")
        return False
    return True


def _journalled(sentence):
    refusal = Refused(sentence)
    refusal.journalled = True  # by the job
    return refusal
