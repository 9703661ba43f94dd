from apps.ledger import past
from apps.ledger.commands import RecordCommand


class Command(RecordCommand):
    help = "读取一条记录：各项内容、版本、您现在可以办理的事项；--as-of 读取它在某日结束时的内容。"

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--as-of", metavar="DATE", help="截至，如 2021-06-30")

    def on_record(self, ledger, record, as_of, **options):
        day = past.day_in({"as_of": as_of})
        if as_of and day is None:
            raise self.wrong_use(past.WRONG_DAY)
        return self.shown(ledger, record, day)

    def tell(self, document):
        for name, value in document["record"].items():
            self.stdout.write(f"{name}: {value['label'] if isinstance(value, dict) else '' if value is None else value}")
