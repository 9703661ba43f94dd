import uuid

from apps.core.errors import Refused
from apps.core.usage import pair
from apps.ledger import bulk
from apps.ledger.api.batch_serializers import plan_of
from apps.ledger.commands import RightsCommand, checked
from apps.ledger.fields import faults_of
from apps.ledger.forms import BulkForm


class Command(RightsCommand):
    help = "批量修改：给筛选出的或指明的记录设同一个值；有不能修改的记录则什么都不改，并全部列出。"
    right = "change"

    def add_arguments(self, parser):
        super().add_arguments(parser)
        rows = parser.add_mutually_exclusive_group(required=True)
        rows.add_argument("--filter", type=pair, action="append", dest="filters", metavar="NAME=VALUE", help="与页面相同的筛选，可重复")
        rows.add_argument("--key", action="append", dest="keys", metavar="KEY", help="一条记录，可重复；写法同 show_record")
        self.takes_values(parser, required=True)
        parser.add_argument("--reason", default="", metavar="TEXT", help="原因，记入历史；修改时必填")
        parser.add_argument("--preview", action="store_true", help="只列出将怎样修改，不保存")
        parser.add_argument("--good-rows", action="store_true", help="有不能修改的记录时，只修改其余的")

    def on_ledger(self, ledger, filters, keys, values, reason, preview, good_rows, **options):
        self._require_settable(ledger, values)
        rows = bulk.bounded(self._rows(ledger, filters, keys))
        form = self._form(ledger, values, reason or "预览" * preview)
        made = bulk.plan(ledger=ledger, rows=rows, values=form.values(), user=self.user)
        made = bulk.trial(ledger=ledger, made=made, actor=self.actor)
        document = plan_of(made)
        if preview:
            return {"status": "ready", **document, "batch": None}
        if not made.changes or (not good_rows and any(why != bulk.SAME for _, why in made.left_out)):
            raise bulk.refusal(made.left_out)
        done, in_the_way = bulk.apply(
            ledger=ledger, versions=made.versions, values=form.values(), reason=form.cleaned_data["reason"],
            batch=uuid.uuid4(), actor=self.actor
        )  # fmt: skip
        if done is None:
            raise bulk.refusal(in_the_way)
        return {"status": "done", **document, "batch": str(done.pk)}

    def _require_settable(self, ledger, values):
        offered = ledger.settable(self.user)
        if not offered:
            raise Refused(f"您的岗位在“{ledger.label}”没有可以批量修改的项目。")
        for name, _ in values:
            if name not in offered:
                raise self.wrong_use(f"“{name}”不能批量修改，可用：{'、'.join(offered)}。")

    def _form(self, ledger, values, reason):
        typed = self.sent(BulkForm(ledger=ledger, user=self.user), values)
        ticks = {f"set_{name}": "on" for name, _ in values}
        return checked(BulkForm(typed | ticks | {"reason": reason}, ledger=ledger, user=self.user))

    def _rows(self, ledger, filters, keys):
        if keys:
            return ledger.visible(self.user).filter(pk__in=[self.found(ledger, key).pk for key in keys])
        filterset = ledger.filterset(self.user, self.query(ledger.filterset(self.user, {}).form, filters))
        if not filterset.form.is_valid():
            raise Refused(f"筛选条件不正确，没有修改。{faults_of(filterset.form)}")
        if filterset.day:
            raise self.wrong_use("批量修改时不能用筛选“as_of”。")
        return filterset.qs

    def tell(self, document):
        for row in document["rows"]:
            words = "；".join(f"{change['label']} {change['before']} → {change['after']}" for change in row["changes"])
            self.stdout.write(f"  {row['label']}：{words}")
        for row in document["left_out"]:
            self.stdout.write(f"  不修改：{row['label']} {row['why']}")
        done = f"已修改 {len(document['rows'])} 条，批次 {document['batch']}。" if document["batch"] else "仅预览，没有保存。"
        self.stdout.write(done)
