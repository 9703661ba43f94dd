from django.views.generic import TemplateView

from apps.ledger.access import SignedIn
from apps.plan import charts
from apps.plan.choices import LEDGER_TABLES, TARGETS, VERDICTS
from apps.plan.models import PlanNote
from apps.plan.selectors import count, examined, ledger_table, numbers, printed_tables


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
            places=[note for note in notes if note.code.startswith("B")],
            combined=[note for note in notes if note.code.startswith("C")],
            **kwargs,
        )


class TablesView(SignedIn, TemplateView):
    """Tables 1 and 2 from the ledger beside the printed ones."""

    template_name = "plan/tables.html"

    def get_context_data(self, **kwargs):
        user = self.request.user
        tables = [(source, ledger_table(number, user)) for number, source in LEDGER_TABLES.items()]
        return super().get_context_data(
            tables=[charts.with_charts(source, rows) for source, rows in tables],
            whole_county=user.reach().everything,
            **kwargs,
        )


class TargetsView(SignedIn, TemplateView):
    """The plan's targets in its own words, with what the formulas say where there is one."""

    template_name = "plan/targets.html"
