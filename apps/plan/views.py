from django.views.generic import TemplateView

from apps.core.numbers import half_up
from apps.ledger.access import SignedIn
from apps.plan.choices import LEDGER_TABLES, SOURCES, TARGETS
from apps.plan.models import PlanNote
from apps.plan.selectors import count, examined, ledger_table, numbers, printed_tables

STAGES = ("2025年", "2035年")


class CheckView(SignedIn, TemplateView):
    """规划体检: tables 1-7 as printed with what the formulas say, the reviewed notes below."""

    template_name = "plan/check.html"

    def get_context_data(self, **kwargs):
        judged = examined(self.request.user)
        notes = PlanNote.objects.visible_to(self.request.user)
        return super().get_context_data(
            tables=printed_tables(judged),
            counts=count(judged),
            checked=len(numbers(judged)),
            notes=[
                ("B", "前后不一致之处", [note for note in notes if note.code.startswith("B")]),
                ("C", "合起来看有矛盾之处", [note for note in notes if note.code.startswith("C")]),
            ],
            **kwargs,
        )


class TablesView(SignedIn, TemplateView):
    """Tables 1 and 2 from the ledger beside the printed ones."""

    template_name = "plan/tables.html"

    def get_context_data(self, **kwargs):
        user = self.request.user
        return super().get_context_data(
            tables=[self.table(source, ledger_table(number, user)) for number, source in LEDGER_TABLES.items()],
            whole_county=user.reach().everything,
            **kwargs,
        )

    @staticmethod
    def table(source, rows):
        section, title = SOURCES[source.table]
        return {
            "name": source.table,
            "section": section,
            "title": title,
            "by": "产业" if source.by == "industry" else "区域",
            "rows": rows,
            "output": bars(rows[:-1], "output"),
            "per_mu": bars(rows, "output_per_mu"),
            "differing": sum(len(row.differing) for row in rows),
        }


class TargetsView(SignedIn, TemplateView):
    """The plan's targets in its own words, with what the formulas say where there is one."""

    template_name = "plan/targets.html"

    def get_context_data(self, **kwargs):
        judged = [item for item in examined(self.request.user) if item.figure.table == TARGETS]
        staged, others = {}, {}
        for item in judged:
            if item.figure.column in STAGES:
                staged.setdefault((item.figure.row, item.figure.unit), {})[item.figure.column] = item
            else:
                others.setdefault(item.figure.row, []).append(item)
        return super().get_context_data(
            stages=STAGES,
            staged=[(row, unit, [found.get(stage) for stage in STAGES]) for (row, unit), found in staged.items()],
            others=others,
            **kwargs,
        )


def bars(rows, measure):
    """Return the ECharts option of a bar chart: the ledger's figure beside the printed one."""
    ledger = [half_up(getattr(row, measure), 2) for row in rows]
    printed = [row.printed.get(measure) for row in rows]
    return {
        "color": ["#1f5fa8", "#b9c6d3"],
        "grid": {"left": 64, "right": 16, "top": 28, "bottom": 24},
        "legend": {"top": 0, "left": 0},
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "value"},
        "yAxis": {"type": "category", "inverse": True, "data": [row.name for row in rows], "axisLabel": {"interval": 0}},
        "series": [{"name": "台账", "type": "bar", "data": ledger}, {"name": "规划", "type": "bar", "data": printed}],
    }
