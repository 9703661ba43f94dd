"""Pages on which people say which column of a file is which field; then the file is judged again."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.views.generic import TemplateView

from apps.core.actor import Actor
from apps.core.errors import Refused
from apps.core.numbers import whole_number
from apps.exchange import mapping, selectors, services
from apps.exchange.asking import require_right
from apps.exchange.mapping_forms import ColumnsForm, Line, SaveForm, place_in
from apps.exchange.reading import Unreadable
from apps.exchange.source import Source
from apps.ledger import services as ledger_services
from apps.ledger.access import SignedIn


class OpenBatch(SignedIn):
    """Finds the person's own batch; of one that was confirmed, or could not be opened, there is nothing to be said."""

    def batch(self):
        batch = get_object_or_404(selectors.batches_of(self.request.user), pk=self.kwargs["pk"])
        require_right(batch.ledger, Actor.from_request(self.request))
        job = selectors.job_of(batch)
        if not selectors.can_be_told(batch) or job and job.is_open:
            raise Refused(f"这批数据{batch.get_state_display()}，不能再作指定；请重新上传文件。")
        return batch

    def again(self, batch):
        """Judge the batch again and show the verdict."""
        services.recheck(batch=batch, actor=Actor.from_request(self.request))
        return redirect(services.at_once(batch))


class ColumnsPage(OpenBatch, TemplateView):
    """Every column of the file with three of its cells, and the field it is."""

    template_name = "exchange/mapping.html"

    def get(self, request, *args, **kwargs):
        batch = self.batch()
        return self.page(batch, *self.form(batch, request.GET), SaveForm(user=request.user, saved=batch.reading.saved))

    def form(self, batch, said, data=None):
        """Return the Place of the header and the form over its columns."""
        resource = batch.ledger.resource(user=self.request.user)
        try:
            with Source(batch.file.path) as source:
                place = place_in(source, resource, batch, said)
        except Unreadable as refusal:
            raise Refused(str(refusal)) from refusal
        return place, ColumnsForm(data, lines=place.lines, resource=resource, writable=batch.ledger.writable(self.request.user))

    def page(self, batch, place, form, save):
        saved = mapping.saved_for(batch.kind, self.request.user)
        context = self.get_context_data(batch=batch, ledger=batch.ledger, place=place, form=form, save=save, saved=saved)
        return self.render_to_response(context)

    def post(self, request, *args, **kwargs):
        batch, actor = self.batch(), Actor.from_request(request)
        if request.POST.get("act") == "plain":
            mapping.tell(batch=batch, columns={}, sheet="", actor=actor)
            return self.again(batch)
        if request.POST.get("act") == "saved":
            saved = get_object_or_404(mapping.saved_for(batch.kind, request.user), pk=whole_number(request.POST.get("saved")) or 0)
            mapping.tell(batch=batch, columns=saved.columns, sheet=saved.sheet, actor=actor, saved=saved)
            return self.again(batch)
        place, form = self.form(batch, request.POST, request.POST)
        save = SaveForm(request.POST, user=request.user, saved=batch.reading.saved)
        if not (form.is_valid() and save.is_valid()):
            return self.page(batch, place, form, save)
        told = {"columns": form.columns, "sheet": place.key, "actor": actor}
        saved = mapping.keep(kind=batch.kind, **save.cleaned_data, **told) if save.cleaned_data["name"] else None
        mapping.tell(batch=batch, saved=saved, **told)
        return self.again(batch)


class MappingPage(SignedIn, TemplateView):
    """The columns of a saved mapping, changed without a file at hand."""

    template_name = "exchange/mapping_edit.html"

    def allowed(self, user):
        return super().allowed(user) and user.may("change", "column-mappings")

    def form(self, data=None):
        """Return the mapping and the form over its columns."""
        user = self.request.user
        saved = get_object_or_404(mapping.mappings_of(user), pk=self.kwargs["pk"])
        if saved.ledger is None:  # of a kind that is no more
            raise Http404
        lines = [Line("", key, key, (), name, unit) for key, (name, unit) in saved.columns.items()]
        resource = saved.ledger.resource(user=user)
        return saved, ColumnsForm(data, lines=lines, resource=resource, writable=saved.ledger.fields)

    def get(self, request, *args, **kwargs):
        saved, form = self.form()
        return self.render_to_response(self.get_context_data(saved=saved, form=form))

    def post(self, request, *args, **kwargs):
        saved, form = self.form(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(saved=saved, form=form))
        ledger_services.change(
            record=saved, values={"columns": form.columns}, version=whole_number(request.POST.get("version")) or 0,
            actor=Actor.from_request(request), reason="修改列的对应",
        )  # fmt: skip
        messages.success(request, f"“{saved}”已保存。")
        return redirect("ledger:detail", "column-mappings", saved.pk)
