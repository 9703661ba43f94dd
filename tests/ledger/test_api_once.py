"""A request sent twice acts once: Idempotency-Key (reliability.md T21). The race stands in test_api_race.py."""

import datetime as dt

import pytest
from django.utils import timezone

from apps.accounts.choices import Role
from apps.chains.models import Instruction
from apps.journal.models import JournalEntry
from apps.ledger.models import Answer
from apps.platforms.models import Town
from tests import factories
from tests.ledger.api_contract import Script

pytestmark = pytest.mark.django_db
BODY = {"code": "331199007", "name": "新设镇", "kind": "town"}


@pytest.fixture
def ask():
    return Script(factories.person("office", Role.PER_MU), "/api/ledgers/towns/")


def test_the_same_request_gets_the_same_answer_byte_for_byte(ask):
    first, again = ask("post", body=BODY, key="k1"), ask("post", body=BODY, key="k1")
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    assert (again["Location"], again["ETag"]) == (first["Location"], first["ETag"]) == (first["Location"], '"1"')
    assert ask.client.get(first["Location"]).json()["label"] == "新设镇"
    assert (Town.objects.count(), JournalEntry.objects.filter(act="新增").count()) == (1, 1)


def test_without_a_key_the_second_one_is_refused_by_its_natural_key(ask):
    assert [ask("post", body=BODY).status_code for _ in range(2)] == [201, 400]


def test_a_row_that_numbers_itself_is_entered_once_with_a_key_and_twice_without():
    office = Script(factories.person("chain_office", Role.CHAIN_OFFICE, industry=factories.industry()), "/api/ledgers/instructions/")
    body = {"chain": factories.chain().pk, "text": "协调用地"}
    assert [office("post", body=body).json()["number"][-4:] for _ in range(2)] == ["0001", "0002"]
    assert [office("post", body=body, key="k1").json()["number"][-4:] for _ in range(2)] == ["0003", "0003"]
    assert Instruction.objects.count() == 3


@pytest.mark.parametrize("body", [BODY | {"name": "另一镇"}, BODY | {"code": "331199008"}])
def test_another_request_under_the_same_key_is_refused(ask, body):
    ask("post", body=BODY, key="k1")
    answer = ask("post", body=body, key="k1")
    assert (answer.status_code, answer.json()) == (409, {"message": "这个 Idempotency-Key 已用于另一个请求，请换一个新的键。"})
    assert Town.objects.count() == 1


def test_another_address_another_version_another_post_are_other_requests(ask):
    made = ask("post", body=BODY, key="k1").json()
    assert ask("post", f"{made['id']}/archive/", BODY, version=1, key="k1").status_code == 409
    assert ask("post", f"{made['id']}/archive/", {"reason": "误登"}, version=1, key="k2").status_code == 200
    assert ask("post", f"{made['id']}/archive/", {"reason": "误登"}, version=2, key="k2").status_code == 409
    user = Answer.objects.first().user
    user.posts.update(role=Role.EVALUATOR)
    assert ask("post", body=BODY, key="k1").status_code == 403


def test_a_key_belongs_to_one_person(ask):
    other = Script(factories.person("colleague", Role.PER_MU), ask.path)
    assert ask("post", body=BODY, key="k1").status_code == 201
    assert other("post", body=BODY | {"code": "331199008", "name": "另一镇"}, key="k1").status_code == 201
    assert Town.objects.count() == 2


def test_a_key_is_kept_for_24_hours(ask):
    ask("post", body=BODY, key="k1")
    Answer.objects.update(at=timezone.now() - dt.timedelta(hours=23, minutes=59))
    assert ask("post", body=BODY, key="k1").status_code == 201
    Answer.objects.update(at=timezone.now() - dt.timedelta(hours=24, seconds=1))
    answer = ask("post", body=BODY | {"code": "331199008", "name": "另一镇"}, key="k1")
    assert (answer.status_code, Answer.objects.count(), Town.objects.count()) == (201, 1, 2)


def test_a_refused_request_leaves_its_key_unused(ask):
    assert ask("post", body=BODY | {"name": ""}, key="k1").status_code == 400
    assert Answer.objects.count() == 0
    assert ask("post", body=BODY, key="k1").status_code == 201


def test_the_answer_is_kept_only_with_its_act(ask, monkeypatch):
    """Nothing may be left of an act whose answer could not be stored."""

    def fails(**values):
        raise OSError("disk full")

    monkeypatch.setattr(Answer.objects, "create", fails)
    ask.client.raise_request_exception = False
    answer = ask("post", body=BODY, key="k1")
    assert (answer.status_code, answer.json()["message"].partition("事件编号")[0]) == (500, "系统出错，您刚才的操作没有保存。")
    assert (Town.objects.count(), JournalEntry.objects.filter(act="新增").count()) == (0, 0)


@pytest.mark.parametrize("key", [" ", "键", "a b", "x" * 101])
def test_a_key_that_is_none_is_refused(ask, key):
    assert ask("post", body=BODY, key=key).status_code == 400
    assert Town.objects.count() == 0
