"""The pages of the reconciliation (数据核对)."""

from functools import cached_property

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.views.generic import TemplateView, View
from django_tables2 import RequestConfig

from apps.core import clock
from apps.core.actor import Actor
from apps.core.errors import Refused
from apps.enterprises import circulars, services
from apps.enterprises.choices import FindingKind
from apps.enterprises.filters import ReconciliationFilter
from apps.enterprises.forms import RemindForm
from apps.enterprises.models import Enterprise
from apps.enterprises.reconciliation import counts, offices_of, reconcile, reminded, reporters
from apps.enterprises.rules.reconciliation import SHARE
from apps.enterprises.selectors import years_with_facts
from apps.enterprises.tables import FindingTable
from apps.exchange.writer import XLSX
from apps.ledger.access import RightRequired
from apps.ledger.downloads import attachment
from apps.ledger.fields import faults_of
from apps.ledger.views import PER_PAGE


class Asked(RightRequired):
    """What a page asks for: ?year=, else the newest year with figures; the filter; the share."""

    subject = "reconciliation"

    @cached_property
    def reported(self):
        return years_with_facts(self.request.user)

    @cached_property
    def years(self):
        return sorted({*self.reported, clock.today().year - 1}, reverse=True)

    @cached_property
    def year(self):
        asked = self.request.GET.get("year", "")
        if asked and asked not in map(str, self.years):
            raise Http404
        return int(asked) if asked else (self.reported or self.years)[0]

    @cached_property
    def filterset(self):
        firms = Enterprise.objects.visible_to(self.request.user).live()
        return ReconciliationFilter(self.request.GET, queryset=firms, request=self.request)

    @property
    def chosen(self):
        return self.filterset.form.cleaned_data if self.filterset.form.is_valid() else {}

    @property
    def share(self):
        return self.chosen.get("share") or SHARE

    @cached_property
    def found(self):
        """Every finding about the enterprises chosen; none while the filter is not understood."""
        if not self.filterset.form.is_valid():
            return []
        return reconcile(year=self.year, user=self.request.user, share=self.share, firms=self.filterset.qs)

    @property
    def shown(self):
        """The findings of the office and the kind chosen."""
        wanted = {name: self.chosen.get(name) for name in ("office", "kind")}
        return [finding for finding in self.found if all(value in ("", None, getattr(finding, name)) for name, value in wanted.items())]

    def require_sense(self):
        if not self.filterset.form.is_valid():
            raise Refused(f"筛选条件不正确，没有核对。{faults_of(self.filterset.form)}")


class Reconciliation(Asked, TemplateView):
    template_name = "enterprises/reconciliation.html"

    def get_context_data(self, **context):
        table = FindingTable(self.shown)
        RequestConfig(self.request, paginate={"per_page": PER_PAGE}).configure(table)
        user = self.request.user
        return super().get_context_data(
            year=self.year,
            years=self.years,
            share=circulars.percent(self.share),
            filterset=self.filterset,
            words=self.filterset.words(),
            table=table,
            shown=len(table.data),
            kinds=[(kind, circulars.in_words(kind, self.share)) for kind in FindingKind],
            offices=self._offices(user),
            may_remind=user.may("remind", self.subject),
            params=self.request.GET,
            **context,
        )

    def _offices(self, user):
        """[(office, [(kind, number)], posts, last DataReminder)] of the offices the person sees."""
        found, posts, last = counts(self.found), reporters(), reminded(self.year)
        return [(office, list(found[office].items()), posts[office], last.get(office)) for office in offices_of(user)]


class Workbook(Asked, View):
    """The same findings as a workbook, one sheet for each kind."""

    def get(self, request):
        self.require_sense()
        actor = Actor.from_request(request)
        file, _, _ = circulars.export(findings=self.shown, year=self.year, share=self.share, words=self.filterset.words(), actor=actor)
        return attachment(f"{self.year}年数据核对{clock.today():%Y%m%d}.xlsx", file, XLSX)


class Urge(Asked, TemplateView):
    """The same findings as text to be sent to the offices."""

    template_name = "enterprises/urge.html"

    def get_context_data(self, **context):
        self.require_sense()
        text = circulars.text(self.shown, self.year, self.share)
        return super().get_context_data(year=self.year, words=self.filterset.words(), text=text, params=self.request.GET, **context)


class Remind(RightRequired, View):
    """Remind every office concerned, once a day."""

    subject = "reconciliation"
    act = "remind"

    def get(self, request):
        return redirect("enterprises:reconciliation")

    def post(self, request):
        form = RemindForm(request.POST)
        if not form.is_valid():
            raise Refused(faults_of(form))
        written = services.remind_offices(**form.cleaned_data, actor=Actor.from_request(request))
        messages.success(request, f"已提醒：{'、'.join(reminder.get_office_display() for reminder in written)}。")
        return redirect(reverse("enterprises:reconciliation", query={"year": form.cleaned_data["year"]}))


class Seen(RightRequired, View):
    """Take note of a reminder (已知悉)."""

    subject = "reconciliation"
    http_method_names = ["post"]

    def post(self, request, pk):
        if not services.take_note(pk=pk, actor=Actor.from_request(request)):
            messages.info(request, "该提醒已不需要您知悉。")
        return redirect("workbench:home")
