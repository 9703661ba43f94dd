from apps.journal.commands import OfficeCommand
from apps.journal.seen import note_settings


class Command(OfficeCommand):
    help = "与上次相比，安全设置、密钥或评价办法有变化时记入日志；每次启动网站之前执行。"

    def act(self, **options):
        return {"status": "done", "changed": sorted(note_settings(actor=self.actor))}

    def tell(self, document):
        names = document["changed"]
        self.stdout.write(f"与上次不同的设置 {len(names)} 项，已记入日志。" if names else "安全设置与上次相同。")
