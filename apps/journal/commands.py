"""The frame of every command: the same services as the pages, one JSON document, honest exit codes."""

import sys

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from apps.core.actor import Actor
from apps.core.disk import NO_SPACE, is_full
from apps.core.errors import Refused
from apps.core.json import dumps
from apps.core.locks import HELD, is_held
from apps.core.outage import Unavailable
from apps.core.text import normalise
from apps.core.usage import in_chinese
from apps.journal import services as journal

FAILED = "命令没有完成，没有保存任何内容；原因见错误输出。"


class OfficeCommand(BaseCommand):
    """Exit code 0 done, 1 refused or failed, 2 wrong use. `--json` prints one document and nothing else, whatever happens.

    Subclasses implement `act(**options)` and return the document; a document may carry "exit" as its code under the
    key `EXIT`, which is not printed. `needs_user` asks for `--as`, `takes_user` allows it; with it goes `--post`.
    `EMPTY` are the entries a document has even where nothing was done.
    """

    needs_user = takes_user = False
    EXIT = "_exit"
    EMPTY = {}

    def create_parser(self, prog_name, subcommand, **kwargs):
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.error = self._misused
        parser.add_argument("--json", action="store_true", dest="as_json", help="只输出一个 JSON 文档")
        if self.needs_user or self.takes_user:
            parser.add_argument("--as", dest="username", required=self.needs_user, metavar="USER", help="以谁的身份执行")
            parser.add_argument("--post", metavar="POST", help="以哪个岗位执行：岗位名称或编号；不填为第一个在任岗位")
        return parser

    def run_from_argv(self, argv):
        self.as_json = "--json" in argv
        super().run_from_argv(argv)

    def execute(self, *args, **options):
        """Run, and end with what is printed for a refusal, a wrong use or a failure."""
        self.as_json = options["as_json"]
        try:
            return super().execute(*args, **options)
        except (Refused, PermissionDenied) as refusal:
            if not getattr(refusal, "journalled", False):
                command = f"manage.py {self.__module__.rpartition('.')[2]}"
                journal.record_refusal(actor=self.actor, target=command, detail={"reason": str(refusal)})
            self._say(str(refusal), **getattr(refusal, "more", {}))
            sys.exit(1)
        except OperationalError as error:
            if not (is_held(error) or isinstance(error, Unavailable)):
                self._print("failed", FAILED)
                raise
            self._say(HELD if is_held(error) else f"{error}没有改动任何数据，请稍后再试。", status="failed")
            sys.exit(1)
        except OSError as fault:
            self._say(NO_SPACE if is_full(fault) else f"文件 {fault.filename} 不能读写（{fault.strerror}）。")
            sys.exit(1)
        except CommandError as wrong:
            if not getattr(self, "_called_from_command_line", False):
                self._print("refused", str(wrong))
                raise
            self._say(str(wrong))
            sys.exit(wrong.returncode)
        except Exception:
            self._print("failed", FAILED)
            raise

    def handle(self, *args, as_json=False, username=None, post=None, **options):
        self.user = self._user(username, post)
        self.actor = Actor.of(self.user, channel="命令") if self.user else Actor.system(self.__module__.rsplit(".", 1)[-1])
        document = self.act(**options)
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

    def _user(self, username, post):
        """Return who acts, in the post asked for; None where nobody was named."""
        if username is None:
            if post is not None:
                raise self.wrong_use("--post 须与 --as 同时使用。")
            return None
        user = get_user_model().objects.filter(username=username, is_active=True).first()
        if user is None:
            raise self.wrong_use(f"没有可用的用户“{username}”。")
        if post is not None:
            user.acting_post_id = self._post(user, post).pk
        return user

    def _post(self, user, wanted):
        """Return the post in force the user calls by its name or number."""
        held = [post for post in user.posts_held if normalise(wanted) in (normalise(post), str(post.pk))]
        if not held:
            known = "、".join(f"{post}（编号 {post.pk}）" for post in user.posts_held) or "无"
            raise self.wrong_use(f"{user}没有在任岗位“{wanted}”；在任岗位：{known}。")
        return held[0]

    def _misused(self, complaint):
        """End a call argparse does not understand."""
        wrong = self.wrong_use(in_chinese(complaint))
        if not getattr(self, "_called_from_command_line", False):
            raise wrong
        self._say(str(wrong))
        sys.exit(wrong.returncode)

    def _say(self, message, status="refused", **more):
        self._print(status, message, **more)
        self.stderr.write(message)

    def _print(self, status, message, **more):
        if self.as_json:
            self.stdout.write(dumps({"status": status, **self.EMPTY, "message": message, **more}))
