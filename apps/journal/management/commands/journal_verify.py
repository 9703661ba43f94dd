import dataclasses
import sys

from django.core.management.base import BaseCommand

from apps.core.json import dumps
from apps.journal import selectors


class Command(BaseCommand):
    help = "核对日志链：有改动、缺失或伪造的条目时退出码为 1。"

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="只输出一个 JSON 文档")

    def handle(self, **options):
        verdict = selectors.verify()
        if options["json"]:
            self.stdout.write(dumps(dataclasses.asdict(verdict)))
        elif verdict.intact:
            self.stdout.write(f"日志完整：{verdict.entries} 条，链尾 {verdict.tail or '—'}")
        else:
            self.stdout.write(f"日志不完整：共 {verdict.entries} 条，从第 {verdict.first_bad} 条起不能核对。")
        if not verdict.intact:
            sys.exit(1)
