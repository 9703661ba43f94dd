import dataclasses

from apps.journal import archives, selectors
from apps.journal.commands import OfficeCommand


class Command(OfficeCommand):
    help = "核对日志链和日志所记的历史行、附件登记：有改动、缺失或伪造时退出码为 1。"

    def add_arguments(self, parser):
        parser.add_argument("--archive", metavar="FILE", help="核对一个归档文件，而不是数据库")

    def act(self, *, archive=None, **options):
        if archive:
            head, bad = archives.verify(archive)
            return {
                "entries": head["entries"], "first_bad": bad, "tail": head["tail"], "history_bad": [], self.EXIT: 0 if bad is None else 1
            }  # fmt: skip
        verdict = selectors.verify()
        return {**dataclasses.asdict(verdict), self.EXIT: 0 if verdict.intact else 1}

    def tell(self, document):
        if document["first_bad"] is None and not document["history_bad"]:
            self.stdout.write(f"日志完整：{document['entries']} 条，链尾 {document['tail'] or '—'}")
        if document["first_bad"] is not None:
            self.stdout.write(f"日志不完整：共 {document['entries']} 条，从第 {document['first_bad']} 条起不能核对。")
        if document["history_bad"]:
            rows = "、".join(map(str, document["history_bad"]))
            self.stdout.write(f"历史记录与日志不符：第 {rows} 条所写的历史行或附件登记已被改动或缺失。")
