"""The pages of every ledger: one list, one reading page, one form, archive, history, look-up."""

from functools import cached_property

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import redirect
from django.views.generic import TemplateView, View
from django_tables2 import RequestConfig

from apps.core.actor import Actor
from apps.core.errors import Refused
from apps.core.proof import ProofRequired
from apps.ledger import dependents, past, process, registry, saved, services, urging
from apps.ledger.access import SignedIn, require_change
from apps.ledger.edit import FormFlow
from apps.ledger.fields import NOT_SHOWN, faults_of, label_of, text_of
from apps.ledger.forms import ArchiveForm
from apps.ledger.selectors import timeline

PER_PAGE = 25


class LedgerPage(SignedIn):
    """Finds the ledger and, where the URL names one, the record in the person's scope."""

    act = None

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.ledger = registry.get(kwargs["code"])
        if self.ledger is None:
            raise Http404

    def allowed(self, user):
        return super().allowed(user) and (self.act is None or self.ledger.may(user, self.act))

    def record(self):
        record = self.ledger.find(self.request.user, self.kwargs["pk"])
        if record is None:
            raise Http404
        return record

    def done_url(self, record):
        """Return where the person goes after an act on a record: to its reading page."""
        return self.ledger.address_of(record)

    @cached_property
    def day(self):
        """The day as of which a record is shown, None for now; a day nobody understands is refused."""
        day = past.day_in(self.request.GET)
        if self.request.GET.get("as_of") and day is None:
            raise Refused(past.WRONG_DAY)
        return day

    def get_context_data(self, **context):
        user = self.request.user
        may = {act: self.ledger.may(user, act) for act in ("add", "change", "archive", "import")}
        if self.ledger.workflow and "record" in context:
            may["change"] = self.ledger.may_change(user, context["record"])
        shown = set(self.ledger.sensitive) - self.ledger.hidden_from(user) if "record" in context else ()
        return super().get_context_data(ledger=self.ledger, may=may, level=self.ledger.sensitivity_of(shown), **context)


class ListPage(LedgerPage, TemplateView):
    template_name = "ledger/list.html"

    def get(self, request, *args, **kwargs):
        self.choice = saved.choice_of(self.ledger, request.user)
        view = None if request.GET else saved.opening_view(self.choice)
        return redirect(f"{request.path}?{saved.address(view)}") if view else super().get(request, *args, **kwargs)

    def get_context_data(self, **context):
        user = self.request.user
        params = self.ledger.with_period(user, self.request.GET)
        filterset = self.ledger.filterset(user, params)
        views = list(saved.views_of(self.ledger, user))
        view = saved.view_in(views, params)
        table = self._table(filterset, saved.columns_of(self.ledger, self.choice, view, filterset.day))
        return super().get_context_data(
            filterset=filterset, words=filterset.words(), table=table, sums=self.ledger.sums(filterset), params=params,
            views=views, view=view, day=filterset.day, **context
        )  # fmt: skip

    def _table(self, filterset, columns):
        rows = filterset.qs.select_related(*self.ledger.joins_of(columns))
        table = self.ledger.table_of(tuple(columns))(rows)
        table.day = filterset.day
        table.choosing = not table.day and bool(self.ledger.settable(self.request.user))
        RequestConfig(self.request, paginate={"per_page": PER_PAGE}).configure(table)
        return table


class UrgePage(LedgerPage, TemplateView):
    """The overdue rows of the list under the same conditions as text to be sent to the units that answer for them."""

    template_name = "ledger/urge.html"

    def get_context_data(self, **context):
        if self.ledger.clock is None:
            raise Http404
        user, params = self.request.user, self.request.GET
        filterset = self.ledger.filterset(user, params)
        if not filterset.form.is_valid():
            raise Refused(f"筛选条件不正确，没有生成催办文字。{faults_of(filterset.form)}")
        return super().get_context_data(words=filterset.words(), text=urging.text(self.ledger, user, params), params=params, **context)


class DetailPage(LedgerPage, TemplateView):
    """A record for reading, now or as of a day; panels of other apps know only today and are left out of the past."""

    def get_template_names(self):
        return [self.ledger.detail_template]

    def get_context_data(self, **context):
        record, user = self.record(), self.request.user
        if self.day:
            record = self._at_the_time(record)
        groups = [(title, [self._fact(record, name) for name in names]) for title, names in self.ledger.groups.items()]
        children = [self._child(child, field, record) for child, field in self.ledger.children()]
        panels = [] if self.day else [panel(record, user) for panel in self.ledger.panels]
        history = [] if self.day else timeline(record, user, limit=10)
        if self.ledger.workflow and not self.day:
            context["flow"] = process.standing(record, user)
        return super().get_context_data(
            record=record, groups=groups, children=children, panels=panels, timeline=history, day=self.day, **context
        )

    def _fact(self, record, name):
        """Return (label, value as people read it, address of what it names) of a field; a sensitive one is named and not shown."""
        field = self.ledger.model._meta.get_field(name)
        if name in self.ledger.hidden_from(self.request.user):
            return label_of(field), NOT_SHOWN, ""
        return label_of(field), text_of(record, field), self._address_of(record, field)

    def _address_of(self, record, field):
        """Return the address of the record a reference names, as of the same day; empty where this person may not see it."""
        target, named = field.is_relation and registry.of_model(field.related_model), getattr(record, field.name)
        if not (target and named and target.model.objects.visible_to(self.request.user).filter(pk=named.pk).exists()):
            return ""
        return target.address_of(named, self.day)

    def _at_the_time(self, record):
        """Return the record as it was, with what it referred to as that was."""
        user = self.request.user
        keys = [field.name for field in record._meta.concrete_fields if field.is_relation]
        return past.record_as_of(self.ledger.visible(user).select_related(*keys), record, self.day, user)

    def _child(self, child, field, record):
        user = self.request.user
        rows = child.visible(user).live().filter(**{field: record.pk}).select_related(*child.joins)
        rows = past.as_of(rows, self.day, user) if self.day else rows
        table = child.table_class(rows[:12], exclude=[field, f"{field}__credit_code"], orderable=False)
        table.day = self.day
        return {"ledger": child, "table": table, "all": child.list_of(field, record, self.day), "count": rows.count()}


class FormPage(LedgerPage, FormFlow):
    """A new record, or a change of one."""

    template_name = "ledger/form.html"

    def allowed(self, user):
        return super().allowed(user) and bool(self.ledger.writable(user) or self.ledger.workflow)

    def form(self, data=None):
        user = self.request.user
        return self.ledger.form_class(user, self.instance)(data, instance=self.instance, user=user)

    def get_context_data(self, *, form, **context):
        """Show the groups that hold something this person may write in this state."""
        groups = [(title, [form[name] for name in names if name in form.fields]) for title, names in self.ledger.groups.items()]
        return super().get_context_data(form=form, groups=[group for group in groups if group[1]], **context)


class CreatePage(FormPage):
    act = "add"

    def start(self):
        return self.ledger.model()

    def save(self, form):
        return self.ledger.create(values=form.values(), actor=Actor.from_request(self.request))


class ChangePage(FormPage):
    def allowed(self, user):
        return super().allowed(user) and self.ledger.may_change(user)

    def start(self):
        record = self.record()
        require_change(self.ledger, record, self.request.user)
        return record


class ArchivePage(LedgerPage, ProofRequired, TemplateView):
    """Archive a record with a reason, or restore it; where others go with it the password is asked for first."""

    act = "archive"
    template_name = "ledger/archive.html"

    @cached_property
    def family(self):
        return dependents.moving_with(self.record())

    def needs_proof(self):
        return bool(self.family)

    def get_context_data(self, **context):
        record, user = self.record(), self.request.user
        words, barrier = dependents.in_words(self.family, user), dependents.barrier(record, self.family, user)
        return super().get_context_data(record=record, family=words, barrier=barrier, **context)

    def post(self, request, *args, **kwargs):
        record = self.record()
        act = services.restore if record.archived_at else services.archive
        form = ArchiveForm(request.POST)
        if not form.is_valid():
            raise Refused(faults_of(form))
        act(record=record, **form.cleaned_data, actor=Actor.from_request(request))
        messages.success(request, f"已{'恢复' if record.archived_at else '归档'}：{record}。")
        return redirect(self.done_url(record))


class HistoryPage(LedgerPage, TemplateView):
    template_name = "ledger/history.html"

    def get_context_data(self, **context):
        record = self.record()
        return super().get_context_data(record=record, timeline=timeline(record, self.request.user), **context)


class LookupPage(LedgerPage, View):
    """What matches while somebody types: at most ten visible records."""

    def get(self, request, *args, **kwargs):
        rows = self.ledger.rows(request.user, {"q": request.GET.get("q", "")})[:10]
        return JsonResponse({"rows": [{"value": str(getattr(row, self.ledger.lookup)), "label": str(row)} for row in rows]})
