"""Filters the figures need beside their fields."""

from functools import reduce
from operator import or_

import django_filters
from django.db.models import Q
from django.forms import NumberInput

from apps.enterprises.choices import FindingKind
from apps.enterprises.forms import SHARES
from apps.enterprises.reconciliation import offices_of
from apps.enterprises.rules.reconciliation import SHARE
from apps.ledger.filters import InWords, offered
from apps.platforms.models import Industry, Platform, Town

CALLED = ["name", "former_name", "credit_code", "initials"]  # what people know an enterprise by


def places(user):
    """Return the rows of Table 2 `user` may see as choices: platforms that count alone, then towns."""
    alone = Platform.objects.visible_to(user).filter(counts_alone=True).values_list("pk", "short_name")
    towns = Town.objects.visible_to(user).values_list("pk", "name")
    return [(f"p{pk}", name) for pk, name in alone] + [(f"t{pk}", name) for pk, name in towns]


class FirmFilter(django_filters.CharFilter):
    """Enterprises by a part of what people know them by; `prefix` leads from the row to its enterprise."""

    def __init__(self, prefix="", **kwargs):
        super().__init__(label="搜索", **kwargs)
        self.paths = [f"{prefix}{name}__icontains" for name in CALLED]

    def filter(self, rows, value):
        return rows.filter(reduce(or_, (Q(**{path: value.strip()}) for path in self.paths))) if value else rows


class PlaceFilter(django_filters.ChoiceFilter):
    """Enterprises by statistical place; `prefix` leads from the row to its enterprise."""

    def __init__(self, prefix="", **kwargs):
        self.prefix = prefix
        super().__init__(label="统计区域", empty_label="全部", **kwargs)

    @property
    def field(self):
        """Return the form field with the places the asking person may see; the filter is the filter set's own copy."""
        if "choices" not in self.extra:
            self.extra["choices"] = places(self.parent.request.user)
        return super().field

    def filter(self, rows, value):
        if not value:
            return rows
        platform, town = f"{self.prefix}platform", f"{self.prefix}town"
        if value[0] == "p":
            return rows.filter(**{platform: value[1:]})
        return rows.filter(Q(**{f"{platform}__isnull": True}) | Q(**{f"{platform}__counts_alone": False}), **{town: value[1:]})


class ReconciliationFilter(InWords):
    """Which enterprises are reconciled, which findings are shown, and from which change on there is one."""

    q = FirmFilter()
    office = django_filters.ChoiceFilter(label="部门", empty_label="全部", method="of_findings")
    kind = django_filters.ChoiceFilter(label="类别", choices=FindingKind.choices, empty_label="全部", method="of_findings")
    place = PlaceFilter()
    industry = django_filters.ModelChoiceFilter(label="产业", queryset=offered(Industry), empty_label="全部")
    share = django_filters.NumberFilter(
        label="比上年变动超过（%）", method="of_findings", widget=NumberInput({"placeholder": f"{SHARE}"}), **SHARES
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.filters["office"].extra["choices"] = [(office.value, office.label) for office in offices_of(self.request.user)]

    def of_findings(self, rows, name, value):
        """Leave the enterprises as they are: the view asks for these by itself."""
        return rows
