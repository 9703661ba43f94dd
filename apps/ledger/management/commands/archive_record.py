from apps.ledger import services
from apps.ledger.commands import VersionCommand, checked
from apps.ledger.forms import ArchiveForm


class Command(VersionCommand):
    help = "归档一条记录及挂在其下的记录。"
    right = "archive"
    done = "已归档"
    service = staticmethod(services.archive)

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--reason", default="", metavar="TEXT", help="原因，归档必填")

    def on_record(self, ledger, record, if_version, reason, **options):
        form = checked(ArchiveForm({"version": if_version, "reason": reason}))
        self.service(record=record, actor=self.actor, **form.cleaned_data)
        return self.shown(ledger, record)
