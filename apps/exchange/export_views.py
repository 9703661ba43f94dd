"""Exports: at once, or by a job where there are many rows; and the files a person's jobs have made."""

from django.conf import settings
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.generic import ListView, View

from apps.core.actor import Actor
from apps.exchange import files, selectors
from apps.exchange.choices import FileFormat
from apps.exchange.exports import export, sheet_of
from apps.exchange.official import form_of
from apps.exchange.wishes import Wish
from apps.exchange.writer import CSV, XLSX
from apps.ledger import registry, saved
from apps.ledger.access import SignedIn
from apps.ledger.downloads import attachment
from apps.ledger.tables import key_of

TYPES = {FileFormat.XLSX: XLSX, FileFormat.CSV: CSV}


class ExportPage(SignedIn, View):
    """What the list shows under the same parameters as a file.

    `columns=shown`: the columns of the list.  `format=csv`.  `form=official`: the official form. Many rows are left to
    a job: GET says so, POST asks for it.
    """

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.ledger = registry.get(kwargs["code"])
        if (self.ledger is None or self.ledger.resource is None) and form_of(kwargs["code"]) is None:
            raise Http404

    def get(self, request, *args, **kwargs):
        wish = self._wish()
        sheet = sheet_of(wish, request.user)
        rows = sheet.count()
        if files.is_large(rows):
            limits = {"most": settings.EXPORT_ROWS_AT_ONCE, "days": settings.EXPORT_LIFE.days}
            return render(request, "exchange/large.html", {"sheet": sheet, "wish": wish, "rows": rows, "ledger": self.ledger, **limits})
        written = export(sheet=sheet, actor=Actor.from_request(request))
        return attachment(sheet.name, written.file, TYPES[wish.format])

    def post(self, request, *args, **kwargs):
        wish = self._wish()
        files.ask(wish=wish, sheet=sheet_of(wish, request.user), actor=Actor.from_request(request))
        return redirect("exchange:files")

    def _wish(self):
        params = self.request.GET
        official = params.get("form") == "official"
        shown = ()
        if self.ledger and params.get("columns") == "shown" and not official:
            shown = tuple(key_of(entry) for entry in saved.columns_under(self.ledger, self.request.user, params))
        return Wish(self.kwargs["code"], params.urlencode(), shown, params.get("format") or FileFormat.XLSX, official)


class FileList(SignedIn, ListView):
    """The exports a person's jobs make and have made, newest first."""

    template_name = "exchange/files.html"
    paginate_by = 25

    def get_queryset(self):
        return selectors.exports_of(self.request.user)

    def get_context_data(self, **context):
        context = super().get_context_data(**context)
        return context | {"lines": selectors.with_jobs(context["object_list"])}


class FileDownload(SignedIn, View):
    """One finished export, for whoever asked for it and as long as he may see what is in it."""

    def get(self, request, *args, **kwargs):
        record = get_object_or_404(selectors.exports_of(request.user), pk=kwargs["pk"])
        try:
            file = files.fetch(record=record, actor=Actor.from_request(request))
        except files.NoLonger as refusal:
            request.journalled = True
            return render(request, "refused.html", {"message": str(refusal)}, status=403)
        return attachment(record.name, file, TYPES[record.format])
