"""Pages of spreadsheets in and out. A batch is seen by its uploader only."""

import tempfile

from django.conf import settings
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.generic import FormView, ListView, TemplateView, View

from apps.core.actor import Actor
from apps.exchange import selectors, services
from apps.exchange.blank import blank_of, write_blank
from apps.exchange.choices import OPEN, Verdict
from apps.exchange.forms import UploadForm
from apps.exchange.marking import marked
from apps.exchange.writer import XLSX
from apps.ledger import registry
from apps.ledger.access import SignedIn
from apps.ledger.downloads import attachment

NEW_SHOWN = 20  # new rows with their values: enough to see a column that went wrong
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
        return super().allowed(user) and self.ledger.may(user, "import")


class UploadPage(ImportPage, FormView):
    template_name = "exchange/upload.html"
    form_class = UploadForm

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"by_year": "year" in self.ledger.resource._meta.import_id_fields}

    def get_context_data(self, **context):
        resource = self.ledger.resource(user=self.request.user)
        writable = self.ledger.writable(self.request.user)
        columns = [column for column in resource.columns if column not in resource.data_columns or column.name in writable]
        return super().get_context_data(
            ledger=self.ledger,
            columns=columns,
            keys=resource.keys,
            parts=self.parts(),
            bound=self.request.user.data_items() is not None,
            **context,
        )

    def parts(self):
        """Return [(item, Part, titles of its columns)] of the partial sheets this person may send."""
        columns = self.ledger.resource().data_columns
        parts = self.ledger.parts_for(self.request.user).items()
        return [(item, part, [column.title for column in columns if column.name in part.fields]) for item, part in parts]

    def form_valid(self, form):
        file = form.cleaned_data["file"]
        year = form.cleaned_data.get("year")
        actor = Actor.from_request(self.request)
        batch = services.upload(ledger=self.ledger, file=file, filename=file.name, actor=actor, year=year)
        return redirect(services.at_once(batch))


class TemplateDownload(ImportPage, View):
    """The empty workbook, with the columns this person may fill in; with `part` those of one data item."""

    def get(self, request, *args, **kwargs):
        part = request.GET.get("part")
        if part and part not in self.ledger.parts_for(request.user):
            raise Http404
        output = tempfile.TemporaryFile()  # noqa: SIM115  (closed by the response)
        resource = self.ledger.resource(user=request.user)
        label, fields = blank_of(self.ledger, part, request.user)
        write_blank(output, label=label, resource=resource, writable=fields)
        output.seek(0)
        return attachment(f"{label}导入模板.xlsx", output, XLSX)


class BatchList(SignedIn, ListView):
    template_name = "exchange/list.html"
    paginate_by = 25

    def get_queryset(self):
        return selectors.batches_of(self.request.user)

    def get_context_data(self, **context):
        kinds = [ledger for ledger in registry.all() if ledger.resource and ledger.may(self.request.user, "import")]
        return super().get_context_data(kinds=kinds, **context)


class OwnBatch(SignedIn):
    """A batch of the person's own, by the key in the URL; another's is not there."""

    def batch(self):
        return get_object_or_404(selectors.batches_of(self.request.user), pk=self.kwargs["pk"])


class BatchPage(OwnBatch, TemplateView):
    """How far a file is and the verdict on it; confirming it is the only thing that writes."""

    template_name = "exchange/batch.html"

    def get_context_data(self, **context):
        batch, job = selectors.standing(self.batch())
        under_way = bool(job and job.is_open)
        errors = selectors.errors_of(batch)
        left_out, which = selectors.left_out(batch)
        new_columns, new = selectors.new_rows(batch, NEW_SHOWN)
        return super().get_context_data(
            batch=batch,
            ledger=batch.ledger,
            job=job,
            under_way=under_way,
            label=selectors.label(batch, job),
            words=selectors.progress(job) if under_way else "",
            has_marks=selectors.has_marks(batch),
            left_out=left_out,
            which=which,
            figures=selectors.figures(batch),
            errors=errors[:SHOWN],
            more_errors=max(len(errors) - SHOWN, 0),
            changed=batch.rows.filter(verdict=Verdict.CHANGED).order_by("row")[:SHOWN],
            new_columns=new_columns,
            new=new,
            jobs=selectors.jobs_of(batch),
            can_be_told=selectors.can_be_told(batch),
            asked=selectors.names_asked(batch),
            named=batch.state in OPEN and batch.names.exists(),
            kept_days=settings.IMPORT_KEPT.days,
            **context,
        )

    def post(self, request, *args, **kwargs):
        good_rows = request.POST.get("rows") == "good"
        batch = services.confirm(batch=self.batch(), actor=Actor.from_request(request), good_rows=good_rows)
        return redirect(services.at_once(batch))


class BatchStatus(OwnBatch, View):
    """What the progress bar asks every two seconds."""

    def get(self, request, *args, **kwargs):
        batch, job = selectors.standing(self.batch())
        if job is None or not job.is_open:
            return JsonResponse({"open": False})
        words = selectors.progress(job)
        return JsonResponse({"open": True, "percent": job.percent, "label": selectors.label(batch, job), "words": words})


class BatchRecheck(OwnBatch, View):
    """Judge the stored file again, against the ledger of today."""

    def post(self, request, *args, **kwargs):
        batch = services.recheck(batch=self.batch(), actor=Actor.from_request(request))
        return redirect(services.at_once(batch))


class MarkedDownload(OwnBatch, View):
    """The person's own workbook with the bad cells marked; with `rows=bad` its bad rows only."""

    def get(self, request, *args, **kwargs):
        batch, only_bad = self.batch(), request.GET.get("rows") == "bad"
        name = f"{'错误行' if only_bad else '核对结果'}{timezone.localtime(batch.uploaded_at):%Y%m%d%H%M}.xlsx"
        return attachment(name, marked(batch, only_bad=only_bad), XLSX)
