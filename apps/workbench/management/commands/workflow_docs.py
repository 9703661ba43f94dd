from django.conf import settings

from apps.accounts.choices import Role
from apps.accounts.rights import may
from apps.core.errors import Refused
from apps.journal.commands import OfficeCommand
from apps.ledger import registry
from apps.ledger.diagram import page

PATH = settings.BASE_DIR / "docs" / "workflows.md"


class Command(OfficeCommand):
    help = "由流转表写出 docs/workflows.md；--check 只核对它是否与流转表一致。"

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="只核对，不写；不一致时退出码为 1")

    def act(self, *, check, **options):
        text = page(registry.all(), lambda act, subject: [str(role.label) for role in Role if may(role, act, subject)])
        ledgers = [ledger.code for ledger in registry.all() if ledger.workflow]
        if check and text != (PATH.read_text(encoding="utf-8") if PATH.exists() else ""):
            raise Refused("docs/workflows.md 与流转表不一致，请运行 manage.py workflow_docs。")
        if not check:
            PATH.write_text(text, encoding="utf-8")
        return {"status": "same" if check else "written", "ledgers": ledgers}
