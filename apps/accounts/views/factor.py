"""A person's second factor: bind it, type its code at sign-in; and the password once more before a delicate act."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.views import RedirectURLMixin
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.views.generic import FormView
from django_otp import login

from apps.accounts import factors, services, sessions
from apps.accounts.forms import CodeForm, ProofForm
from apps.accounts.views.own import first_page
from apps.core import proof
from apps.core.actor import Actor
from apps.core.errors import Refused

SECRET = "factor_sealed"


class Verify(LoginRequiredMixin, FormView):
    """The second half of a sign-in; under a new session key, since it opens everything."""

    template_name = "accounts/verify.html"
    form_class = CodeForm

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and (request.user.is_verified() or not request.session.get(sessions.FACTOR)):
            return redirect(first_page(request.user))
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form):
        request = self.request
        device = factors.verify(user=request.user, code=form.cleaned_data["code"], actor=Actor.from_request(request))
        if device is None:
            form.add_error("code", factors.WRONG)
            return self.form_invalid(form)
        request.session.cycle_key()
        sessions.take_place(request.session, request.user)
        login(request, device)
        return redirect(first_page(request.user))


class Enrol(LoginRequiredMixin, proof.ProofRequired, FormView):
    """Bind a phone, for the first time or in place of the last one. The secret is shown until its first code is typed."""

    template_name = "accounts/enrol.html"
    form_class = CodeForm

    def needs_proof(self):
        return bool(self.request.session.get(sessions.FACTOR))

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and request.user.is_sample:
            raise PermissionDenied("示例人员由多人共用，不绑定二次验证。")
        return super().dispatch(request, *args, **kwargs)

    @property
    def secret(self):
        return self.request.session.setdefault(SECRET, factors.new_secret())

    def get_context_data(self, **context):
        replaces = self.request.session.get(sessions.FACTOR)
        return super().get_context_data(secret=factors.shown(self.request.user, self.secret), replaces=replaces, **context)

    def form_valid(self, form):
        request = self.request
        try:
            device = factors.bind(user=request.user, sealed=self.secret, code=form.cleaned_data["code"], actor=Actor.from_request(request))
        except Refused as refusal:
            form.add_error("code", str(refusal))
            return self.form_invalid(form)
        del request.session[SECRET]
        request.session.cycle_key()
        request.session[sessions.FACTOR] = True
        sessions.go_on(request.session, device.user)
        login(request, device)
        messages.success(request, "已绑定二次验证。以后每次登录须输入手机上的验证码。")
        return redirect(first_page(request.user))


class Prove(LoginRequiredMixin, RedirectURLMixin, FormView):
    """Ask for the password again and lead back to where it was wanted."""

    template_name = "accounts/prove.html"
    form_class = ProofForm
    next_page = "accounts:profile"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"request": self.request}

    def get_context_data(self, **context):
        return super().get_context_data(next=self.get_redirect_url(), **context)

    def form_valid(self, form):
        services.prove(user=self.request.user, actor=Actor.from_request(self.request))
        proof.mark(self.request.session)
        return redirect(self.get_success_url())
