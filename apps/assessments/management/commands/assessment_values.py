import json
from pathlib import Path

from django.core.exceptions import PermissionDenied

from apps.assessments import selectors, services
from apps.assessments.api import VALUE
from apps.assessments.forms import ValueForm
from apps.assessments.management.quarter import QuarterCommand
from apps.core.errors import Refused
from apps.core.usage import number
from apps.ledger.access import NO_RIGHT
from apps.ledger.api.serializers import EntrySerializer
from apps.ledger.commands import RightsCommand, checked, told_by
from apps.ledger.selectors import timeline

IN_A_ROW = {"id", "version"}


class Command(QuarterCommand, RightsCommand):
    help = "一个季度的填报数据：列出；--value 与 --set 填报一项，--rows 填报多项（全部写入或都不写入），--history 一项的变更记录。"
    right = "read"

    def add_arguments(self, parser):
        QuarterCommand.add_arguments(self, parser)
        act = parser.add_mutually_exclusive_group()
        act.add_argument("--value", type=number, metavar="ID", help="填报这一项，须有 --set 和 --if-version")
        rows = '填报文件中的各项：JSON，[{"id": 1, "version": 1, "actual": "2.9", "evidence": "…"}, …]'
        act.add_argument("--rows", metavar="FILE", help=rows)
        act.add_argument("--history", type=number, metavar="ID", help="这一项的变更记录，最近的在前")
        self.takes_values(parser)
        parser.add_argument("--if-version", type=int, metavar="N", help="读取时的版本；已被他人修改则拒绝")
        parser.add_argument("--reason", default="", metavar="TEXT", help="修改说明，记入历史")

    def on_round(self, round, value, rows, history, values, if_version, reason, **options):
        own = selectors.values(self.user).filter(round=round)
        if (values or if_version is not None) and not value:
            raise self.wrong_use("--set 和 --if-version 须与 --value 同时使用。")
        if value:
            self._fill(self._named(own, value), values, if_version, reason)
            return self._sheet(round, own.filter(pk=value))
        if rows:
            return self._sheet(round, own.filter(pk__in=self._fill_rows(own, rows, reason)))
        if history:
            entries = EntrySerializer(timeline(self._named(own, history), self.user), many=True).data
            return {"status": "done", "quarter": round.code, "id": history, "history": entries}
        return self._sheet(round, own)

    def _fill(self, value, pairs, version, reason):
        self._require_filler()
        if version is None or not pairs:
            raise self.wrong_use("填报一项须有 --set 和 --if-version。")
        values, form = self._typed(value, pairs, version, reason)
        with told_by(form):
            services.fill(value=value, values=values, version=version, reason=form.cleaned_data["reason"], actor=self.actor)

    def _fill_rows(self, own, file, reason):
        """Type what stands in the file and return the keys of the values."""
        self._require_filler()
        found = []
        for place, row in enumerate(self._read(file), start=1):
            value = self._named(own, row["id"])
            pairs = [(name, "" if content is None else str(content)) for name, content in row.items() if name not in IN_A_ROW]
            try:
                values, _ = self._typed(value, pairs, row["version"], reason)
            except Refused as refusal:
                raise Refused(f"第 {place} 项（{value}）：{refusal}没有保存任何内容。") from refusal
            found.append((value, values, row["version"]))
        services.fill_sheet(rows=found, reason=reason, actor=self.actor)
        return [value.pk for value, *_ in found]

    def _read(self, file):
        if not Path(file).is_file():
            raise self.wrong_use(f"没有文件 {file}。")
        try:
            rows = json.loads(Path(file).read_text(encoding="utf-8"))
        except ValueError as error:
            raise Refused(f"{file} 不是合法的 JSON（UTF-8）。") from error
        whole = isinstance(rows, list) and all(isinstance(row, dict) and row.keys() >= IN_A_ROW for row in rows)
        if not whole or not all(type(row[name]) is int for row in rows for name in IN_A_ROW):
            raise Refused(f"{file} 应是若干项的列表，每项有整数 id、version 和要填的项。")
        if not 0 < len(rows) <= services.MOST:
            raise Refused(f"{file} 应有 1 至 {services.MOST} 项，现有 {len(rows)} 项。")
        return rows

    def _typed(self, value, pairs, version, reason):
        """Return (field -> value of what is named in `pairs`, the page's form that read it)."""
        data = self.sent(ValueForm(instance=value, user=self.user), pairs) | {"version": version, "reason": reason}
        fresh = selectors.values(self.user).get(pk=value.pk)
        form = checked(ValueForm(data, instance=fresh, user=self.user))
        return {name: form.values()[name] for name, _ in pairs}, form

    def _require_filler(self):
        if not self.user.may("fill", "assessments"):
            raise PermissionDenied(NO_RIGHT)

    def _named(self, own, key):
        found = own.filter(pk=key).first() if 0 < key < 2**63 else None
        if found is None:
            raise Refused(f"本轮没有编号为 {key} 的数据，或不在您的范围内；请先列出本轮数据核对编号。")
        return found

    def _sheet(self, round, values):
        rows = VALUE(values, many=True, context={"user": self.user}).data
        return {"status": "done", "quarter": round.code, "state": round.state, "values": rows}

    def tell(self, document):
        for row in document.get("values", ()):
            figures = f"目标 {row['target'] or '—'}，完成 {row['actual'] or '—'}（{row['measure']}）"
            lacks = "，缺佐证材料" if row["lacks_paper"] else ""
            self.stdout.write(f"{row['id']}  版本 {row['version']}  {row['label']}  {figures}  {row['evidence']}{lacks}")
        for entry in document.get("history", ()):
            reason = f"：{entry['reason']}" if entry["reason"] else ""
            self.stdout.write(f"{entry['at']}  {entry['by'] or '系统'}  {entry['channel'] or '途径不详'}  {entry['act']}{reason}")
            for change in entry["changes"]:
                self.stdout.write(f"    {change['label']}：{change['before']} → {change['after']}")
