from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import JsonResponse
from django.shortcuts import redirect
from django.views.generic import TemplateView, View

from apps.accounts.choices import Role
from apps.core.actor import Actor
from apps.enterprises.reconciliation import reminders_for
from apps.ledger import registry, reminders, todo
from apps.ledger.access import SignedIn
from apps.workbench.selectors import overview
from apps.workbench.shortcuts import shortcuts_of

URGENT = 8  # to-dos on the first page
NOTED = 4  # reminders of one ledger on the first page
FOUND_PER_LEDGER = 10
LONGEST = 100  # characters searched for


class Home(LoginRequiredMixin, TemplateView):
    """The first page after signing in: what waits for this person, what this post is for, how its part of the county stands.

    A chain chief came for one page, on a phone: he gets it at once, his to-dos on top of it.
    """

    template_name = "workbench/home.html"

    def get(self, request, *args, **kwargs):
        if request.user.role == Role.CHAIN_CHIEF:
            return redirect("chains:list")
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **context):
        user = self.request.user
        return super().get_context_data(
            waiting=todo.brief(user, URGENT),
            reminders=reminders.of(user, NOTED),
            data_reminders=reminders_for(user),
            deadlines=todo.deadlines(user),
            shortcuts=shortcuts_of(user),
            overview=overview(user),
            **context,
        )


class TodoPage(SignedIn, TemplateView):
    """Everything that waits for this person, by ledger and move; each line leads straight to the move."""

    template_name = "workbench/todo.html"

    def get_context_data(self, **context):
        user = self.request.user
        return super().get_context_data(
            groups=todo.groups(user), reminders=reminders.of(user, todo.SHOWN), data_reminders=reminders_for(user), **context
        )


class Bell(SignedIn, View):
    """The numbers of the bell, asked for after the page is there."""

    def get(self, request):
        user = request.user
        return JsonResponse({"todos": todo.count(user), "reminders": reminders.count(user) + len(reminders_for(user))})


class Seen(SignedIn, View):
    """Take note of a reminder (已知悉)."""

    http_method_names = ["post"]

    def post(self, request, pk):
        if not reminders.take_note(pk=pk, actor=Actor.from_request(request)):
            messages.info(request, "该提醒已不需要您知悉。")
        return redirect("workbench:todo")


class Search(SignedIn, TemplateView):
    """Search over every ledger; only what the person may see is found.

    One query for each of them, and no more rows than are shown.
    """

    template_name = "workbench/search.html"

    def get_context_data(self, **context):
        words = "".join(filter(str.isprintable, self.request.GET.get("q", ""))).strip()[:LONGEST]
        found = [self._find(ledger, words) for ledger in registry.all() if ledger.search] if words else []
        return super().get_context_data(words=words, found=[group for group in found if group["rows"]], **context)

    def _find(self, ledger, words):
        rows = list(ledger.search_for(self.request.user, words, FOUND_PER_LEDGER + 1))
        shown, more = rows[:FOUND_PER_LEDGER], ledger.list_of_words(words) if rows[FOUND_PER_LEDGER:] else None
        return {"ledger": ledger, "rows": shown, "links": [(row, ledger.address_of(row)) for row in shown], "more": more}
