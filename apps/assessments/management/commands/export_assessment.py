from pathlib import Path

from apps.assessments import export
from apps.assessments.management.quarter import QuarterCommand


class Command(QuarterCommand):
    help = "导出一个季度的考核评分表（.xlsx）。"
    right = "read"

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("path", type=Path, metavar="OUT.xlsx")

    def on_round(self, round, path, **options):
        sheet = export.export_round(round=round, user=self.user, actor=self.actor)
        path.write_bytes(sheet.content)
        return {"status": "done", "rows": sheet.rows, "sha256": sheet.sha256}
