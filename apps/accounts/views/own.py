"""A person's own pages: sign-in, password, profile, choice of the post to act in."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.views.generic import TemplateView, View

from apps.accounts import selectors, services, sessions
from apps.accounts.forms import ActForm, PasswordForm, SignInForm
from apps.core.actor import Actor


def first_page(user):
    """Return where a person starts: an administrator with the people, somebody without a post with himself."""
    if user.may("read", "people"):
        return reverse("accounts:people")
    return reverse("accounts:profile" if user.reach().nobody else "workbench:home")


class SignIn(LoginView):
    template_name = "accounts/sign_in.html"
    form_class = SignInForm
    redirect_authenticated_user = True

    def get_default_redirect_url(self):
        return first_page(self.request.user)

    def form_valid(self, form):
        answer = super().form_valid(form)
        sessions.weigh(self.request.session, self.request.user, form.cleaned_data["password"])
        return answer


class SignOut(LogoutView):
    """Leave, and let the browser forget what it kept. Not its cookies: they may be those of the county's other systems."""

    def dispatch(self, request, *args, **kwargs):
        response = super().dispatch(request, *args, **kwargs)
        response["Clear-Site-Data"] = '"cache", "storage"'
        return response


class Profile(LoginRequiredMixin, TemplateView):
    template_name = "accounts/profile.html"

    def get_context_data(self, **context):
        user = self.request.user
        return super().get_context_data(posts=selectors.posts_of(user), hand_overs=selectors.hand_overs_of(user), **context)


class Password(LoginRequiredMixin, PasswordChangeView):
    """The person's own password; the only page open while it must be changed. Other sessions of his end.

    The form's old password is its proof: asked every time, and wrong ones count as failed sign-ins.
    """

    template_name = "accounts/password.html"
    form_class = PasswordForm
    success_url = reverse_lazy("accounts:profile")

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"request": self.request}

    def form_valid(self, form):
        user = self.request.user
        services.change_password(user=user, password=form.cleaned_data["new_password1"], actor=Actor.from_request(self.request))
        update_session_auth_hash(self.request, user)
        self.request.session.pop(sessions.UNFIT, None)
        messages.success(self.request, "密码已修改。")
        return redirect(self.get_success_url())


class Act(LoginRequiredMixin, View):
    """Go on in another of one's own posts; under a new session key, since rights change with it."""

    http_method_names = ["post"]

    def post(self, request):
        form = ActForm(request.POST, user=request.user)
        if not form.is_valid():
            raise Http404
        post = form.cleaned_data["post"]
        request.user.acting_post_id = post.pk
        services.act_in(post=post, actor=Actor.from_request(request))
        request.session.cycle_key()
        request.session[sessions.POST] = post.pk
        messages.success(request, f"现以“{post}”办理。")
        return redirect(first_page(request.user))
