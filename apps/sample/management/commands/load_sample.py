from apps.journal.commands import OfficeCommand
from apps.sample.services import load_sample


class Command(OfficeCommand):
    help = "载入示例县：企业、年度和月度数据、用地、人员。只补缺，不改动已有记录；正式环境不执行。"

    def act(self, **options):
        return {"status": "done", "added": load_sample(actor=self.actor)}

    def tell(self, document):
        added = {ledger: number for ledger, number in document["added"].items() if number}
        told = "，".join(f"{ledger} {number}" for ledger, number in added.items())
        self.stdout.write(f"示例县已载入，新增：{told or '无'}。")
