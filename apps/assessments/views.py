"""The evaluator's pages: rounds, the score matrix, typed values, the workbook."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.generic import TemplateView, View

from apps.assessments import charts, export, notes, selectors, services
from apps.assessments.forms import RoundForm, ValueForm
from apps.assessments.models import AssessmentRound
from apps.core.actor import Actor
from apps.exchange.writer import XLSX
from apps.ledger import papers, registry
from apps.ledger.access import NO_RIGHT, RightRequired
from apps.ledger.downloads import attachment
from apps.ledger.edit import FormFlow
from apps.ledger.fields import label_of, text_of
from apps.ledger.process import standing
from apps.ledger.selectors import timeline


class AssessmentPage(RightRequired):
    """A page of the assessment; where the URL names a round, the round in the person's scope."""

    subject = "assessments"

    def round(self):
        return get_object_or_404(selectors.rounds(self.request.user), pk=self.kwargs["pk"])

    def get_context_data(self, **context):
        may = {act: self.request.user.may(act, "assessments") for act in ("fill", "run")}
        may["begin"] = self.request.user.may("add", "assessment-rounds")
        return super().get_context_data(may=may, **context)

    def upload_url(self, round):
        """Return where this person puts in evidence files while values are typed, and comes back from; None where he does not."""
        keeps = round.takes_values and papers.may_keep(round, self.request.user)
        here = {"next": self.request.path}
        return reverse("ledger:paper-add", args=["assessment-rounds", round.pk, "evidence"], query=here) if keeps else None


class RoundList(AssessmentPage, TemplateView):
    template_name = "assessments/list.html"

    def get_context_data(self, **context):
        return super().get_context_data(rounds=selectors.rounds(self.request.user), **context)


class OpenRound(AssessmentPage, FormFlow):
    """Open the next quarter."""

    subject = "assessment-rounds"
    act = "add"
    template_name = "assessments/open.html"

    def start(self):
        return AssessmentRound()

    def form(self, data=None):
        return RoundForm(data, instance=self.instance, user=self.request.user)

    def save(self, form):
        return services.open_round(**form.values(), actor=Actor.from_request(self.request))

    def done_url(self, record):
        return reverse("assessments:fill", args=[record.pk])

    def get_context_data(self, **context):
        return super().get_context_data(back=reverse("assessments:list"), **context)


class RoundPage(AssessmentPage, TemplateView):
    """The score matrix of a round with ranking, chart and notes."""

    template_name = "assessments/round.html"

    def get_context_data(self, **context):
        round, user = self.round(), self.request.user
        matrix = selectors.matrix(round, user)
        return super().get_context_data(
            round=round,
            matrix=matrix,
            totals=matrix.totals,
            chart=charts.totals(matrix) if round.current else None,
            stale=round.is_stale,
            notes=notes.general(round),
            lines=notes.lines(round, user),
            record=round,
            ledger=registry.of_model(AssessmentRound),
            flow=standing(round, user),
            proved=round.proved_values(user),
            **context,
        )


class FillPage(AssessmentPage, TemplateView):
    """The values somebody types, with their evidence."""

    template_name = "assessments/fill.html"

    def get_context_data(self, **context):
        round = self.round()
        values = selectors.typed_values(self.request.user).filter(round=round)
        return super().get_context_data(round=round, values=values, upload=self.upload_url(round), **context)


class ValuePage(AssessmentPage, FormFlow):
    """One typed value: its history for whoever reads the assessment, the form for who fills it in while the round takes values.

    What a ledger supplies is corrected in the ledger.
    """

    template_name = "assessments/value.html"

    def start(self):
        return get_object_or_404(selectors.typed_values(self.request.user), pk=self.kwargs["pk"])

    def form(self, data=None):
        return ValueForm(data, instance=self.instance, user=self.request.user)

    def post(self, request, *args, **kwargs):
        if not request.user.may("fill", self.subject):
            raise PermissionDenied(NO_RIGHT)
        return super().post(request, *args, **kwargs)

    def save(self, form):
        data, actor = form.cleaned_data, Actor.from_request(self.request)
        return services.fill(value=self.instance, values=form.values(), version=data["version"], reason=data["reason"], actor=actor)

    def done_url(self, record):
        return reverse("assessments:fill", args=[record.round_id])

    def get_context_data(self, **context):
        value, form, user = self.instance, context["form"], self.request.user
        fields = [value._meta.get_field(name) for name in form._meta.fields if name in form.fields]
        return super().get_context_data(
            may_write=form.is_bound or (value.round.takes_values and user.may("fill", self.subject)),  # what was sent is not lost
            facts=[(label_of(field), text_of(value, field)) for field in fields],
            timeline=timeline(value, user),
            back=self.done_url(value),
            upload=self.upload_url(value.round),
            **context,
        )


class Recalculate(AssessmentPage, View):
    """Queue a computation and show its job."""

    act = "run"

    def post(self, request, pk):
        job = services.request_recalculation(round=self.round(), actor=Actor.from_request(request))
        return redirect("jobs:detail", job.pk)


class ExportPage(AssessmentPage, View):
    """The signed workbook of the current computation."""

    def get(self, request, pk):
        workbook = export.export_round(round=self.round(), user=request.user, actor=Actor.from_request(request))
        return attachment(workbook.name, workbook.content, XLSX)
