"""Pages of spreadsheets in and out. A batch is seen by its uploader only."""

import io
import tempfile

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.generic import FormView, ListView, TemplateView, View

from apps.core.actor import Actor
from apps.exchange import selectors, services
from apps.exchange.blank import write_blank
from apps.exchange.choices import Verdict
from apps.exchange.export_views import download
from apps.exchange.forms import UploadForm
from apps.exchange.marking import marked
from apps.ledger import registry
from apps.ledger.access import SignedIn

SHOWN = 200  # errors and changes on the page; all of them are in the marked workbook


class KindPage(SignedIn):
    """Finds the ledger named in the URL; one without a spreadsheet is not there."""

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.ledger = registry.get(kwargs["code"])
        if self.ledger is None or self.ledger.resource is None:
            raise Http404


class ImportPage(KindPage):
    def allowed(self, user):
        return super().allowed(user) and user.may("import", self.ledger.code)


class UploadPage(ImportPage, FormView):
    template_name = "exchange/upload.html"
    form_class = UploadForm

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"by_year": "year" in self.ledger.resource._meta.import_id_fields}

    def get_context_data(self, **context):
        resource = self.ledger.resource(user=self.request.user)
        writable = self.ledger.writable(self.request.user)
        columns = [column for column in resource.columns if column not in resource.data_columns or column.name in writable]
        return super().get_context_data(ledger=self.ledger, columns=columns, keys=resource.keys, **context)

    def form_valid(self, form):
        file = form.cleaned_data["file"]
        year = form.cleaned_data.get("year")
        actor = Actor.from_request(self.request)
        batch = services.stage(ledger=self.ledger, content=file.read(), filename=file.name, actor=actor, year=year)
        return redirect("exchange:batch", batch.pk)


class TemplateDownload(ImportPage, View):
    """The empty workbook, with the columns this person may fill in."""

    def get(self, request, *args, **kwargs):
        output = tempfile.TemporaryFile()  # noqa: SIM115  (closed by the response)
        resource = self.ledger.resource(user=request.user)
        write_blank(output, label=self.ledger.label, resource=resource, writable=self.ledger.writable(request.user))
        output.seek(0)
        return download(output, f"{self.ledger.label}导入模板.xlsx")


class BatchList(SignedIn, ListView):
    template_name = "exchange/list.html"
    paginate_by = 25

    def get_queryset(self):
        return selectors.batches_of(self.request.user)

    def get_context_data(self, **context):
        kinds = [ledger for ledger in registry.all() if ledger.resource and self.request.user.may("import", ledger.code)]
        return super().get_context_data(kinds=kinds, **context)


class BatchPage(SignedIn, TemplateView):
    """The verdict on a file; confirming it is the only thing that writes."""

    template_name = "exchange/batch.html"

    def batch(self):
        return get_object_or_404(selectors.batches_of(self.request.user), pk=self.kwargs["pk"])

    def get_context_data(self, **context):
        batch = self.batch()
        errors = selectors.errors_of(batch)
        return super().get_context_data(
            batch=batch,
            ledger=batch.ledger,
            figures=[(label, batch.counts[name]) for name, label in Verdict.choices if name in batch.counts],
            errors=errors[:SHOWN],
            more_errors=max(len(errors) - SHOWN, 0),
            changed=batch.rows.filter(verdict=Verdict.CHANGED).order_by("row")[:SHOWN],
            new=batch.rows.filter(verdict=Verdict.NEW).order_by("row")[:20],
            jobs=selectors.jobs_of(batch),
            **context,
        )

    def post(self, request, *args, **kwargs):
        batch = services.confirm(batch=self.batch(), actor=Actor.from_request(request))
        return redirect("exchange:batch", batch.pk)


class MarkedDownload(BatchPage):
    """The person's own workbook with the bad cells marked."""

    http_method_names = ["get", "head", "options"]

    def get(self, request, *args, **kwargs):
        batch = self.batch()
        return download(io.BytesIO(marked(batch)), f"核对结果{timezone.localtime(batch.uploaded_at):%Y%m%d%H%M}.xlsx")
