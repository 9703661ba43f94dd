"""The frame of every command: the same services as the pages, one JSON document, honest exit codes."""

import sys

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from apps.core.actor import Actor
from apps.core.disk import NO_SPACE, is_full
from apps.core.errors import Refused
from apps.core.json import dumps


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
        except (Refused, OSError) as error:
            if not isinstance(error, Refused) and not is_full(error):
                raise
            refusal = error if isinstance(error, Refused) else Refused(NO_SPACE)
            if as_json:
                self.stdout.write(dumps({"status": "refused", "message": str(refusal)}))
            self.stderr.write(str(refusal))
            sys.exit(1)
        code = document.pop(self.EXIT, 0)
        if as_json:
            self.stdout.write(dumps(document))
        else:
            self.tell(document)
        if code:
            sys.exit(code)

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
