"""Filters the figures need beside their fields."""

import django_filters
from django.db.models import Q

from apps.platforms.models import Platform, Town


def places(user):
    """Return the rows of Table 2 `user` may see as choices: platforms that count alone, then towns."""
    alone = Platform.objects.visible_to(user).filter(counts_alone=True).values_list("pk", "short_name")
    towns = Town.objects.visible_to(user).values_list("pk", "name")
    return [(f"p{pk}", name) for pk, name in alone] + [(f"t{pk}", name) for pk, name in towns]


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
