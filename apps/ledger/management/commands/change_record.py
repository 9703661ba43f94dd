from apps.ledger import services
from apps.ledger.access import require_change
from apps.ledger.commands import VersionCommand, checked, told_by


class Command(VersionCommand):
    help = "修改一条记录，只写给出的项。"
    done = "已修改"

    def add_arguments(self, parser):
        super().add_arguments(parser)
        self.takes_values(parser, required=True)
        parser.add_argument("--reason", default="", metavar="TEXT", help="修改说明，记入历史")

    def permitted(self, ledger):
        return ledger.may_change(self.user)

    def on_record(self, ledger, record, values, if_version, reason, **options):
        require_change(ledger, record, self.user)
        build = ledger.form_class(self.user, record)
        data = self.sent(build(instance=record, user=self.user), values) | {"version": if_version, "reason": reason}
        form = checked(build(data, instance=ledger.find(self.user, record.pk), user=self.user))
        named = {name: form.values()[name] for name, _ in values}
        with told_by(form):
            services.change(record=record, values=named, version=if_version, reason=form.cleaned_data["reason"], actor=self.actor)
        return self.shown(ledger, record)
