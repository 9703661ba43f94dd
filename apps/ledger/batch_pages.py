"""The batches of a ledger: what was written at once, by whom, and taking it back."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.views.generic import ListView, TemplateView

from apps.core import proof
from apps.core.actor import Actor
from apps.core.errors import Refused
from apps.ledger import batches
from apps.ledger.fields import faults_of
from apps.ledger.forms import ReasonForm
from apps.ledger.selectors import changes_of
from apps.ledger.views import LedgerPage

SHOWN = 100


class BatchesPage(LedgerPage, ListView):
    template_name = "ledger/batches.html"
    paginate_by = 25

    def get_queryset(self):
        return batches.batches_of(self.ledger, self.request.user)


class BatchPage(LedgerPage, proof.ProofRequired, TemplateView):
    """One batch: its rows in the person's scope, and undoing it, for which the password was typed lately."""

    template_name = "ledger/batch.html"

    def needs_proof(self):
        return self.request.method == "POST"

    def batch(self):
        return get_object_or_404(batches.batches_of(self.ledger, self.request.user), pk=self.kwargs["pk"])

    def get_context_data(self, **context):
        batch, user = self.batch(), self.request.user
        open_to = batches.may_undo(batch, user) and not batch.undone_by_id
        in_the_way = batches.obstacles(batch, user) if open_to else []
        return super().get_context_data(
            batch=batch, rows=self._rows(batch), shown=SHOWN, open_to=open_to, in_the_way=in_the_way[:SHOWN],
            more=max(len(in_the_way) - SHOWN, 0), form=ReasonForm(),
            prove=None if proof.is_fresh(self.request.session) else proof.address(self.request.path), **context
        )  # fmt: skip

    def _rows(self, batch):
        """Return [(record, changes; None for a new row)] of the first rows in the person's scope."""
        user, model = self.request.user, self.ledger.model
        entries = list(batches.entries_of(batch).filter(id__in=self.ledger.visible(user).values("pk"))[:SHOWN])
        records = self.ledger.visible(user).select_related(*self.ledger.joins).in_bulk([entry.id for entry in entries])
        formers = model.history.in_bulk([entry.former for entry in entries if entry.former])
        return [
            (records[entry.id], changes_of(records[entry.id], entry, formers[entry.former], user) if entry.former else None)
            for entry in entries
        ]

    def post(self, request, *args, **kwargs):
        batch = self.batch()
        if not batches.may_undo(batch, request.user):
            raise Http404
        form = ReasonForm(request.POST)
        if not form.is_valid():
            raise Refused(faults_of(form))
        undone = batches.undo(batch=batch, reason=form.cleaned_data["reason"], actor=Actor.from_request(request))
        messages.success(request, f"已撤销这个批次，涉及 {undone.changed} 条记录。")
        return redirect("ledger:batch", self.ledger.code, batch.pk)
