from apps.journal.commands import OfficeCommand
from apps.plan import services

LABELS = {"figures": "规划数", "notes": "校核意见", "removed": "撤下", "towns": "乡镇街道", "industries": "产业", "platforms": "平台"}


class Command(OfficeCommand):
    help = "载入规划：表1至表7与目标的印刷数、校核意见，以及规划中的乡镇、产业、平台。可重复执行。"

    def act(self, **options):
        return services.load_plan(actor=self.actor).as_dict()

    def tell(self, document):
        written = [f"{label} {document[name]}" for name, label in LABELS.items() if document[name]]
        self.stdout.write(f"已载入：{'，'.join(written)}。" if written else "规划数据已是最新，没有改动。")
