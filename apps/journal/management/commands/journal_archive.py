import datetime as dt

from django.conf import settings

from apps.core import clock
from apps.journal import archives
from apps.journal.commands import OfficeCommand


class Command(OfficeCommand):
    help = "把某日以前的日志另存为归档文件，可单独核对（journal_verify --archive）；数据库中的日志一条不少。"

    def add_arguments(self, parser):
        parser.add_argument("out", metavar="OUT", help="新文件")
        parser.add_argument("--before", metavar="DATE", help="归档这一天以前的；不填为 JOURNAL_KEEP_DAYS 日以前的")

    def act(self, *, out, before, **options):
        head = archives.write(path=out, before=self._day(before), actor=self.actor)
        return {"status": "done", "path": out, **head}

    def _day(self, text):
        if text is None:
            return clock.now().date() - dt.timedelta(days=settings.JOURNAL_KEEP_DAYS)
        try:
            return dt.date.fromisoformat(text)
        except ValueError as error:
            raise self.wrong_use(f"“{text}”不是日期，应如 2026-01-31。") from error
