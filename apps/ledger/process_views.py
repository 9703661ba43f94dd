"""The pages of a record's way: make a move, put papers in, open and withdraw them."""

from django.contrib import messages
from django.contrib.auth.views import RedirectURLMixin
from django.http import Http404
from django.shortcuts import redirect
from django.views.generic import TemplateView, View

from apps.core.actor import Actor
from apps.core.errors import Refused
from apps.core.proof import ProofRequired
from apps.ledger import papers, workflow
from apps.ledger.downloads import attachment
from apps.ledger.edit import FormFlow, once
from apps.ledger.fields import faults_of
from apps.ledger.forms import PaperForm, build_move_form
from apps.ledger.views import LedgerPage


class OfRecord(LedgerPage):
    """A page below one record of a ledger with a workflow."""

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        if self.ledger.workflow is None:
            raise Http404

    def get_context_data(self, **context):
        context.setdefault("record", self.record())
        return super().get_context_data(**context)


class MovePage(OfRecord, ProofRequired, FormFlow):
    """One move: its comment and the fields it asks for, at the version the person saw."""

    template_name = "ledger/move.html"

    def needs_proof(self):
        move = self.ledger.workflow.move(self.kwargs["move"])
        return move is not None and move.proof

    def start(self):
        record = self.record()
        self.move = self.ledger.workflow.move(self.kwargs["move"])
        if self.move is None:
            raise Http404
        workflow.require_move(record, self.move, self.request.user)
        return record

    def form(self, data=None):
        return build_move_form(self.ledger, self.move)(data, instance=self.instance, user=self.request.user, move=self.move)

    def save(self, form):
        data = form.cleaned_data
        return workflow.apply_move(
            record=self.instance,
            move=self.move.code,
            actor=Actor.from_request(self.request),
            version=data["version"],
            comment=data["comment"],
            values=form.values(),
        )

    def get_context_data(self, **context):
        record = context["record"]
        choice = next((choice for choice in workflow.choices(record, self.request.user) if choice.move is self.move), None)
        return super().get_context_data(**context | {"move": self.move, "choice": choice})


class PaperChange(RedirectURLMixin, OfRecord, TemplateView):
    """A page that changes a record's papers and leads back where one came from: `next`, an address of the office's own."""

    def done_url(self, record):
        return self.get_redirect_url() or super().done_url(record)

    def get_context_data(self, **context):
        return super().get_context_data(back=self.done_url(context["record"]), **context)


class PaperUpload(PaperChange):
    """Put a file into a slot."""

    template_name = "ledger/paper.html"

    def get_context_data(self, **context):
        record, slot = self.record(), self.ledger.workflow.slot(self.kwargs["slot"])
        if slot is None:
            raise Http404
        papers.open_slot(record, slot.code, self.request.user)
        context |= {"record": record, "slot": slot, "form": PaperForm(), "kinds": "、".join(papers.KINDS)}
        return super().get_context_data(**context)

    def post(self, request, *args, **kwargs):
        record, form = self.record(), PaperForm(request.POST, request.FILES)
        papers.require_keeper(record, request.user)
        if not form.is_valid():
            raise Refused(faults_of(form))
        upload = form.cleaned_data["file"]
        given = {"name": upload.name, "content": papers.scanned(upload.read(papers.MAX_BYTES + 1))}

        def put():
            papers.put(record=record, slot=self.kwargs["slot"], actor=Actor.from_request(request), **given)
            messages.success(request, f"已上传：{upload.name}。")
            return self.done_url(record)

        return once(request, put)


class PaperPage(OfRecord):
    """A paper of the record, withdrawn or not."""

    def paper(self, record):
        paper = papers.shown(record, self.request.user).filter(pk=self.kwargs["paper"]).first()
        if paper is None:
            raise Http404
        return paper


class PaperFile(PaperPage, View):
    """The file itself."""

    def get(self, request, *args, **kwargs):
        paper = self.paper(self.record())
        return attachment(paper.title, papers.read(paper))


class PaperWithdraw(PaperChange, PaperPage):
    template_name = "ledger/withdraw.html"

    def get_context_data(self, **context):
        record = self.record()
        paper = self.paper(record)
        papers.open_slot(record, paper.slot, self.request.user)
        return super().get_context_data(**context | {"record": record, "paper": paper})

    def post(self, request, *args, **kwargs):
        record = self.record()
        papers.withdraw(record=record, paper=self.paper(record), reason=request.POST.get("reason", ""), actor=Actor.from_request(request))
        messages.success(request, "已撤下。")
        return redirect(self.done_url(record))
