"""Columns a person chooses and views with a name."""

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from apps.accounts.choices import Role
from apps.journal.models import JournalEntry
from apps.ledger.models import SavedView
from tests import factories
from tests.ledger.contract import signed_in

pytestmark = pytest.mark.django_db
LIST = "/ledger/enterprises/"


@pytest.fixture
def permu():
    return signed_in(factories.person("permu", Role.PER_MU))


@pytest.fixture
def leader():
    return signed_in(factories.person("leader", Role.LEADER))


def url(name, *args):
    return reverse(f"ledger:{name}", args=["enterprises", *args])


def columns(client, query=""):
    return [column.name for column in client.get(f"{LIST}?{query}").context["table"].columns]


def choose(client, *keys):
    data = {"column": keys} | {f"place_{key}": place for place, key in enumerate(keys, start=1)}
    assert client.post(url("columns"), data).status_code == 302


def keep(client, name, query="", **data):
    """Save the list at `query` as a view and return it."""
    answer = client.post(f"{url('keep')}?{query}", {"name": name, **data})
    assert answer.status_code == 302, answer.context["form"].errors
    return SavedView.objects.get(name=name)


def test_columns_are_chosen_ordered_and_kept_for_the_person(permu, leader):
    factories.enterprise("甲厂", address="溪滨路 1 号")
    choose(permu, "address", "name", "state")
    assert columns(permu) == ["address", "name", "state"]
    assert "溪滨路 1 号" in permu.get(LIST).content.decode()
    assert columns(leader)[:2] == ["name", "credit_code"]
    permu.post(url("columns"), {"declared": "1"})
    assert columns(permu) == columns(leader)


def test_only_columns_of_the_ledger_are_offered_and_kept(permu):
    offered = [key for _, key, _, _ in permu.get(url("columns")).context["rows"]]
    declared = {"name", "credit_code", "scale", "town", "platform", "industry", "state"}
    assert set(offered) == declared | {"former_name", "founded_on", "gb_code", "address", "contact"}
    choose(permu, "name", "contact", "initials", "town__code", "__class__")
    assert columns(permu) == ["name", "contact"]


def test_a_chosen_column_sorts_and_costs_no_more_queries(permu, django_assert_num_queries):
    for number in range(3):
        factories.enterprise(f"厂{number}", address=f"{9 - number} 号")
    choose(permu, "name", "town", "address")
    page = permu.get(LIST, {"sort": "address"})
    assert [row.record.name for row in page.context["table"].rows] == ["厂2", "厂1", "厂0"]
    with django_assert_num_queries(13):
        permu.get(LIST)


def sheet_of(client, query):
    answer = client.get(f"/exchange/enterprises/export/?{query}")
    return [[cell.value for cell in row] for row in load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active.iter_rows()]


def test_the_export_has_the_columns_of_the_list_or_all(permu):
    factories.enterprise("甲厂", address="=1+1")
    choose(permu, "address", "name", "scale", "town")
    rows = sheet_of(permu, "columns=shown")
    assert rows[3:5] == [["地址", "企业名称", "规模", "乡镇街道"], ["=1+1", "甲厂", "规上", "壶镇镇"]]
    assert len(sheet_of(permu, "")[3]) > 10
    latest = JournalEntry.objects.filter(act="导出").order_by("seq")
    assert [entry.detail.get("columns") for entry in latest] == [["地址", "企业名称", "规模", "乡镇街道"], None]


def test_measures_and_figures_are_numbers_in_the_export_of_the_list(permu):
    firm = factories.enterprise("甲厂")
    factories.yearly(firm, 2020, output=100)
    factories.occupation(firm, area=8)
    answer = permu.get("/exchange/enterprise-facts/export/?columns=shown&year=2020")
    rows = [[cell.value for cell in row] for row in load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active.iter_rows()]
    assert rows[4] == ["甲厂", firm.credit_code, 2020, "规上", 100, None, 8, 12.5, None, None]
    assert rows[5][0] == "合计"


def test_a_view_holds_filter_sort_and_columns(permu):
    factories.enterprise("甲厂", scale="below"), factories.enterprise("乙厂"), factories.enterprise("丙厂")
    choose(permu, "name", "contact")
    view = keep(permu, "规上倒序", "scale=above&sort=-name&page=1&unknown=5")
    assert view.query == "scale=above&sort=-name"
    permu.post(url("columns"), {"declared": "1"})
    link = f"{view.query}&view={view.pk}"
    page = permu.get(f"{LIST}?{link}")
    assert [row.record.name for row in page.context["table"].rows] == sorted(["乙厂", "丙厂"], reverse=True)
    assert columns(permu, link) == ["name", "contact"]
    assert f'?{link.replace("&", "&amp;")}" aria-current="page">规上倒序' in page.content.decode()


def test_a_list_opens_with_the_default_view_and_can_be_cleared(permu):
    view = keep(permu, "规下", "scale=below", default="on")
    answer = permu.get(LIST)
    assert (answer.status_code, answer.url) == (302, f"{LIST}?scale=below&view={view.pk}")
    assert permu.get(f"{LIST}?view=").status_code == 200
    permu.post(url("view", view.pk), {"name": "规下"})
    assert permu.get(LIST).status_code == 200


def test_a_shared_view_shows_each_person_his_own_scope(permu):
    mine = factories.platform("我园", town=factories.town("甲镇"))
    factories.enterprise("我厂", platform=mine), factories.enterprise("他厂")
    view = keep(permu, "全部规上", "scale=above", shared="on")
    private = keep(permu, "自用", "scale=below")
    park = signed_in(factories.person("park", Role.PARK, platform=mine))
    page = park.get(f"{LIST}?{view.query}&view={view.pk}")
    assert [row.record.name for row in page.context["table"].rows] == ["我厂"]
    assert page.context["views"] == [view]
    assert park.get(url("view", private.pk)).status_code == 404
    assert JournalEntry.objects.filter(act="共享视图").count() == 1


def test_only_the_owner_changes_a_view(permu, leader):
    view = keep(permu, "规上", "scale=above", shared="on")
    for data in ({"name": "改名", "shared": ""}, {"drop": "1"}):
        assert leader.post(url("view", view.pk), data).status_code == 404
    view.refresh_from_db()
    assert (view.name, view.shared) == ("规上", True)
    assert leader.post(url("view", view.pk), {"default": "1"}).status_code == 302
    assert leader.get(LIST).url == f"{LIST}?scale=above&view={view.pk}"
    permu.post(url("view", view.pk), {"name": "规上"})  # no longer shared
    assert leader.get(LIST).status_code == 200
    assert columns(leader, f"view={view.pk}") == columns(permu, "view=")


def test_the_owner_replaces_what_a_view_holds_and_deletes_it(permu):
    view = keep(permu, "规上", "scale=above")
    permu.post(f"{url('view', view.pk)}?scale=below", {"name": "规下"})
    view.refresh_from_db()
    assert (view.name, view.query) == ("规下", "scale=above")
    permu.post(f"{url('view', view.pk)}?scale=below", {"name": "规下", "replace": "1"})
    view.refresh_from_db()
    assert view.query == "scale=below"
    permu.post(url("view", view.pk), {"drop": "1"})
    assert not SavedView.objects.exists()


def test_a_name_is_used_once_and_needed(permu, leader):
    keep(permu, "规上")
    keep(leader, "规下")
    assert "您已有名为" in permu.post(url("keep"), {"name": "规上"}, follow=True).content.decode()
    assert list(permu.post(url("keep"), {"name": ""}).context["form"].errors) == ["name"]
    assert SavedView.objects.count() == 2


def test_a_filter_too_long_to_keep_is_refused_with_what_to_do(permu):
    """PostgreSQL would not store it."""
    keep(permu, "长", "q=" + "县" * 222)  # 2,000 signs of an address
    answer = permu.post(f"{url('keep')}?q={'县' * 223}", {"name": "更长"}, follow=True)
    assert "筛选条件太长，不能保存为视图；请缩短搜索的文字，或减少筛选。" in answer.content.decode()
    assert [view.name for view in SavedView.objects.all()] == ["长"]


def test_columns_the_ledger_no_longer_has_are_passed_over(permu):
    view = keep(permu, "旧列")
    SavedView.objects.filter(pk=view.pk).update(columns=["gone", "name"])
    assert columns(permu, f"view={view.pk}") == ["name"]
    SavedView.objects.filter(pk=view.pk).update(columns=["gone"])
    assert columns(permu, f"view={view.pk}") == columns(permu, "view=")
