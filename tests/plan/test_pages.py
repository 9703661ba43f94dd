"""The plan's three pages: who may read them, what they show."""

from decimal import Decimal

import pytest
from django.urls import reverse

from apps.accounts.choices import ADMINISTRATORS, Role
from apps.core.actor import Actor
from apps.plan.rules import Verdict
from apps.plan.services import load_plan
from apps.platforms.models import Industry, Platform, Town
from tests import factories

pytestmark = pytest.mark.django_db
PAGES = ("plan:check", "plan:tables", "plan:targets")


@pytest.fixture
def plan():
    load_plan(actor=Actor.system("load_plan"))


@pytest.fixture
def leader(client):
    client.force_login(factories.person("leader", Role.LEADER))
    return client


@pytest.mark.parametrize("page", PAGES)
def test_every_business_post_reads_and_the_administrators_do_not(client, plan, page):
    assert client.get(reverse(page)).status_code == 302
    for role in Role:
        client.force_login(factories.person(role.value, role))
        assert client.get(reverse(page)).status_code == (403 if role in ADMINISTRATORS else 200)


@pytest.mark.parametrize("page", PAGES)
def test_before_the_plan_is_loaded_the_page_says_so(leader, page):
    answer = leader.get(reverse(page))
    assert answer.status_code == 409
    assert "尚未载入规划数据，请先运行 load_plan。" in answer.content.decode()


def test_the_check_shows_seven_tables_fifteen_badges_and_the_notes(leader, plan):
    answer = leader.get(reverse("plan:check"))
    page = answer.content.decode()
    assert [table.name for table in answer.context["tables"]] == [f"表{number}" for number in range(1, 8)]
    assert answer.context["counts"] == {Verdict.AGREES: 129, Verdict.DIFFERS: 15, Verdict.OPEN: 213}
    assert page.count("不一致，重算") == 15
    assert "不一致，重算 334</span> <strong>335</strong>" in page
    assert [len(items) for _, _, items in answer.context["notes"]] == [26, 26]
    assert "24 × 10000 ÷ 592 ＝ 405.41" in page


def test_the_check_asks_the_database_the_same_few_times(leader, plan, django_assert_num_queries):
    leader.get(reverse("plan:check"))
    with django_assert_num_queries(12):  # session, person, posts; seven tables, targets; notes
        leader.get(reverse("plan:check"))


def test_a_printed_table_keeps_its_shape(leader, plan):
    tables = {table.name: table for table in leader.get(reverse("plan:check")).context["tables"]}
    assert list(tables["表4"].columns.items())[0] == ("现代装备", None)
    assert [(row, unit) for row, unit, _ in tables["表4"].rows][:2] == [("2020年产值", "亿元"), ("2025年目标", "亿元")]
    assert tables["表5"].columns["拆迁建筑面积"] == "平方米"
    total = tables["表6"].rows[-1]
    assert (total[0], [item and item.figure.printed for item in total[2]]) == ("合计", ["5125", None, "1197.18", "3611.16", "186"])
    assert tables["表7"].formulas == []


def test_the_tables_page_marks_what_differs(leader, plan):
    firm = factories.enterprise(
        town=Town.objects.get(name="壶镇镇"),
        platform=Platform.objects.get(short_name="丽缙园"),
        industry=Industry.objects.get(name="现代装备"),
    )
    factories.yearly(firm, output=Decimal(1266000))
    factories.occupation(firm, area=Decimal(2318))
    answer = leader.get(reverse("plan:tables"))
    equipment = answer.context["tables"][0]["rows"][0]
    assert (equipment.name, equipment.differing) == ("现代装备", ["enterprises"])
    assert answer.context["tables"][0]["per_mu"]["series"][0]["data"][0] == Decimal("546.16")
    assert "您只能看到本范围内的企业" not in answer.content.decode()
    assert answer.content.decode().count('data-chart="') == 4


@pytest.mark.parametrize("firms", [1, 3])
def test_the_tables_page_asks_the_same_few_times_for_any_number_of_firms(leader, plan, django_assert_num_queries, firms):
    for _ in range(firms):
        firm = factories.enterprise(town=Town.objects.get(name="东渡镇"), industry=Industry.objects.get(name="现代装备"))
        factories.yearly(firm, output=Decimal(5000))
        factories.occupation(firm)
    with django_assert_num_queries(9):
        leader.get(reverse("plan:tables"))


def test_a_reader_of_one_park_is_told_that_the_sums_are_not_the_countys(client, plan):
    park = factories.person("park", Role.PARK, platform=Platform.objects.get(short_name="丽缙园"))
    client.force_login(park)
    assert "您只能看到本范围内的企业，台账数不是全县数" in client.get(reverse("plan:tables")).content.decode()


def test_the_targets_stand_in_the_plans_words(leader, plan):
    answer = leader.get(reverse("plan:targets"))
    staged = {row: [item and item.figure.phrase for item in items] for row, _, items in answer.context["staged"]}
    assert staged["规上产值"] == ["600", "突破 1500"]
    assert staged["规上亩均产值"] == ["660 以上", "力争 1000"]
    assert staged["新增工业用地"] == [None, "12000 以上"]
    assert [item.figure.phrase for item in answer.context["others"]["亩均税收直接降为D档"]] == ["低于 3"]
