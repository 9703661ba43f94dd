"""A person's own access tokens: made, shown once, listed, revoked."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import FormView, View

from apps.accounts import tokens
from apps.accounts.forms import TokenForm
from apps.accounts.models import AccessToken
from apps.core.actor import Actor
from apps.core.errors import Refused
from apps.core.proof import ProofRequired


@method_decorator(never_cache, name="dispatch")
class Tokens(LoginRequiredMixin, ProofRequired, FormView):
    """The tokens in use and the form of a new one; the answer to the form shows the token itself, here and never again."""

    form_class = TokenForm
    template_name = "accounts/tokens.html"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"user": self.request.user}

    def get_context_data(self, **context):
        return super().get_context_data(tokens=tokens.alive(self.request.user), **context)

    def form_valid(self, form):
        try:
            text = tokens.make(actor=Actor.from_request(self.request), **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        return render(self.request, "accounts/token.html", {"text": text, **form.cleaned_data})


class Revoke(LoginRequiredMixin, View):
    http_method_names = ["post"]

    def post(self, request, pk):
        token = AccessToken.objects.filter(user=request.user, reference=pk).first()
        if token is None:
            raise Http404
        tokens.revoke(token=token, actor=Actor.from_request(request))
        messages.success(request, f"已撤销访问令牌：{token}。")
        return redirect("accounts:tokens")
