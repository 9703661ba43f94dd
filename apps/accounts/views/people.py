"""The administrators' pages: the system administrator registers, the security administrator grants, all three read."""

import datetime as dt
from functools import partial

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.views.decorators.cache import never_cache
from django.views.generic import CreateView, DetailView, FormView, TemplateView, View
from django_tables2 import SingleTableView

from apps.accounts import factors, handover, selectors, services
from apps.accounts.forms import OrganisationForm, PersonForm, PostForm, SuccessorForm
from apps.accounts.models import Organisation, Post, User
from apps.accounts.tables import PeopleTable
from apps.core.actor import Actor
from apps.core.errors import Refused
from apps.core.proof import ProofRequired
from apps.core.text import normalise
from apps.ledger.access import RightRequired
from apps.ledger.edit import once

FORESIGHT = dt.timedelta(days=14)  # so long before it is closed an unused account stands on the list


class PeopleRight(RightRequired):
    subject = "people"

    @property
    def actor(self):
        return Actor.from_request(self.request)

    def get_context_data(self, **context):
        user = self.request.user
        return super().get_context_data(may={act: user.may(act, self.subject) for act in ("propose", "grant")}, **context)


class PeoplePage(PeopleRight, SingleTableView):
    template_name = "accounts/people.html"
    table_class = PeopleTable
    table_pagination = {"per_page": 25}

    def get_queryset(self):
        words = normalise(self.request.GET.get("q", ""))
        if self.request.GET.get("show") != "unused":
            return selectors.people(words)
        soon = selectors.unused(within=settings.UNUSED_AFTER - FORESIGHT)
        return selectors.people(words, among=[user.pk for user, _ in soon])

    def get_context_data(self, **context):
        days = {"foresight": FORESIGHT.days, "limit": settings.UNUSED_AFTER.days}
        return super().get_context_data(days=days, unused=self.request.GET.get("show") == "unused", **context)


class PersonPage(PeopleRight, DetailView):
    model = User
    template_name = "accounts/person.html"
    context_object_name = "person"

    def get_context_data(self, **context):
        factor = self.object.authenticator_set.filter(confirmed=True).first()
        return super().get_context_data(posts=selectors.posts_of(self.object), factor=factor, **context)


class SentOnce:
    """A form that makes something new and, sent twice, makes it once (`edit.once`); `form_valid` returns the address to go to."""

    def post(self, request, *args, **kwargs):
        return once(request, partial(super().post, request, *args, **kwargs))


class Register(PeopleRight, SentOnce, CreateView):
    """A form for something new; what the service has against it, also what came up since the form was checked, is told on it."""

    act = "propose"

    def register(self, **values):
        """Call the service and return the address to go to."""
        raise NotImplementedError

    def form_valid(self, form):
        try:
            return self.register(**form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        return self.form_invalid(form)


class Propose(Register):
    model = User
    form_class = PersonForm
    template_name = "accounts/form.html"
    extra_context = {"title": "登记人员", "note": "登记后由安全管理员授予岗位并发放一次性密码。"}

    def register(self, **values):
        person = services.propose_user(actor=self.actor, **values)
        messages.success(self.request, f"已登记：{person}，待安全管理员授予岗位并发放一次性密码。")
        return reverse("accounts:person", args=[person.pk])


class Organisations(Register):
    """The county's bodies, with a form for one more."""

    model = Organisation
    form_class = OrganisationForm
    template_name = "accounts/organisations.html"

    def get_context_data(self, **context):
        return super().get_context_data(organisations=Organisation.objects.select_related("parent"), **context)

    def register(self, **values):
        organisation = services.add_organisation(actor=self.actor, **values)
        messages.success(self.request, f"已登记：{organisation}。")
        return reverse("accounts:organisations")


class Grant(PeopleRight, ProofRequired, SentOnce, FormView):
    act = "grant"
    form_class = PostForm
    template_name = "accounts/form.html"

    @cached_property
    def person(self):
        return get_object_or_404(User, pk=self.kwargs["pk"])

    def get_context_data(self, **context):
        return super().get_context_data(title=f"授予岗位：{self.person}", note="授予后该人员须重新登录。", **context)

    def form_valid(self, form):
        try:
            post = services.grant_post(user=self.person, actor=self.actor, **form.cleaned_data)
        except Refused as refusal:
            self.request.refusal = str(refusal)
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, f"已授予{self.person}：{post}。")
        return reverse("accounts:person", args=[self.person.pk])


class PersonAct(PeopleRight, View):
    """A button on a person's page; what came of it, a refusal too, is told there."""

    act = "grant"
    http_method_names = ["post"]

    @cached_property
    def person(self):
        return get_object_or_404(User, pk=self.kwargs["pk"])

    def post(self, request, *args, **kwargs):
        person = self.person
        try:
            return self.answer(self.carry_out(person))
        except Refused as refusal:
            request.refusal = str(refusal)
            messages.error(request, str(refusal))
            return redirect("accounts:person", person.pk)

    def carry_out(self, person):
        """Do the act and return what to tell."""
        raise NotImplementedError

    def answer(self, told):
        messages.success(self.request, told)
        return redirect("accounts:person", self.person.pk)


class Deactivate(PersonAct):
    def carry_out(self, person):
        services.deactivate(user=person, actor=self.actor)
        return f"已停用{person}，其会话已终止。"


class Activate(PersonAct):
    def carry_out(self, person):
        services.activate(user=person, actor=self.actor)
        return f"已启用{person}。"


class Unlock(PersonAct):
    def carry_out(self, person):
        services.unlock(user=person, actor=self.actor)
        return f"已解除{person}的登录锁定。"


class RemoveFactor(ProofRequired, PersonAct):
    def proof_back(self):
        return reverse("accounts:person", args=[self.person.pk])

    def carry_out(self, person):
        factors.remove(user=person, actor=self.actor)
        return f"已解除{person}的二次验证，下次登录时重新绑定。"


class EndSessions(PersonAct):
    def carry_out(self, person):
        services.end_sessions(user=person, actor=self.actor)
        return f"已终止{person}的全部会话。"


@method_decorator(never_cache, name="dispatch")
class ResetPassword(ProofRequired, PersonAct):
    """Answer with the one-time password itself: it is shown here and kept nowhere, not even in a message."""

    def proof_back(self):
        return reverse("accounts:person", args=[self.person.pk])

    def carry_out(self, person):
        return services.reset_password(user=person, actor=self.actor)

    def answer(self, told):
        shown = {"person": self.person, "password": told, "days": settings.ONE_TIME_PASSWORD_LIFE.days}
        return render(self.request, "accounts/one_time_password.html", shown)


class EndPost(ProofRequired, PersonAct):
    """End a post and hand its open items over; from a page that asked for the password."""

    def proof_back(self):
        return reverse("accounts:ending", args=[self.kwargs["pk"]])

    @cached_property
    def held(self):
        return get_object_or_404(Post, pk=self.kwargs["pk"])

    @cached_property
    def person(self):
        return self.held.user

    def carry_out(self, person):
        form = SuccessorForm(self.request.POST, post=self.held)
        if not form.is_valid():
            raise Refused("接收岗位须是他人的、同一角色和范围的在任岗位。")
        services.end_post(post=self.held, successor=form.cleaned_data["successor"], actor=self.actor)
        return f"已终止{person}的岗位：{self.held}。"


class Ending(PeopleRight, ProofRequired, TemplateView):
    """Before a post is ended: how much it leaves open, in numbers only, and who takes it over."""

    act = "grant"
    template_name = "accounts/ending.html"

    def get_context_data(self, **context):
        post = get_object_or_404(Post.objects.select_related("user"), pk=self.kwargs["pk"])
        counts = handover.counts(handover.sheet(post))
        return super().get_context_data(post=post, person=post.user, counts=counts, form=SuccessorForm(post=post), **context)
