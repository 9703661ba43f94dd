import django_filters
from django.db.models import Q

from apps.core.controls import date_box
from apps.journal.models import JournalEntry


class JournalFilter(django_filters.FilterSet):
    """By act, person or object, and days (office time, as the entries carry it)."""

    act = django_filters.ChoiceFilter(label="操作", empty_label="全部")
    q = django_filters.CharFilter(label="人员、身份或对象", method="named")
    start = django_filters.DateFilter(label="自", method="since", widget=date_box())
    end = django_filters.DateFilter(label="至", method="until", widget=date_box())

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
