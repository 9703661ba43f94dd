from apps.ledger import workflow
from apps.ledger.commands import VersionCommand, checked, told_by
from apps.ledger.forms import build_move_form


class Command(VersionCommand):
    help = "办理一条记录：按流转表进入下一环节。"
    done = "已办理"

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("move", metavar="MOVE", help="办理事项的代码（show_record 的 moves）")
        self.takes_values(parser)
        parser.add_argument("--comment", default="", metavar="TEXT", help="意见或原因")

    def on_record(self, ledger, record, move, values, comment, if_version, **options):
        step = ledger.workflow and ledger.workflow.move(move)
        if step is None:
            known = "、".join(one.code for one in ledger.workflow.moves) if ledger.workflow else "无"
            raise self.wrong_use(f"“{ledger.label}”没有办理“{move}”，可用：{known}。")
        workflow.require_move(record, step, self.user)
        build = build_move_form(ledger, step)
        data = self.sent(build(instance=record, user=self.user, move=step), values) | {"version": if_version, "comment": comment}
        form = checked(build(data, instance=ledger.find(self.user, record.pk), user=self.user, move=step))
        with told_by(form):
            workflow.apply_move(
                record=record, move=step.code, actor=self.actor, version=if_version,
                comment=form.cleaned_data["comment"], values=form.values()
            )  # fmt: skip
        return self.shown(ledger, record)
