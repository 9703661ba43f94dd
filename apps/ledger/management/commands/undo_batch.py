from uuid import UUID

from apps.core.errors import Refused
from apps.journal.commands import OfficeCommand
from apps.ledger import batches, registry
from apps.ledger.api.batch_serializers import BatchSerializer
from apps.ledger.models import WriteBatch


class Command(OfficeCommand):
    help = "撤销一个批次（导入或批量修改）：新增的归档，修改的恢复原值；有妨碍则什么都不改，并全部列出。"
    needs_user = True

    def add_arguments(self, parser):
        parser.add_argument("id", metavar="ID", help="批次编号（batches、bulk_edit、import_workbook 所给）")
        parser.add_argument("--reason", required=True, metavar="TEXT", help="原因")

    def act(self, *, id, reason, **options):
        done = batches.undo(batch=self._batch(id), reason=reason, actor=self.actor)
        return {"status": "done", "batch": BatchSerializer(done).data}

    def _batch(self, text):
        try:
            found = WriteBatch.objects.filter(pk=UUID(text)).first()
        except ValueError as error:
            raise self.wrong_use(f"“{text}”不是批次编号。") from error
        seen = found and not self.user.reach().nobody and batches.batches_of(registry.get(found.ledger), self.user)
        if not seen or not seen.filter(pk=found.pk).exists():
            raise Refused("没有这个批次，或不在您的范围内。")
        return found

    def tell(self, document):
        self.stdout.write(f"已撤销，涉及 {document['batch']['changed']} 条记录；撤销的批次 {document['batch']['id']}。")
