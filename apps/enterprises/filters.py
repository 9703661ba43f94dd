"""Filters the figures need beside their fields."""

import django_filters
from django.db.models import Q

from apps.platforms.models import Platform, Town


def places(request=None):
    """Return the rows of Table 2 as choices: platforms that count alone, then towns."""
    alone = [(f"p{pk}", name) for pk, name in Platform.objects.filter(counts_alone=True).values_list("pk", "short_name")]
    return alone + [(f"t{pk}", name) for pk, name in Town.objects.values_list("pk", "name")]


class PlaceFilter(django_filters.ChoiceFilter):
    """Enterprises by statistical place; `prefix` leads from the row to its enterprise."""

    def __init__(self, prefix="", **kwargs):
        self.prefix = prefix
        super().__init__(label="统计区域", choices=places, empty_label="全部", **kwargs)

    def filter(self, rows, value):
        if not value:
            return rows
        platform, town = f"{self.prefix}platform", f"{self.prefix}town"
        if value[0] == "p":
            return rows.filter(**{platform: value[1:]})
        return rows.filter(Q(**{f"{platform}__isnull": True}) | Q(**{f"{platform}__counts_alone": False}), **{town: value[1:]})
