from apps.journal.commands import OfficeCommand
from apps.plan.rules import Verdict
from apps.plan.selectors import count, examined, numbers


class Command(OfficeCommand):
    help = "规划体检：用公式核对规划印刷的每一个数。"

    def act(self, **options):
        judged = numbers(examined())
        return {"figures": [self.entry(item) for item in judged], "counts": count(judged)}

    @staticmethod
    def entry(item):
        figure, finding = item.figure, item.finding
        return {
            "table": figure.table,
            "row": figure.row,
            "column": figure.column,
            "unit": figure.unit,
            "printed": figure.printed,
            "recomputed": finding.recomputed,
            "verdict": finding.verdict,
            "formula": finding.formula,
            "working": finding.working,
        }

    def tell(self, document):
        for entry in document["figures"]:
            recomputed = f" 重算 {entry['recomputed']}" if entry["verdict"] == Verdict.DIFFERS else ""
            self.stdout.write(
                f"{entry['verdict']}  {entry['table']} {entry['row']} {entry['column']}：{entry['printed']}{entry['unit']}"
                f"{recomputed}  {entry['working'] or entry['formula']}"
            )
        self.stdout.write("，".join(f"{verdict} {number}" for verdict, number in document["counts"].items()))
