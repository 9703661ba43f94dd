"""Bulk edit and its undoing over the API: what the page says and refuses, for scripts. What every ledger has stands in the contract."""

import datetime as dt

import pytest

from apps.accounts.choices import DataItem, Role
from apps.core import clock
from apps.enterprises.models import Enterprise
from apps.journal.models import JournalEntry
from apps.ledger import bulk, services
from apps.ledger.models import WriteBatch
from tests import factories
from tests.ledger.api_contract import Script

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask():
    return Script(factories.person("permu", Role.PER_MU), "/api/ledgers/enterprises/")


@pytest.fixture
def firms():
    return [factories.enterprise(f"厂{number}") for number in range(3)]


def wanted(*firms, **values):
    return {"rows": [{"id": firm.pk, "version": 1} for firm in firms], "values": values, "reason": "统一核实"}


def test_all_that_a_filter_finds_with_who_is_left_out_and_why(ask, firms):
    factories.enterprise("规下厂", scale="below")
    services.change(record=firms[1], values={"gb_code": "C3421"}, version=1, actor=factories.SYSTEM)
    answer = ask("post", "bulk/preview/", {"filter": {"scale": "above"}, "values": {"gb_code": "C3421"}})
    assert answer.json() == {
        "rows": [
            {"id": firm.pk, "label": firm.name, "version": 1, "changes": [{"label": "行业代码", "before": "—", "after": "C3421"}]}
            for firm in (firms[0], firms[2])
        ],
        "left_out": [{"id": firms[1].pk, "label": "厂1", "why": "与现在的值相同。"}],
    }
    assert not WriteBatch.objects.exists()


def test_written_as_one_batch_named_in_journal_and_history(ask, firms):
    before = JournalEntry.objects.count()
    answer = ask("post", "bulk/", wanted(*firms[:2], gb_code="C3421", state="closed"))
    batch = WriteBatch.objects.get()
    assert (answer.status_code, answer["Location"]) == (201, f"http://testserver/api/ledgers/enterprises/batches/{batch.pk}/")
    entry = JournalEntry.objects.order_by("-seq").first()
    assert (JournalEntry.objects.count(), entry.act, entry.channel) == (before + 1, "批量修改", "接口")
    assert list(Enterprise.objects.order_by("name").values_list("gb_code", "state", "version")) == [
        ("C3421", "closed", 2), ("C3421", "closed", 2), ("", "active", 1)
    ]  # fmt: skip
    assert ask.client.get(answer["Location"]).json()["may_undo"]


def test_a_row_changed_since_the_preview_stops_everything(ask, firms):
    services.change(record=firms[1], values={"contact": "张三"}, version=1, actor=factories.SYSTEM)
    answer = ask("post", "bulk/", wanted(*firms, gb_code="C3421"), key="k1")
    assert (answer.status_code, answer.json()) == (
        409,
        {
            "message": "有 1 项妨碍：“厂1”刚刚被他人修改，请重新预览。未修改任何记录。",
            "left_out": [{"id": firms[1].pk, "label": "厂1", "why": "刚刚被他人修改，请重新预览。"}],
        },
    )
    assert not Enterprise.objects.exclude(gb_code="").exists()
    assert ask("post", "bulk/", wanted(firms[0], gb_code="C3421"), key="k1").status_code == 201  # the key was left unused


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({}, ["values"]),
        ({"ids": [1], "filter": {}, "values": {"gb_code": "C3421"}}, ["non_field_errors"]),
        ({"ids": [], "values": {"gb_code": "C3421"}}, ["ids"]),
        ({"ids": [1, "x"], "values": {"gb_code": "C3421"}}, ["ids.1"]),
        ({"filter": {"colour": "red"}, "values": {"gb_code": "C3421"}}, ["filter.colour"]),
        ({"filter": {"scale": "huge"}, "values": {"gb_code": "C3421"}}, ["filter.scale"]),
        ({"filter": {"as_of": "2021-01-01", "page": "2"}, "values": {"gb_code": "C3421"}}, ["filter.as_of", "filter.page"]),
        ({"ids": [1], "values": {}}, ["values"]),
        ({"ids": [1], "values": {"gb_code": "??"}}, ["values.gb_code"]),
        ({"ids": [1], "values": {"town": None}}, ["values.town"]),
        ({"ids": [1], "values": {"town": 999999}}, ["values.town"]),
        ({"ids": [1], "values": {"name": "同名", "version": 2}}, ["values.name", "values.version"]),
        ({"ids": [1], "values": {"gb_code": "C3421"}, "reason": "x"}, ["reason"]),
    ],
)
def test_what_is_wrong_is_named_with_its_place(ask, firms, body, faults):
    answer = ask("post", "bulk/preview/", body)
    assert (answer.status_code, sorted(answer.json()["errors"])) == (400, faults)


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ({"rows": []}, ["rows"]),
        ({"rows": [{"id": 1}]}, ["rows.0.version"]),
        ({"rows": [{"id": 1, "version": 1}] * 2}, ["rows"]),
        ({"reason": " "}, ["reason"]),
        ({"ids": [1]}, ["ids"]),
    ],
)
def test_what_is_wrong_in_a_write_is_named_with_its_place(ask, firms, change, faults):
    answer = ask("post", "bulk/", wanted(firms[0], gb_code="C3421") | change)
    assert (answer.status_code, sorted(answer.json()["errors"])) == (400, faults)
    assert not WriteBatch.objects.exists()


def test_none_and_too_many_are_refused(ask, firms, monkeypatch):
    values = {"gb_code": "C3421"}
    assert ask("post", "bulk/preview/", {"filter": {"q": "绝不存在"}, "values": values}).status_code == 409
    monkeypatch.setattr(bulk, "MOST", 2)
    answer = ask("post", "bulk/preview/", {"filter": {}, "values": values})
    assert (answer.status_code, answer.json()["message"]) == (409, "选中 3 条，一次最多修改 2 条，请缩小筛选范围。")


def test_only_rows_and_values_in_scope():
    mine, other = factories.platform("我园", town=factories.town("甲镇")), factories.platform("他园", town=factories.town("乙镇"))
    own, foreign = factories.enterprise("我厂", platform=mine), factories.enterprise("他厂", platform=other)
    park = Script(factories.person("park", Role.PARK, platform=mine), "/api/ledgers/enterprises/")
    told = park("post", "bulk/preview/", {"ids": [own.pk, foreign.pk], "values": {"gb_code": "C3421"}}).json()
    assert ([row["id"] for row in told["rows"]], told["left_out"]) == (
        [own.pk], [{"id": foreign.pk, "label": "", "why": "不存在或不在您的范围内。"}]
    )  # fmt: skip
    answer = park("post", "bulk/", wanted(own, foreign, gb_code="C3421"))
    assert (answer.status_code, "他厂" in answer.content.decode()) == (409, False)
    assert park("post", "bulk/preview/", {"ids": [own.pk], "values": {"platform": other.pk}}).status_code == 400
    assert not Enterprise.objects.exclude(gb_code="").exists()


def test_a_reporter_sets_no_fields_that_are_not_his():
    fact = factories.yearly(factories.enterprise())
    user = factories.person("tax", Role.REPORTER, data_items=[DataItem.TAX])
    told = Script(user, "/api/ledgers/enterprise-facts/")("post", "bulk/preview/", {"ids": [fact.pk], "values": {"scale": "below"}})
    assert len(told.json()["rows"]) == 1
    firms = Script(user, "/api/ledgers/enterprises/")
    assert firms("post", "bulk/preview/", {"ids": [1], "values": {"scale": "below"}}).status_code == 403


def test_a_session_needs_a_fresh_password_to_write_and_to_undo(ask, firms, monkeypatch):
    batch = ask("post", "bulk/", wanted(firms[0], gb_code="C3421")).json()
    started = clock.now()
    monkeypatch.setattr(clock, "now", lambda: started + dt.timedelta(minutes=11))
    for tail, body in [("bulk/", wanted(firms[1], gb_code="C3421")), (f"batches/{batch['id']}/undo/", {"reason": "错了"})]:
        answer = ask("post", tail, body)
        assert (answer.status_code, answer.json()["message"]) == (403, "请先在页面上重新验证密码，再办理此项。")
    assert WriteBatch.objects.count() == 1


def test_what_stands_in_the_way_of_undoing_is_told(ask, firms):
    batch = ask("post", "bulk/", wanted(*firms, gb_code="C3421")).json()
    services.change(record=firms[1], values={"contact": "张三"}, version=2, actor=factories.SYSTEM)
    read = ask("get", f"batches/{batch['id']}/").json()
    answer = ask("post", f"batches/{batch['id']}/undo/", {"reason": "错了"})
    assert (answer.status_code, answer.json()["in_the_way"], read["may_undo"]) == (409, read["in_the_way"], True)
    assert [sentence.startswith("“厂1”后来于") for sentence in read["in_the_way"]] == [True]
    assert set(Enterprise.objects.values_list("gb_code", flat=True)) == {"C3421"}


def test_whose_batches_one_sees_and_may_undo(firms):
    mine, other = factories.platform("我园", town=factories.town("甲镇")), factories.platform("他园", town=factories.town("乙镇"))
    own = factories.enterprise("我厂", platform=mine)
    people = {
        "park": factories.person("park", Role.PARK, platform=mine),
        "other": factories.person("other", Role.PARK, platform=other),
        "leader": factories.person("leader", Role.LEADER),
        "office": factories.person("office", Role.PER_MU),
    }
    scripts = {name: Script(person, "/api/ledgers/enterprises/") for name, person in people.items()}
    batch = scripts["park"]("post", "bulk/", wanted(own, gb_code="C3421")).json()["id"]
    assert {name: script("get", "batches/").json()["count"] for name, script in scripts.items()} == {
        "park": 1, "other": 0, "leader": 0, "office": 1
    }  # fmt: skip
    for name in ("other", "leader"):
        assert scripts[name]("get", f"batches/{batch}/").status_code == 404
        assert scripts[name]("post", f"batches/{batch}/undo/", {"reason": "x"}).status_code == 404
    assert scripts["office"].client.get(f"/api/ledgers/towns/batches/{batch}/").status_code == 404  # another ledger's
    undone = scripts["office"]("post", f"batches/{batch}/undo/", {"reason": "有误"}).json()
    assert scripts["office"]("post", f"batches/{batch}/undo/", {"reason": "有误"}).status_code == 409
    answer = scripts["office"]("post", f"batches/{undone['id']}/undo/", {"reason": "再来"})
    assert (answer.status_code, answer.json()["message"]) == (403, "您的岗位不能撤销这个批次。")
