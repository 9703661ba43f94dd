"""Pages of names: which enterprise a name in a file is, and what the office has confirmed before."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.views.generic import ListView

from apps.core.actor import Actor
from apps.core.numbers import whole_number
from apps.exchange import deciding
from apps.exchange.choices import Answer
from apps.exchange.mapping_views import OpenBatch
from apps.exchange.matching import referred
from apps.ledger.access import SignedIn

PREFIX = "name_"


class NamesPage(OpenBatch, ListView):
    """The names of a file that stand for a code: what was taken, and what waits for an answer."""

    template_name = "exchange/choose_names.html"
    paginate_by = 50

    def get_queryset(self):
        self.of = self.batch()
        return self.of.names.filter(found__in=deciding.ASKED)

    def get_context_data(self, **context):
        taken = self.of.names.exclude(found__in=deciding.ASKED)
        record = referred(self.of.ledger.resource())
        return super().get_context_data(
            batch=self.of, ledger=self.of.ledger, record=record, taken=taken[:200], more=max(taken.count() - 200, 0), **context
        )

    def post(self, request, *args, **kwargs):
        batch = self.batch()
        answers = {}
        for field, value in request.POST.items():
            if field.startswith(PREFIX) and (key := whole_number(field.removeprefix(PREFIX))) is not None:
                answers[key] = Answer.SKIP if value == Answer.SKIP else whole_number(value)
        deciding.answer_names(batch=batch, answers=answers, actor=Actor.from_request(request))
        return self.again(batch)


class KnownNames(SignedIn, ListView):
    """The names the person's office has confirmed; each can be removed."""

    template_name = "exchange/known_names.html"
    paginate_by = 50

    def allowed(self, user):
        return super().allowed(user) and user.may("change", "column-mappings")

    def get_queryset(self):
        return deciding.names_of(self.request.user)

    def get_context_data(self, **context):
        context = super().get_context_data(**context)
        return context | {"rows": deciding.with_records(context["object_list"], self.request.user)}

    def post(self, request, *args, **kwargs):
        name = get_object_or_404(self.get_queryset(), pk=whole_number(request.POST.get("name")) or 0)
        deciding.forget_name(name=name, actor=Actor.from_request(request))
        messages.success(request, f"“{name}”已取消，下次出现时重新确认。")
        return redirect("exchange:known-names")
