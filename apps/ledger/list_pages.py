"""What a person sets about a list: its columns and its saved views."""

from functools import cached_property

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.generic import TemplateView

from apps.core.actor import Actor
from apps.core.numbers import whole_number
from apps.ledger import saved
from apps.ledger.forms import ViewForm
from apps.ledger.models import SavedView
from apps.ledger.tables import key_of, title_of
from apps.ledger.views import LedgerPage

LAST = 9_999  # the place of a column nobody gave one


class ListSettings(LedgerPage, TemplateView):
    """A page about the list of a ledger, under the same address parameters as the list."""

    @cached_property
    def choice(self):
        return saved.choice_of(self.ledger, self.request.user)

    def list_url(self, query=""):
        return f"{reverse('ledger:list', args=[self.ledger.code])}?{query or 'view='}"

    def get_context_data(self, **context):
        return super().get_context_data(back=self.list_url(self.request.GET.urlencode()), **context)


class ColumnsPage(ListSettings):
    """Which columns the person's list shows, in which order."""

    template_name = "ledger/columns.html"

    def get_context_data(self, **context):
        shown = [key_of(entry) for entry in saved.columns_of(self.ledger, self.choice)]
        offered = self.ledger.offered_to(self.request.user)
        keys = [*shown, *(key for key in offered if key not in shown)]
        rows = [(number, key, title_of(self.ledger.model, offered[key]), key in shown) for number, key in enumerate(keys, start=1)]
        return super().get_context_data(rows=rows, **context)

    def post(self, request, *args, **kwargs):
        kept = [] if "declared" in request.POST else sorted(request.POST.getlist("column"), key=self._place)
        saved.keep_columns(ledger=self.ledger, user=request.user, keys=kept)
        messages.success(request, "已按您的选择显示列。")
        params = request.GET.copy()
        params["view"] = ""  # else a view's own columns would hide the choice
        return redirect(self.list_url(params.urlencode()))

    def _place(self, key):
        place = whole_number(self.request.POST.get(f"place_{key}"))
        return LAST if place is None else place


class KeepViewPage(ListSettings):
    """Give the list as it is now a name."""

    template_name = "ledger/view.html"

    def view(self):
        return SavedView(owner=self.request.user, ledger=self.ledger.code)

    def get(self, request, *args, **kwargs):
        view = self.view()
        default = view.pk is not None and saved.opening_view(self.choice) == view
        return self._page(view, ViewForm(instance=view, initial={"default": default}))

    def post(self, request, *args, **kwargs):
        view = self.view()
        if "drop" in request.POST and view.pk:
            saved.drop_view(view=view, actor=Actor.from_request(request))
            messages.success(request, f"已删除视图“{view}”。")
            return redirect(self.list_url())
        form = ViewForm(request.POST, instance=view)
        if not form.is_valid():
            return self._page(view, form)
        if not view.pk or "replace" in request.POST:
            self._take_the_list(view)
        saved.keep_view(view=view, actor=Actor.from_request(request))
        self._open_with(view, form.cleaned_data["default"])
        messages.success(request, f"已保存视图“{view}”。")
        return redirect(self.list_url(saved.address(view)))

    def _take_the_list(self, view):
        """Let the view hold the filter, the sort and the columns the list shows now."""
        params = self.request.GET
        view.query = saved.query_of(self.ledger, params)
        view.columns = [key_of(entry) for entry in saved.columns_under(self.ledger, self.request.user, params)]

    def _open_with(self, view, wanted):
        if wanted or saved.opening_view(self.choice) == view:
            saved.open_with(ledger=self.ledger, user=self.request.user, view=view if wanted else None)

    def _page(self, view, form):
        words = self.ledger.filterset(self.request.user, self.request.GET).words()
        return self.render_to_response(self.get_context_data(view=view, form=form, words=words))


class ViewPage(KeepViewPage):
    """One saved view: its owner changes it, everybody else may only let his list open with it."""

    def view(self):
        return get_object_or_404(saved.views_of(self.ledger, self.request.user), pk=self.kwargs["pk"])

    def post(self, request, *args, **kwargs):
        view = self.view()
        if view.owner_id == request.user.pk:
            return super().post(request, *args, **kwargs)
        if "default" not in request.POST and "usual" not in request.POST:
            raise Http404
        saved.open_with(ledger=self.ledger, user=request.user, view=view if "default" in request.POST else None)
        messages.success(request, "已保存。")
        return redirect(self.list_url(saved.address(view)))
