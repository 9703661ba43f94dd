from django.http import Http404
from django.shortcuts import redirect
from django.views.generic import TemplateView, View
from django_tables2 import RequestConfig

from apps.core.actor import Actor
from apps.core.errors import Refused
from apps.core.numbers import whole_number
from apps.enterprises.selectors import years_with_facts
from apps.grading import display, methods, selectors, services, wording
from apps.grading.choices import BASES
from apps.grading.filters import ResultFilter
from apps.grading.rules.figures import FIGURES
from apps.grading.rules.method import GRADES
from apps.grading.tables import ResultTable
from apps.grading.trace import trace
from apps.ledger.access import RightRequired
from apps.ledger.views import PER_PAGE


class GradingPage(RightRequired, TemplateView):
    """A page about one data year: ?year=, else the newest evaluated one, else the newest one with figures."""

    subject = "grading"

    def get_context_data(self, **context):
        evaluated = selectors.years()
        years = sorted({*evaluated, *years_with_facts(self.request.user)}, reverse=True)
        asked = self.request.GET.get("year", "")
        if asked and asked not in map(str, years):
            raise Http404
        year = int(asked) if asked else next(iter([*evaluated, *years]), None)
        run = selectors.current_run(year)
        shown = self.shown(run) if run else {}
        return super().get_context_data(year=year, years=years, run=run, **self.always(year), **shown, **context)

    def always(self, year):
        """Return what the page shows whether or not the year was evaluated."""
        return {}

    def shown(self, run):
        """Return what the page shows of the year's current run."""
        return {}


class Overview(GradingPage):
    """How a year's enterprises are spread over totals and grades, as far as the person's scope reaches."""

    template_name = "grading/overview.html"

    def always(self, year):
        may_run = self.request.user.may("run", self.subject)
        return {"may_run": may_run, "methods": methods.catalogue().values(), "default": methods.get(methods.DEFAULT)}

    def shown(self, run):
        rows = list(selectors.results(self.request.user, run).order_by().values_list("group", "grade", "by_score", "total"))
        participants = sum(total is not None for *_, total in rows)
        return {
            "population": len(rows),
            "participants": participants,
            "excluded": len(rows) - participants,
            "grades": [(grade, sum(row[1] == grade for row in rows)) for grade in GRADES],
            "groups": [
                display.spread(run, group, [row[1:] for row in rows if row[0] == code]) for code, group in run.method.groups.items()
            ],
        }


class Run(RightRequired, View):
    """Queue the evaluation of a year and show the job."""

    subject = "grading"
    act = "run"

    def get(self, request):
        return redirect("grading:overview")

    def post(self, request):
        year = whole_number(request.POST.get("year"))
        if year is None:
            raise Refused("请选择数据年度。")
        job = services.request_run(year=year, method=request.POST.get("method", ""), actor=Actor.from_request(request))
        return redirect("jobs:detail", job.pk)


class List(GradingPage):
    """The enterprises of a year's current run with their grades."""

    template_name = "grading/list.html"

    def shown(self, run):
        filterset = ResultFilter(self.request.GET, queryset=selectors.results(self.request.user, run), request=self.request)
        table = ResultTable(filterset.qs)
        RequestConfig(self.request, paginate={"per_page": PER_PAGE}).configure(table)
        return {"filterset": filterset, "words": filterset.words(), "table": table, "sums": selectors.totals(filterset.qs)}


class Trace(RightRequired, TemplateView):
    """How one enterprise came to its grade; ?run= opens an earlier run."""

    subject = "grading"
    template_name = "grading/trace.html"

    def get_context_data(self, year, credit_code, **context):
        asked = self.request.GET.get("run")
        number = whole_number(asked)
        if asked and number is None:
            raise Http404
        try:
            run = selectors.run_of(year, number, self.request.user)
            result = selectors.result_of(self.request.user, run, credit_code)
        except Refused as refusal:
            raise Http404(str(refusal)) from refusal
        figures = [(FIGURES[name].label, wording.figure(name, value)) for name, value in result.figures.items()]
        return super().get_context_data(run=run, result=result, trace=trace(result), figures=figures, **context)


class Methods(RightRequired, TemplateView):
    """Every method's values, each with what it rests on."""

    subject = "grading"
    template_name = "grading/methods.html"

    def get_context_data(self, **context):
        described = [display.described(method) for method in methods.catalogue().values()]
        return super().get_context_data(methods=described, default=methods.DEFAULT, bases=BASES, **context)
