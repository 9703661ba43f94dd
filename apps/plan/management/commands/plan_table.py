from apps.core.numbers import half_up, show
from apps.journal.commands import OfficeCommand
from apps.plan.choices import BASE_YEAR, LEDGER_TABLES
from apps.plan.selectors import ledger_table


class Command(OfficeCommand):
    help = "由台账汇总规划的表1（按产业）或表2（按区域），与规划印刷数对照；指定 --as 时只汇总该用户可见的企业。"
    takes_user = True

    def add_arguments(self, parser):
        parser.add_argument("number", type=int, choices=sorted(LEDGER_TABLES), metavar="N", help="1 或 2")

    def act(self, number, **options):
        rows = [self.entry(row) for row in ledger_table(number, self.user)]
        return {"table": LEDGER_TABLES[number].table, "year": BASE_YEAR, "rows": rows}

    @staticmethod
    def entry(row):
        return {
            "row": row.name,
            "enterprises": row.enterprises,
            "output": row.output,
            "area": row.area,
            "output_per_mu": half_up(row.output_per_mu, 0),
            "output_per_mu_unrounded": row.output_per_mu,
            "printed": row.printed,
            "differs": row.differing,
        }

    def tell(self, document):
        self.stdout.write(f"{document['table']}（台账，{document['year']}年；括号内为规划印刷数）")
        for row in document["rows"]:
            printed = row["printed"]
            figures = [("家", "enterprises", 0), ("亿元", "output", 2), ("亩", "area", 2), ("万元/亩", "output_per_mu", 0)]
            parts = [f"{show(row[name], places)}（{printed.get(name, '—')}）{unit}" for unit, name, places in figures]
            self.stdout.write(f"{row['row']}  {'  '.join(parts)}")
