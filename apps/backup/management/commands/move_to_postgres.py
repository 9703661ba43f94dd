from apps.backup.move import move_to_postgres
from apps.journal.commands import OfficeCommand


class Command(OfficeCommand):
    help = "把嵌入式（SQLite）数据库整体迁到一个空的 PostgreSQL 数据库，逐表核对一致；请先停止服务。"

    def add_arguments(self, parser):
        parser.add_argument("url", metavar="DATABASE_URL", help="postgres://用户:密码@主机:5432/库名")

    def act(self, url, **options):
        moved = move_to_postgres(url=url, actor=self.actor)
        rows = sum(table["rows"] for table in moved["tables"].values())
        return {"status": "moved", "tables": len(moved["tables"]), "rows": rows, "journal": moved["journal"]}

    def tell(self, document):
        self.stdout.write(
            f"已迁移 {document['tables']} 张表 {document['rows']} 行，逐表核对一致，日志 {document['journal']['entries']} 条。"
        )
        self.stdout.write("请把 DATABASE_URL 改为新数据库后再启动服务；上传的文件仍在原目录。")
