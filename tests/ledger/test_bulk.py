"""Bulk edit: preview, who is left out and why, one batch, nothing where something moved on."""

import re

import pytest
from django.urls import reverse

from apps.accounts.choices import DataItem, Role
from apps.enterprises.models import Enterprise, LandOccupation
from apps.journal.models import JournalEntry
from apps.ledger import bulk, registry, services
from apps.ledger.models import WriteBatch
from tests import factories
from tests.ledger.contract import signed_in

pytestmark = pytest.mark.django_db
URL = "/ledger/enterprises/bulk/"


@pytest.fixture
def client():
    return signed_in(factories.person("permu", Role.PER_MU))


@pytest.fixture
def firms():
    return [factories.enterprise(f"厂{number}") for number in range(3)]


def preview(client, rows, url=URL, **values):
    """Send the first form; return the page with the plan."""
    ticks = {f"set_{name}": "on" for name in values}
    return client.post(url, {"rows": "ticked", "pk": [row.pk for row in rows], "reason": "统一核实", **ticks, **values})


def hidden(page):
    """Return the hidden inputs of the preview, as the browser sends them back."""
    inputs = re.findall(r'<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?', page.content.decode())
    return dict(inputs) | {"confirm": "1"}


def test_the_list_offers_it_only_to_those_who_may(client, firms):
    assert 'name="pk"' in client.get("/ledger/enterprises/").content.decode()
    leader = signed_in(factories.person("leader", Role.LEADER))
    assert 'name="pk"' not in leader.get("/ledger/enterprises/").content.decode()
    assert (leader.get(URL).status_code, leader.post(URL, {}).status_code) == (403, 403)


def test_preview_writes_nothing_and_confirm_writes_one_batch(client, firms):
    before = JournalEntry.objects.count()
    page = preview(client, firms[:2], state="closed", gb_code="C3421")
    changes = [(str(record), words) for record, _, words in page.context["made"].changes]
    label = Enterprise._meta.get_field("state").flatchoices
    old, new = dict(label)["active"], dict(label)["closed"]
    assert changes == [(f"厂{number}", [("经营状态", old, new), ("行业代码", "—", "C3421")]) for number in (0, 1)]
    assert (JournalEntry.objects.count(), set(Enterprise.objects.values_list("version", flat=True))) == (before, {1})
    answer = client.post(URL, hidden(page))
    batch = WriteBatch.objects.get()
    assert answer.url == reverse("ledger:batch", args=["enterprises", batch.pk])
    assert list(Enterprise.objects.order_by("name").values_list("state", "gb_code", "version")) == [
        ("closed", "C3421", 2), ("closed", "C3421", 2), ("active", "", 1)
    ]  # fmt: skip
    assert JournalEntry.objects.count() == before + 1
    assert JournalEntry.objects.order_by("-seq").first().act == "批量修改"
    entry = firms[0].history.first()
    assert (entry.batch, entry.history_change_reason, entry.history_user.username) == (batch.pk, "统一核实", "permu")


def test_sent_twice_it_is_done_once(client, firms):
    form = hidden(preview(client, firms, gb_code="C3421"))
    first, second = client.post(URL, form), client.post(URL, form)
    assert (first.status_code, second.status_code, second.url) == (302, 302, first.url)
    assert set(Enterprise.objects.values_list("version", flat=True)) == {2}
    assert WriteBatch.objects.count() == 1


def test_a_row_changed_since_the_preview_stops_everything(client, firms):
    form = hidden(preview(client, firms, gb_code="C3421"))
    services.change(record=firms[1], values={"contact": "张三"}, version=1, actor=factories.SYSTEM)
    answer = client.post(URL, form)
    assert (answer.status_code, [(str(record), why) for record, why in answer.context["in_the_way"]]) == (
        409, [("厂1", "刚刚被他人修改，请重新预览。")]
    )  # fmt: skip
    assert not Enterprise.objects.exclude(gb_code="").exists()
    assert not WriteBatch.objects.exists()


def test_who_is_left_out_and_why(client, firms):
    services.archive(record=firms[0], version=1, reason="停产", actor=factories.SYSTEM)
    services.change(record=firms[1], values={"gb_code": "C3421"}, version=1, actor=factories.SYSTEM)
    made = preview(client, firms, gb_code="C3421").context["made"]
    assert {str(record): why for record, why in made.left_out} == {"厂0": "已归档，不能修改。", "厂1": "与现在的值相同。"}
    assert [str(record) for record, _, _ in made.changes] == ["厂2"]


def test_a_rule_of_the_row_leaves_it_out(client):
    """An end before the start."""
    firm = factories.enterprise()
    early, late = factories.occupation(firm, start="2010-01-01"), factories.occupation(firm, start="2020-01-01")
    made = preview(client, [early, late], url="/ledger/land-occupation/bulk/", end="2015-12-31").context["made"]
    assert [(record.pk, why) for record, why in made.left_out] == [(late.pk, "终止日期不能早于起始日期。")]
    assert [record.pk for record, _, _ in made.changes] == [early.pk]


def test_a_rule_of_uniqueness_leaves_out_whom_it_names(client):
    """Two holdings of one firm on one parcel from one day differ in their kind only."""
    firm, ground = factories.enterprise(), factories.parcel(area=30)
    owned, leased = (factories.occupation(firm, 10, on=ground, start="2010-01-01", kind=kind) for kind in ("owned", "leased"))
    made = preview(client, [owned, leased], url="/ledger/land-occupation/bulk/", kind="leased").context["made"]
    assert {record.pk: why for record, why in made.left_out} == {
        owned.pk: "该企业在该宗地上同日起已有同类占用。", leased.pk: bulk.SAME
    }  # fmt: skip


def test_a_rule_across_rows_leaves_out_whom_it_names(client):
    """Two firms after each other on one parcel; without an end of the first both hold it at once."""
    ground = factories.parcel(area=30)
    first = factories.occupation(factories.enterprise(), 30, on=ground, start="2010-01-01", end="2014-12-31")
    factories.occupation(factories.enterprise(), 30, on=ground, start="2015-01-01")
    other = factories.occupation(factories.enterprise(), end="2018-12-31")
    page = preview(client, [first, other], url="/ledger/land-occupation/bulk/", end="")
    made = page.context["made"]
    assert [record.pk for record, _, _ in made.changes] == [other.pk]
    assert [record.pk for record, _ in made.left_out] == [first.pk]
    assert "宗地" in made.left_out[0][1]
    assert client.post("/ledger/land-occupation/bulk/", hidden(page)).status_code == 302
    assert list(LandOccupation.objects.filter(pk__in=[first.pk, other.pk]).order_by("pk").values_list("version", flat=True)) == [1, 2]


def test_all_that_the_filter_finds(client, firms):
    factories.enterprise("规下厂", scale="below")
    page = client.get(URL, {"rows": "all", "filter": "scale=above&page=2"})
    assert page.context["count"] == 3
    page = client.post(URL, {"rows": "all", "filter": "scale=above", "reason": "x", "set_gb_code": "on", "gb_code": "C3421"})
    assert len(page.context["made"].changes) == 3


def test_none_and_too_many_are_refused(client, firms, monkeypatch):
    assert "没有选中任何记录" in client.get(URL, {"rows": "ticked"}).content.decode()
    monkeypatch.setattr(bulk, "MOST", 2)
    assert "选中 3 条，一次最多修改 2 条" in client.get(URL, {"rows": "all", "filter": ""}).content.decode()


@pytest.mark.parametrize(
    ("data", "faults"),
    [
        ({"set_gb_code": "on", "gb_code": "C3421"}, ["reason"]),
        ({"reason": "x"}, ["__all__"]),
        ({"reason": "x", "set_gb_code": "on", "gb_code": "??"}, ["gb_code"]),
        ({"reason": "x", "set_town": "on", "town": ""}, ["town"]),
        ({"reason": "x", "set_town": "on", "town": "999999"}, ["town"]),
    ],
)
def test_a_form_that_is_wrong_says_where(client, firms, data, faults):
    page = client.post(URL, {"rows": "ticked", "pk": [firms[0].pk], **data})
    assert (page.status_code, sorted(page.context["form"].errors)) == (200, faults)
    assert page.context["count"] == 1


def test_only_rows_in_scope_and_only_values_in_scope():
    mine, other = factories.platform("我园", town=factories.town("甲镇")), factories.platform("他园", town=factories.town("乙镇"))
    own, foreign = factories.enterprise("我厂", platform=mine), factories.enterprise("他厂", platform=other)
    park = signed_in(factories.person("park", Role.PARK, platform=mine))
    page = preview(park, [own, foreign], gb_code="C3421")
    assert [str(record) for record, _, _ in page.context["made"].changes] == ["我厂"]
    assert "他厂" not in page.content.decode()
    form = hidden(page)
    form["versions"] = f"{own.pk}:1,{foreign.pk}:1"
    answer = park.post(URL, form)
    assert (answer.status_code, "他厂" in answer.content.decode()) == (409, False)
    assert list(preview(park, [own], platform=other.pk).context["form"].errors) == ["platform"]
    assert not Enterprise.objects.exclude(gb_code="").exists()


def test_a_reporter_sets_no_fields_that_are_not_his():
    fact = factories.yearly(factories.enterprise())
    client = signed_in(factories.person("tax", Role.REPORTER, data_items=[DataItem.TAX]))
    page = client.get("/ledger/enterprise-facts/bulk/", {"rows": "ticked", "pk": fact.pk})
    assert [control.name for _, control in page.context["form"].pairs] == ["scale"]


@pytest.mark.parametrize(
    "versions", ["", "x", "1", "1:x", f"1:{10**30}", f"{10**30}:1", "-1:1", ",".join(f"{n}:1" for n in range(1, 2_002))]
)
def test_a_preview_nobody_made_is_refused(client, firms, versions):
    form = hidden(preview(client, firms, gb_code="C3421")) | {"versions": versions}
    assert client.post(URL, form, follow=True).status_code in (200, 409)
    assert not WriteBatch.objects.exists()


def test_bulk_fields_are_fields_of_the_form_that_tell_no_rows_apart():
    for ledger in registry.all():
        assert set(ledger.bulk) <= set(ledger.fields), ledger.code
        assert not any(ledger.model._meta.get_field(name).unique for name in ledger.bulk), ledger.code
