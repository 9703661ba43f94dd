import django_filters
from django.db.models import Q

from apps.enterprises.choices import Scale
from apps.enterprises.filters import PlaceFilter
from apps.grading.choices import Grade
from apps.grading.models import GradeResult
from apps.ledger.filters import InWords
from apps.platforms.models import Industry, Town

SEARCH = ("name", "former_name", "credit_code", "initials")


def visible(model):
    """Return choices that end at the person's scope."""
    return lambda request: model.objects.visible_to(request.user).live()


class ResultFilter(InWords, django_filters.FilterSet):
    q = django_filters.CharFilter(label="搜索", method="search")
    group = django_filters.ChoiceFilter(label="分组", choices=Scale.choices, empty_label="全部")
    grade = django_filters.ChoiceFilter(label="等级", choices=Grade.choices, empty_label="全部")
    industry = django_filters.ModelChoiceFilter(
        field_name="enterprise__industry", label="产业", queryset=visible(Industry), empty_label="全部"
    )
    place = PlaceFilter("enterprise__")
    town = django_filters.ModelChoiceFilter(field_name="enterprise__town", label="乡镇街道", queryset=visible(Town), empty_label="全部")

    class Meta:
        model = GradeResult
        fields = []

    def search(self, rows, name, value):
        found = Q()
        for field in SEARCH:
            found |= Q(**{f"enterprise__{field}__icontains": value.strip()})
        return rows.filter(found)
