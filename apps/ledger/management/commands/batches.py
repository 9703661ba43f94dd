from apps.ledger import batches
from apps.ledger.api.batch_serializers import BatchSerializer
from apps.ledger.commands import RightsCommand


class Command(RightsCommand):
    help = "一类台账的批次（导入、批量修改、撤销），最近的在前，范围为执行人可查看的。"

    def on_ledger(self, ledger, **options):
        found = batches.batches_of(ledger, self.user)
        return {"status": "done", "ledger": ledger.code, "batches": BatchSerializer(found, many=True).data}

    def tell(self, document):
        for batch in document["batches"]:
            counts = f"新增 {batch['new']}，修改 {batch['changed']}{'，已撤销' if batch['undone_by'] else ''}"
            self.stdout.write(f"{batch['id']}  {batch['at']}  {batch['by']}  {counts}  {batch['reason']}")
