"""The pages of an office that has just begun: no data, or a few firms."""

import pytest
from django.urls import reverse

from tests import factories as make
from tests.grading.conftest import evaluate, firm

pytestmark = pytest.mark.django_db
OVERVIEW, LIST = reverse("grading:overview"), reverse("grading:list")


def test_overview_without_any_data(client, office):
    client.force_login(office)
    assert "没有任何年度数据" in client.get(OVERVIEW).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_queries_for_one_and_three_rows(client, office, django_assert_num_queries, count):
    for number in range(count):
        firm(f"示例{number}厂", 100 + number, 10, platform=make.platform("丽缙园"))
    evaluate()
    client.force_login(office)
    client.get(LIST)
    with django_assert_num_queries(14):
        client.get(LIST)
