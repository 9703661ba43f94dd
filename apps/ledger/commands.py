"""The frame of every command: the same services as the pages, one JSON document, honest exit codes."""

import sys

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from apps.core.actor import Actor
from apps.core.errors import Refused, Unavailable
from apps.core.json import dumps
from apps.journal import services as journal


class OfficeCommand(BaseCommand):
    """Exit code 0 done, 1 refused or failed, 2 wrong use. `--json` prints one document and nothing else.

    Subclasses implement `act(**options)` and return the document; a document may carry "exit" as its code under the
    key `EXIT`, which is not printed.
    """

    needs_user = False
    EXIT = "_exit"

    def create_parser(self, prog_name, subcommand, **kwargs):
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.add_argument("--json", action="store_true", dest="as_json", help="只输出一个 JSON 文档")
        if self.needs_user:
            parser.add_argument("--as", dest="username", required=True, metavar="USER", help="以谁的身份执行")
        return parser

    def handle(self, *args, as_json=False, username=None, **options):
        self.user = self._user(username) if self.needs_user else None
        self.actor = Actor.of(self.user, channel="命令") if self.user else Actor.system(self.__module__.rsplit(".", 1)[-1])
        try:
            document = self.act(**options)
        except Refused as refusal:
            if not refusal.journalled:
                command = f"manage.py {self.__module__.rpartition('.')[2]}"
                journal.record_refusal(actor=self.actor, target=command, detail={"reason": str(refusal)})
            self._stop("refused", str(refusal), as_json)
        except Unavailable as error:
            self._stop("failed", f"{error}没有改动任何数据，请稍后再试。", as_json)
        code = document.pop(self.EXIT, 0)
        if as_json:
            self.stdout.write(dumps(document))
        else:
            self.tell(document)
        if code:
            sys.exit(code)

    def _stop(self, status, message, as_json):
        if as_json:
            self.stdout.write(dumps({"status": status, "message": message}))
        self.stderr.write(message)
        sys.exit(1)

    def act(self, **options):
        raise NotImplementedError

    def tell(self, document):
        """Print the document for people; commands with more to say override this."""
        for key, value in document.items():
            self.stdout.write(f"{key}: {value}")

    @staticmethod
    def wrong_use(message):
        """Return the error of a wrong call (exit code 2)."""
        return CommandError(message, returncode=2)

    def _user(self, username):
        user = get_user_model().objects.filter(username=username, is_active=True).first()
        if user is None:
            raise self.wrong_use(f"没有可用的用户“{username}”。")
        return user
