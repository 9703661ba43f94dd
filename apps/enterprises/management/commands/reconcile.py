import argparse
from decimal import Decimal, InvalidOperation

from apps.core.errors import Refused
from apps.core.numbers import half_up
from apps.core.usage import year
from apps.enterprises import circulars
from apps.enterprises.choices import FindingKind, Office
from apps.enterprises.forms import SHARES
from apps.enterprises.reconciliation import counts, offices_of, reconcile
from apps.enterprises.rules.reconciliation import SHARE
from apps.exchange.commands import SheetCommand


def percent(text):
    """Type of an argument: the percent by which a figure may move against last year."""
    least, most = SHARES["min_value"], SHARES["max_value"]
    try:
        share = Decimal(text)
    except InvalidOperation:
        share = None
    if share is None or not share.is_finite() or not least <= share <= most:
        raise argparse.ArgumentTypeError(f"应为 {least} 至 {most} 之间的百分数，现为“{text}”。")
    return share


class Command(SheetCommand):
    help = "核对一个年度的数据：各部门缺报、两处不一致、比上年变动大；--out 另存核对表。"
    needs_user = True

    def add_arguments(self, parser):
        parser.add_argument("year", type=year, metavar="YEAR", help="数据年度")
        parser.add_argument("--share", type=percent, default=SHARE, metavar="PERCENT", help="比上年变动超过百分之几，默认 30")
        parser.add_argument("--office", choices=Office.values, help="只看一个部门")
        parser.add_argument("--kind", choices=FindingKind.values, help="只看一类")
        parser.add_argument("--out", metavar="OUT.xlsx", help="核对表存到哪里")

    def act(self, *, year, share, office, kind, out, **options):
        if not self.user.may("read", "reconciliation"):
            raise Refused(f"您的岗位（{self.user.acting_label}）没有这项权限。")
        self.writable_path(out)
        found = reconcile(year=year, user=self.user, share=share)
        shown = [finding for finding in found if office in (None, finding.office) and kind in (None, finding.kind)]
        document = {"status": "done", "year": year, "share": share, "totals": self._totals(found), "findings": [*map(_row, shown)]}
        chosen = {"部门": office and Office(office).label, "类别": kind and FindingKind(kind).label}
        return document | self._saved(out, shown, year, share, chosen)

    def _totals(self, found):
        rows = counts(found)
        return [{"office": office.value, "name": office.label, **rows[office]} for office in offices_of(self.user)]

    def _saved(self, out, shown, year, share, chosen):
        """Write the workbook where one is wanted; return what the document says of it."""
        if not out:
            return {}
        words = [(label, value) for label, value in chosen.items() if value]
        output, rows, digest = circulars.export(findings=shown, year=year, share=share, words=words, actor=self.actor)
        self.save(output, out)
        return {"rows": rows, "sha256": digest}

    def tell(self, document):
        for row in document["totals"]:
            numbers = "，".join(f"{circulars.in_words(kind, document['share'])} {row[kind]} 项" for kind in FindingKind)
            self.stdout.write(f"{row['name']}：{numbers}")
        for row in document["findings"]:
            pair = "" if row["first"] is None else f" {row['first']} 对 {row['second']} {row['unit']}"
            self.stdout.write(f"  {row['office']} {FindingKind(row['kind']).label} {row['name']} {row['figure']}{pair}")


def _row(finding):
    subject = finding.subject
    return {
        "kind": finding.kind,
        "office": finding.office,
        "code": subject.code,
        "name": subject.name,
        "place": subject.place,
        "figure": finding.figure,
        "unit": finding.unit,
        "first": finding.first,
        "second": finding.second,
        "share": half_up(finding.share, 4),
    }
