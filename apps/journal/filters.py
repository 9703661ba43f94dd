import django_filters
from django import forms
from django.db.models import Q

from apps.journal.models import JournalEntry


class DayFilter(django_filters.DateFilter):
    """A day from the browser's calendar."""

    def __init__(self, label, method):
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "form-control"})
        super().__init__(label=label, method=method, widget=widget)


class JournalFilter(django_filters.FilterSet):
    """By act, person or object, and days (office time, as the entries carry it)."""

    act = django_filters.ChoiceFilter(label="操作", empty_label="全部", widget=forms.Select(attrs={"class": "form-select"}))
    q = django_filters.CharFilter(label="人员、身份或对象", method="named", widget=forms.TextInput(attrs={"class": "form-control"}))
    start = DayFilter("自", "since")
    end = DayFilter("至", "until")

    class Meta:
        model = JournalEntry
        fields = ["act"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        acts = JournalEntry.objects.order_by("act").values_list("act", flat=True).distinct()
        self.filters["act"].extra["choices"] = [(act, act) for act in acts]

    def named(self, entries, name, value):
        return entries.filter(
            Q(actor__icontains=value) | Q(user__username__iexact=value) | Q(post__icontains=value) | Q(target__icontains=value)
        )

    def since(self, entries, name, day):
        return entries.filter(at__gte=day.isoformat())

    def until(self, entries, name, day):
        return entries.filter(at__lt=f"{day.isoformat()}T24")  # `at` is text; the last day of the calendar has no next one
