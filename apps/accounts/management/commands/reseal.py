from apps.accounts import factors
from apps.journal.commands import OfficeCommand


class Command(OfficeCommand):
    help = "用 FIELD_KEYS 的第一个密钥重新加密二次验证的密钥；完成后可以去掉旧的密钥。"

    def act(self, **options):
        return {"status": "done", "factors": factors.reseal(actor=self.actor)}
