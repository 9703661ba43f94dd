"""The pages of a bulk edit: choose fields, look at the preview, confirm."""

import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import redirect
from django.views.generic import TemplateView

from apps.core.actor import Actor
from apps.core.errors import Refused
from apps.core.numbers import whole_number
from apps.core.proof import ProofRequired
from apps.ledger import bulk
from apps.ledger.forms import BulkForm
from apps.ledger.views import LedgerPage

SELECTION = ("rows", "filter", "pk")
STALE = "预览已失效，请重新选择记录。"
OF_THE_PREVIEW = {"csrfmiddlewaretoken", "confirm", "versions", "batch"}


class BulkPage(LedgerPage, ProofRequired, TemplateView):
    """GET asks what to change on the selected rows, POST shows the preview, POST with `confirm` writes it.

    The password is asked for before the first form; whoever sits over the preview too long comes back to his own values.
    """

    act = "change"
    template_name = "ledger/bulk.html"

    def allowed(self, user):
        return super().allowed(user) and bool(self.ledger.settable(user))

    def needs_proof(self):
        return self.request.method != "POST" or "confirm" in self.request.POST

    def proof_back(self):
        sent = [(name, value) for name, values in self.request.POST.lists() if name not in OF_THE_PREVIEW for value in values]
        return f"{self.request.path}?{urlencode(sent)}" if sent else super().proof_back()

    def form(self, data=None):
        return BulkForm(data, ledger=self.ledger, user=self.request.user)

    def get(self, request, *args, **kwargs):
        return self._ask(self.form(request.GET if "reason" in request.GET else None), request.GET)

    def post(self, request, *args, **kwargs):
        form = self.form(request.POST)
        if not form.is_valid():
            return self._ask(form, request.POST)
        return self._confirm(form) if "confirm" in request.POST else self._preview(form)

    def _ask(self, form, params, status=200):
        count = bulk.selected(self.ledger, self.request.user, params).count()
        context = self.get_context_data(form=form, count=count, carried=_selection(params))
        return self.render_to_response(context, status=status)

    def _preview(self, form):
        user = self.request.user
        rows = bulk.selected(self.ledger, user, self.request.POST)
        made = bulk.plan(ledger=self.ledger, rows=rows, values=form.values(), user=user)
        made = bulk.trial(ledger=self.ledger, made=made, actor=Actor.from_request(self.request))
        versions = ",".join(f"{key}:{version}" for key, version in made.versions.items())
        context = self.get_context_data(form=form, made=made, versions=versions, batch=uuid.uuid4(), carried=_selection(self.request.POST))
        return self.render_to_response(context)

    def _confirm(self, form):
        batch, versions = _planned(self.request.POST)
        done, in_the_way = bulk.apply(
            ledger=self.ledger, versions=versions, values=form.values(), reason=form.cleaned_data["reason"],
            batch=batch, actor=Actor.from_request(self.request)
        )  # fmt: skip
        if done is None:
            return self.render_to_response(self.get_context_data(form=form, in_the_way=in_the_way), status=409)
        messages.success(self.request, f"已修改 {done.changed} 条。")
        return redirect("ledger:batch", self.ledger.code, done.pk)


def _selection(params):
    """Return [(name, value)] of what the list sent."""
    return [(name, value) for name in SELECTION for value in params.getlist(name)]


def _planned(data):
    """Return (batch id, primary key -> version) as the preview gave them to the browser; Refused for anything else."""
    try:
        batch = uuid.UUID(data.get("batch", ""))
    except ValueError as error:
        raise Refused(STALE) from error
    pairs = [pair.partition(":") for pair in data.get("versions", "").split(",")]
    versions = {whole_number(key, 2**31 - 1): whole_number(version, 2**31 - 1) for key, _, version in pairs}
    if len(versions) > bulk.MOST or None in (*versions, *versions.values()):
        raise Refused(STALE)
    return batch, versions
