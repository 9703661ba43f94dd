from apps.accounts import services
from apps.journal.commands import OfficeCommand


class Command(OfficeCommand):
    help = "在服务器上救助安全管理员：解除其二次验证，发放一个一次性密码（只显示这一次）。"

    def add_arguments(self, parser):
        parser.add_argument("person", metavar="用户名")

    def act(self, *, person, **options):
        return {"status": "done", "username": person, "password": services.rescue_keeper(username=person, actor=self.actor)}
