import django_filters

from apps.enterprises.choices import Scale
from apps.enterprises.filters import FirmFilter, PlaceFilter
from apps.grading.choices import Grade
from apps.ledger.filters import InWords, offered
from apps.platforms.models import Industry, Town


class ResultFilter(InWords):
    q = FirmFilter("enterprise__")
    group = django_filters.ChoiceFilter(label="分组", choices=Scale.choices, empty_label="全部")
    grade = django_filters.ChoiceFilter(label="等级", choices=Grade.choices, empty_label="全部")
    industry = django_filters.ModelChoiceFilter(
        field_name="enterprise__industry", label="产业", queryset=offered(Industry), empty_label="全部"
    )
    place = PlaceFilter("enterprise__")
    town = django_filters.ModelChoiceFilter(field_name="enterprise__town", label="乡镇街道", queryset=offered(Town), empty_label="全部")
