from apps.ledger.commands import RightsCommand, checked, told_by


class Command(RightsCommand):
    help = "登记一条记录，内容与页面上填写的相同。"
    right = "add"
    done = "已登记"

    def add_arguments(self, parser):
        super().add_arguments(parser)
        self.takes_values(parser)

    def on_ledger(self, ledger, values, **options):
        build = ledger.form_class(self.user, ledger.model())
        form = checked(build(self.sent(build(user=self.user), values), instance=ledger.model(), user=self.user))
        with told_by(form):
            return self.shown(ledger, ledger.create(values=form.values(), actor=self.actor))
