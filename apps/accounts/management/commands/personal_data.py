from apps.accounts import personal
from apps.journal.commands import OfficeCommand


class Command(OfficeCommand):
    help = "列出系统所存的某人的信息：哪些项、用途、保存多久、在哪些记录中；查询本身记入日志。"
    needs_user = True

    def add_arguments(self, parser):
        parser.add_argument("person", metavar="PERSON", help="用户名或姓名")

    def act(self, *, person, **options):
        return {"status": "done", **personal.about(who=person, actor=self.actor)}

    def tell(self, document):
        for name, value in (document["account"] or {}).items():
            self.stdout.write(f"{name}：{value}")
        for line in document["held"]:
            self.stdout.write(f"{line['what']}（{line['field']}）：{line['count']} 条；用途：{line['why']}；保存：{line['kept']}")
