from django.conf import settings

from apps.core.errors import Refused
from apps.journal.commands import OfficeCommand
from apps.sample.services import sign_ins

CHANGED = "（本人已修改）"


class Command(OfficeCommand):
    help = "列出示例人员的登录信息；正式环境不执行。"

    def add_arguments(self, parser):
        parser.add_argument("--address", default="http://127.0.0.1:8000/", help="系统网址")

    def act(self, *, address, **options):
        if settings.PRODUCTION:
            raise Refused("正式环境没有示例人员。")
        return {"address": address, "sign_ins": sign_ins()}

    def tell(self, document):
        self.stdout.write(document["address"])
        for line in document["sign_ins"]:
            self.stdout.write(f"{line['username']:<17} {line['password'] or CHANGED:<18} {line['name']}  {line['post']}")
