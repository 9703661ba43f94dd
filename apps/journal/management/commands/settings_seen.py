from apps.journal.commands import OfficeCommand
from apps.journal.seen import note_settings


class Command(OfficeCommand):
    help = "与上次相比，安全设置、密钥或评价办法有变化时记入日志；每次启动网站之前执行。"

    def act(self, **options):
        return {"status": "done", "changed": sorted(note_settings(actor=self.actor))}
