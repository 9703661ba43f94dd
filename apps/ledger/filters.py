"""Filters of a list, built from its declaration, and the same filters in words."""

import django_filters
from django import forms
from django.db import models

from apps.core import clock
from apps.core.controls import date_box
from apps.core.wording import HouseWords
from apps.ledger import past
from apps.ledger.fields import field_of, label_of, text

ARCHIVE_CHOICES = [("archived", "已归档"), ("all", "全部（含已归档）")]
CLOCK_CHOICES = [("overdue", "已逾期"), ("near", "临近时限"), ("none", "未定时限"), ("closed", "已办结")]


class FilterForm(HouseWords, forms.Form):
    """The controls of a filter set."""


class InWords(django_filters.FilterSet):
    """A filter set that says in words what it filters by."""

    class Meta:
        form = FilterForm

    def filter_queryset(self, queryset):
        """Show nothing for a filter that is not understood: what is left of it would pass for the answer."""
        return super().filter_queryset(queryset) if self.form.is_valid() else queryset.none()

    def words(self):
        """Say in words what is filtered: [(label, value)]."""
        if not self.form.is_valid():
            return []
        chosen = {name: value for name, value in self.form.cleaned_data.items() if value not in (None, "")}
        return [(self.filters[name].label, self._word(name, value)) for name, value in chosen.items()]

    def sentence(self):
        """Say it in one line, as it stands on an export."""
        return "；".join(f"{label}：{value}" for label, value in self.words()) or "全部"

    def _word(self, name, value):
        field = self.form.fields[name]
        listed = isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField)
        return str(dict(field.choices)[value]) if listed else text(value)


class WholeNumberFilter(django_filters.Filter):
    """A year, a month: a number without decimals, in words as it is typed."""

    field_class = forms.IntegerField


class ClockFilter(django_filters.ChoiceFilter):
    """How the deadline stands: overdue, near, without one, finished."""

    def __init__(self, ledger):
        super().__init__(label="时限", choices=CLOCK_CHOICES, empty_label="全部")
        self.ledger = ledger

    def filter(self, rows, value):
        return by_clock(self.ledger, rows, value, self.parent.day) if value else rows


def running(ledger, rows):
    """Return the rows whose clock runs: neither finished nor paused."""
    flow = ledger.workflow
    return rows.exclude(state__in=flow.closed | flow.paused) if flow else rows


def by_clock(ledger, rows, value, day=None):
    """Return the rows whose deadline stands as `value` (a key of CLOCK_CHOICES) says on `day`, by default the office's today."""
    due, flow, today = ledger.clock.due, ledger.workflow, day or clock.today()
    if value == "closed":
        return rows.filter(state__in=flow.closed) if flow else rows.none()
    rows = running(ledger, rows)
    if value == "none":
        return rows.filter(**{f"{due}__isnull": True})
    if value == "overdue":
        return rows.filter(**{f"{due}__lt": today})
    return rows.filter(**{f"{due}__gte": today, f"{due}__lte": ledger.clock.horizon(today)})


class LedgerFilterSet(InWords):
    """Search, archive, the declared filters of one ledger, and the day as of which it is shown."""

    q = django_filters.CharFilter(label="搜索", method="search")
    archived = django_filters.ChoiceFilter(label="归档", choices=ARCHIVE_CHOICES, method="by_archive", empty_label="在册")
    as_of = django_filters.DateFilter(label="截至", method="look_back", widget=date_box(), validators=[past.not_out_of_time])
    ledger = None

    @property
    def day(self):
        """The day as of which the rows are shown, None for now."""
        return self.form.cleaned_data.get("as_of") if self.form.is_valid() else None

    def search(self, rows, name, value):
        return rows.filter(self.ledger.matching(value.strip()))

    def by_archive(self, rows, name, value):
        return rows.filter(archived_at__isnull=False) if value == "archived" else rows

    def look_back(self, rows, name, value):
        return past.as_of(rows, value, self.request.user)

    def filter_queryset(self, queryset):
        rows = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("archived") else rows.live()


def offered(model):
    """Return what a filter asks for its choices: the live rows of a ledger's model that end at the asking person's scope."""
    return lambda request: model.objects.visible_to(request.user).live()


def build_filterset(ledger):
    """Return the FilterSet class of a ledger: one filter per declared path, labelled in Chinese."""
    declared = {}
    for entry in ledger.filters:
        name, filter_ = (entry, _filter_for(ledger.model, entry)) if isinstance(entry, str) else entry
        declared[name] = filter_
    if ledger.clock:
        declared["clock"] = ClockFilter(ledger)
    return type(f"{ledger.model.__name__}FilterSet", (LedgerFilterSet,), {**declared, "ledger": ledger})


def _filter_for(model, path):
    field = field_of(model, path)
    label = label_of(field)
    if field.choices:
        return django_filters.ChoiceFilter(field_name=path, label=label, choices=field.choices, empty_label="全部")
    if field.is_relation:
        return django_filters.ModelChoiceFilter(
            field_name=path,
            label=label,
            empty_label="全部",
            queryset=offered(field.related_model),
        )
    if isinstance(field, models.BooleanField):
        return django_filters.ChoiceFilter(field_name=path, label=label, choices=[("True", "是"), ("False", "否")], empty_label="全部")
    if isinstance(field, models.IntegerField):
        return WholeNumberFilter(field_name=path, label=label)
    raise TypeError(f"no filter for {model.__name__}.{path}; declare a pair (name, Filter)")
