import pytest

from apps.platforms.models import Town
from tests import factories

pytestmark = pytest.mark.django_db


def test_rows_by_keys_are_one_statement_however_many_keys(django_assert_num_queries):
    town, _ = factories.town("甲镇"), factories.town("乙镇")
    with django_assert_num_queries(1):
        assert list(Town.objects.filter(pk__among=[town.pk, *range(10**6, 10**6 + 40_000)])) == [town]


def test_no_keys_are_no_rows_and_no_statement(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert not Town.objects.filter(pk__among=[]).exists()
