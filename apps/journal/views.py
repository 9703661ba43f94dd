from django.contrib.auth.mixins import LoginRequiredMixin, UserPassesTestMixin
from django_filters.views import FilterView

from apps.journal import selectors
from apps.journal.filters import JournalFilter


class JournalList(LoginRequiredMixin, UserPassesTestMixin, FilterView):
    """What happened, newest first, for the audit administrator; `?verify=1` walks the whole chain."""

    filterset_class = JournalFilter
    template_name = "journal/list.html"
    paginate_by = 50
    queryset = selectors.entries()

    def test_func(self):
        return self.request.user.may("read", "journal")

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        if self.request.GET.get("verify"):
            context["verdict"] = selectors.verify()
        context["broken"] = [entry.seq for entry in context["object_list"] if not entry.holds]
        return context
