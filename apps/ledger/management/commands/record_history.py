from apps.ledger.api.serializers import EntrySerializer
from apps.ledger.commands import RecordCommand
from apps.ledger.selectors import timeline


class Command(RecordCommand):
    help = "一条记录的变更记录，最近的在前：时间、人员、身份、途径、说明，各项的原值和新值。"

    def on_record(self, ledger, record, **options):
        entries = EntrySerializer(timeline(record, self.user), many=True).data
        return {"status": "done", "ledger": ledger.code, "id": record.pk, "label": str(record), "history": entries}

    def tell(self, document):
        for entry in document["history"]:
            post = f"（{entry['post']}）" if entry["post"] else ""
            reason = f"：{entry['reason']}" if entry["reason"] else ""
            self.stdout.write(f"{entry['at']}  {entry['by'] or '系统'}{post}  {entry['channel'] or '途径不详'}  {entry['act']}{reason}")
            for change in entry["changes"]:
                self.stdout.write(f"    {change['label']}：{change['before']} → {change['after']}")
