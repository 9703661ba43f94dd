from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import redirect
from django.views.generic import TemplateView

from apps.accounts.choices import Role
from apps.ledger import registry
from apps.ledger.access import SignedIn
from apps.workbench.selectors import overview
from apps.workbench.shortcuts import shortcuts_of

FOUND_PER_LEDGER = 10
SEARCHED = ["enterprises", "parcels", "platforms", "towns"]


class Home(LoginRequiredMixin, TemplateView):
    """The first page after signing in: what this post is for, and how its part of the county stands.

    A chain chief came for one page, on a phone: he gets it at once.
    """

    template_name = "workbench/home.html"

    def get(self, request, *args, **kwargs):
        if request.user.role == Role.CHAIN_CHIEF:
            return redirect("chains:list")
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **context):
        user = self.request.user
        return super().get_context_data(shortcuts=shortcuts_of(user), overview=overview(user), **context)


class Search(SignedIn, TemplateView):
    """Search over the ledgers people look things up in; only what the person may see is found or counted."""

    template_name = "workbench/search.html"

    def get_context_data(self, **context):
        words = self.request.GET.get("q", "").strip()
        found = [self._find(registry.get(code), words) for code in SEARCHED] if words else []
        return super().get_context_data(words=words, found=[group for group in found if group["count"]], **context)

    def _find(self, ledger, words):
        rows = ledger.rows(self.request.user, {"q": words})
        return {"ledger": ledger, "count": rows.count(), "rows": rows[:FOUND_PER_LEDGER]}
