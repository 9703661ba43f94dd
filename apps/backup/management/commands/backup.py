from pathlib import Path

from apps.backup import services
from apps.journal.commands import OfficeCommand


class Command(OfficeCommand):
    help = "备份数据库和上传的文件，并恢复到临时数据库逐表核对；核对不通过时退出码为 1。"

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path, metavar="DIR", help="备份写入的目录（新的或空的）")
        mode = parser.add_mutually_exclusive_group()
        mode.add_argument("--verify", action="store_true", help="不做备份，重新核对 DIR 里的一份备份")
        check = "不做备份，检查 DIR 下最近一份核对过的备份：超过 26 小时，或文件与清单的校验值不符时退出码为 1"
        mode.add_argument("--check", action="store_true", help=check)

    def act(self, folder, verify=False, check=False, **options):
        folder = folder.absolute()
        if check:
            newest, moment = services.check(folder)
            return {"status": "fresh", "folder": str(newest), "verified_at": moment.isoformat()}
        made = services.verify(folder) if verify else services.back_up(folder=folder, actor=self.actor)
        return {
            "status": "verified",
            "folder": str(folder),
            "made_at": made["made_at"],
            "tables": len(made["tables"]),
            "rows": sum(table["rows"] for table in made["tables"].values()),
            "files": len(made["files"]),
            "journal": made["journal"],
        }

    def tell(self, document):
        if document["status"] == "fresh":
            self.stdout.write(f"最近一份核对过的备份：{document['folder']}（{document['verified_at']}）。")
            return
        counts = f"{document['tables']} 张表 {document['rows']} 行，{document['files']} 个文件，日志 {document['journal']['entries']} 条"
        self.stdout.write(f"备份已核对：{document['folder']}，{counts}。")
        self.stdout.write(f"日志链尾 {document['journal']['tail'] or '—'}，请另处记下。")
