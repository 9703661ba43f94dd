from argparse import ArgumentTypeError

from django.core.exceptions import ValidationError

from apps.accounts import services
from apps.accounts.choices import Role
from apps.core.wording import sentences
from apps.journal.commands import OfficeCommand

ARGUMENTS = {"system": Role.SYSTEM_ADMIN, "security": Role.SECURITY_ADMIN, "audit": Role.AUDIT_ADMIN}


class Command(OfficeCommand):
    help = "建立首批三名管理员，各发放一个一次性密码（只显示这一次）；已有管理员时拒绝。"

    def add_arguments(self, parser):
        for name, role in ARGUMENTS.items():
            parser.add_argument(name, metavar=f"{name.upper()}=姓名", type=self.person, help=f"{role.label}：用户名=姓名")

    @staticmethod
    def person(text):
        username, _, name = text.partition("=")
        if not username or not name:
            raise ArgumentTypeError(f"“{text}”应写成 用户名=姓名。")
        return username, name

    def act(self, **options):
        administrators = {role: options[name] for name, role in ARGUMENTS.items()}
        try:
            passwords = services.found_office(administrators=administrators, actor=self.actor)
        except ValidationError as error:
            raise self.wrong_use("；".join(part.rstrip("。") for part in sentences(error)) + "。") from error
        return {"status": "done", "passwords": passwords}

    def tell(self, document):
        for username, password in document["passwords"].items():
            self.stdout.write(f"{username}  {password}")
