"""Taking a batch back, and what stands in the way."""

import re

import pytest
from django.urls import reverse

from apps.accounts.choices import Role
from apps.core.actor import Actor
from apps.core.errors import Refused
from apps.enterprises.models import Enterprise, YearlyFact
from apps.exchange.choices import BatchState
from apps.exchange.models import Batch
from apps.jobs.models import Job
from apps.journal.models import JournalEntry
from apps.ledger import batches, registry, services
from apps.ledger.choices import BatchKind
from apps.ledger.models import WriteBatch
from tests import factories
from tests.exchange import books as exchange
from tests.exchange.books import FACT, book
from tests.ledger.api_contract import Script
from tests.ledger.contract import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return factories.person("permu", Role.PER_MU)


@pytest.fixture
def client(user):
    return signed_in(user)


@pytest.fixture
def firm():
    return factories.enterprise("甲厂", platform=factories.platform())


@pytest.fixture
def imported(user, firm, tmp_path):
    """One fact changed, one new; confirmed."""
    factories.yearly(firm, 2019, output=5)
    rows = [[firm.credit_code, firm.name, year, "规上", output, 3] for year, output in ((2020, 100), (2019, 7))]
    path = book(tmp_path / "年报.xlsx", FACT, *rows)
    return exchange.imported("enterprise-facts", path, user)


def page_of(batch, ledger="enterprise-facts"):
    return reverse("ledger:batch", args=[ledger, batch.pk])


def facts():
    return list(YearlyFact.objects.order_by("year").values_list("year", "output", "tax", "version", "archive_reason"))


def test_an_import_is_undone_from_its_page(client, imported):
    link = page_of(imported)
    assert link in client.get(reverse("exchange:batch", args=[imported.pk])).content.decode()
    page = client.get(link)
    assert (page.context["open_to"], page.context["in_the_way"]) == (True, [])
    assert [(str(record), changes) for record, changes in page.context["rows"]] == [
        ("甲厂 2019年", [("工业总产值（万元）", "5.00", "7.00"), ("评价税收（万元）", "—", "3.00")]),
        ("甲厂 2020年", None),
    ]
    Job.objects.all().delete()
    assert client.post(link, {"reason": "报错了年度"}).status_code == 302
    assert facts() == [(2019, 5, None, 3, ""), (2020, 100, 3, 2, "撤销批次")]
    assert list(YearlyFact.objects.live().values_list("year", flat=True)) == [2019]
    imported.refresh_from_db()
    assert imported.state == BatchState.UNDONE
    page = client.get(reverse("exchange:batch", args=[imported.pk])).content.decode()
    assert "已撤销" in page and "确认入库" not in page
    assert sorted(Job.objects.values_list("key", flat=True)) == ["regrade:2019", "regrade:2020"]
    entry = JournalEntry.objects.order_by("-seq").first()
    assert (entry.act, entry.detail["changed"]) == ("撤销批次", 2)
    undone = WriteBatch.objects.get(kind=BatchKind.UNDO)
    assert YearlyFact.objects.get(year=2019).history.first().batch == undone.pk
    assert undone.reason == "撤销“导入 年报.xlsx”：报错了年度"


def test_it_is_undone_once_and_an_undoing_is_not_undone(client, imported, user):
    client.post(page_of(imported), {"reason": "x"})
    written = WriteBatch.objects.get(pk=imported.pk)
    with pytest.raises(Refused, match="已经撤销"):
        batches.undo(batch=written, reason="再来", actor=Actor.of(user))
    with pytest.raises(Refused, match="不能撤销"):
        batches.undo(batch=written.undone_by, reason="再来", actor=Actor.of(user))
    assert client.post(page_of(written.undone_by), {"reason": "x"}).status_code == 404
    assert [version for _, _, _, version, _ in facts()] == [3, 2]


def test_a_later_change_stands_in_the_way_and_is_named(client, imported, user):
    fact = YearlyFact.objects.get(year=2019)
    services.change(record=fact, values={"profit": 1}, version=2, actor=Actor.of(user))
    before = facts()
    page = client.get(page_of(imported))
    assert [re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "…", sentence) for sentence in page.context["in_the_way"]] == [
        "“甲厂 2019年”后来于 … 又被permu（亩均办）修改。"
    ]
    assert 'name="reason"' not in page.content.decode()
    assert "有 1 项妨碍" in client.post(page_of(imported), {"reason": "x"}, follow=True).content.decode()
    assert facts() == before
    imported.refresh_from_db()
    assert imported.state == BatchState.DONE


def test_a_reason_is_needed(client, imported):
    client.post(page_of(imported), {"reason": " "})
    assert not WriteBatch.objects.filter(kind=BatchKind.UNDO).exists()


def bulk(user, *records, **values):
    pairs = []
    for record in records:
        for name, value in values.items():
            setattr(record, name, value)
        pairs.append((record, list(values)))
    key = services.write_batch(model=type(records[0]), new=[], changed=pairs, actor=Actor.of(user), reason="统一", kind=BatchKind.BULK)
    return WriteBatch.objects.get(pk=key)


def test_a_bulk_edit_is_undone_even_where_a_row_was_archived_by_it(client, user, firm):
    batch = bulk(user, firm, gb_code="C3421", contact="张三")
    assert client.post(page_of(batch, "enterprises"), {"reason": "x"}).status_code == 302
    firm = Enterprise.objects.get(pk=firm.pk)
    assert (firm.gb_code, firm.contact, firm.version, firm.archived_at) == ("", "", 3, None)


def test_what_hangs_on_new_rows_stands_in_the_way(user):
    new = Enterprise(name="新厂", credit_code=factories.credit_code(), scale="above", town=factories.town(), industry=factories.industry())
    key = services.write_batch(model=Enterprise, new=[new], changed=[], actor=Actor.of(user), reason="导入", kind=BatchKind.IMPORT)
    batch = WriteBatch.objects.get(pk=key)
    assert batches.obstacles(batch, user) == []
    factories.yearly(Enterprise.objects.get(), 2020)
    assert batches.obstacles(batch, user) == ["本批新增的记录下已有 1 条“年度数据”。"]


def test_a_row_that_left_the_scope_stands_in_the_way(firm):
    park = factories.person("park", Role.PARK, platform=firm.platform)
    batch = bulk(park, firm, gb_code="C3421")
    services.change(record=firm, values={"platform": factories.platform("他园")}, version=2, actor=factories.SYSTEM)
    assert batches.obstacles(batch, park) == ["1 条记录已不在您的范围内。"]


def test_what_a_row_would_belong_to_again_must_not_be_archived(client, user, firm):
    before, after = factories.platform("前园"), factories.platform("后园")
    services.change(record=firm, values={"platform": before}, version=1, actor=factories.SYSTEM)
    batch = bulk(user, Enterprise.objects.get(pk=firm.pk), platform=after)
    assert batches.obstacles(batch, user) == []
    services.archive(record=before, version=1, reason="合并", actor=factories.SYSTEM)
    sentence = f"“{firm}”将重新属于“{before}”，而它已归档；请先恢复“{before}”。"
    page = client.get(page_of(batch, "enterprises"))
    assert (page.context["in_the_way"], 'name="reason"' in page.content.decode()) == ([sentence], False)
    answer = Script(user, f"/api/ledgers/enterprises/batches/{batch.pk}/")("post", "undo/", {"reason": "有误"})
    assert (answer.status_code, answer.json()["in_the_way"]) == (409, [sentence])
    assert Enterprise.objects.get(pk=firm.pk).platform == after
    services.restore(record=before, version=2, reason="误归档", actor=factories.SYSTEM)
    assert client.post(page_of(batch, "enterprises"), {"reason": "有误"}).status_code == 302
    assert Enterprise.objects.get(pk=firm.pk).platform == before


def test_whose_batches_one_sees_and_may_undo(user, firm):
    other_park = factories.platform("他园", town=factories.town("乙镇"))
    mine, his = factories.person("mine", Role.PARK, platform=firm.platform), factories.person("his", Role.PARK, platform=other_park)
    batch = bulk(mine, firm, gb_code="C3421")
    ledger = registry.get("enterprises")
    leader = factories.person("leader", Role.LEADER)
    seen = {person.username: list(batches.batches_of(ledger, person)) for person in (mine, his, user, leader)}
    assert seen == {"mine": [batch], "his": [], "permu": [batch], "leader": []}
    assert {person.username: batches.may_undo(batch, person) for person in (mine, user, leader)} == {
        "mine": True, "permu": True, "leader": False
    }  # fmt: skip
    for person, status in ((his, 404), (leader, 404), (user, 200)):
        assert signed_in(person).get(page_of(batch, "enterprises")).status_code == status
    assert list(signed_in(user).get(reverse("ledger:batches", args=["enterprises"])).context["object_list"]) == [batch]


def test_history_names_door_and_batch(client, imported):
    fact = YearlyFact.objects.get(year=2019)
    page = client.get(reverse("ledger:history", args=["enterprise-facts", fact.pk])).content.decode()
    assert f'页面 · <a href="{page_of(imported)}">导入</a>' in page
    leader = signed_in(factories.person("leader", Role.LEADER))
    page = leader.get(reverse("ledger:history", args=["enterprise-facts", fact.pk])).content.decode()
    assert (page_of(imported) in page, "permu（亩均办） · 页面 · 导入" in page) == (False, True)


def test_a_confirm_that_fails_leaves_no_batch(imported):
    assert (WriteBatch.objects.count(), Batch.objects.count()) == (1, 1)
