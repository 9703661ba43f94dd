import dataclasses
import sys

from django.core.management.base import BaseCommand

from apps.core.json import dumps
from apps.journal import selectors


class Command(BaseCommand):
    help = "核对日志链和日志所记的历史行：有改动、缺失或伪造时退出码为 1。"

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="只输出一个 JSON 文档")

    def handle(self, **options):
        verdict = selectors.verify()
        self.stdout.write(dumps(dataclasses.asdict(verdict)) if options["json"] else "\n".join(self._told(verdict)))
        if not verdict.intact:
            sys.exit(1)

    @staticmethod
    def _told(verdict):
        """Yield what people read of a verdict."""
        if verdict.intact:
            yield f"日志完整：{verdict.entries} 条，链尾 {verdict.tail or '—'}"
        if verdict.first_bad is not None:
            yield f"日志不完整：共 {verdict.entries} 条，从第 {verdict.first_bad} 条起不能核对。"
        if verdict.history_bad:
            yield f"历史记录与日志不符：第 {'、'.join(map(str, verdict.history_bad))} 条所写的历史行已被改动或缺失。"
