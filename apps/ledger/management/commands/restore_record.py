from apps.ledger import services
from apps.ledger.management.commands import archive_record


class Command(archive_record.Command):
    help = "恢复一条已归档的记录及与其一同归档的记录。"
    done = "已恢复"
    service = staticmethod(services.restore)
