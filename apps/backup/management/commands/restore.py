from pathlib import Path

from apps.backup import services
from apps.journal.commands import OfficeCommand


class Command(OfficeCommand):
    help = "从一份备份恢复数据库和文件：先在旁边恢复并逐表核对，再整体替换；请先停止服务。"

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path, metavar="DIR", help="备份所在的目录")
        parser.add_argument("--replace", action="store_true", help="替换现有数据（原有数据留在旁边，不删除）")

    def act(self, folder, replace=False, **options):
        done = services.restore(folder=folder.absolute(), actor=self.actor, replace=replace)
        made = done["manifest"]
        return {
            "status": "restored",
            "made_at": made["made_at"],
            "tables": len(made["tables"]),
            "files": len(made["files"]),
            "aside": done["aside"],
        }

    def tell(self, document):
        self.stdout.write(f"已恢复到 {document['made_at']} 的备份：{document['tables']} 张表，{document['files']} 个文件，逐表核对一致。")
        for place in document["aside"]:
            self.stdout.write(f"原有数据留在 {place}，确认无误后再删除。")
