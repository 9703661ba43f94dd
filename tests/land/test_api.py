"""Moves over the API: the same table, rights, requirements and versions as the buttons."""

import pytest

from apps.ledger import trail
from apps.ledger.moves import CREATE
from tests.ledger.api_contract import Script

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(bureau):
    return Script(bureau.user, "/api/ledgers/land-cases/")


@pytest.fixture
def keeper(park):
    return Script(park.user, "/api/ledgers/land-cases/")


def offered(script, case):
    return {move["code"]: move["barriers"] for move in script("get", f"{case.pk}/").json()["moves"]}


def test_the_moves_a_person_can_make_stand_in_the_answer(office, keeper, case):
    assert offered(office, case) == {"verify": [], "return": []}
    assert offered(keeper, case) == {}
    answer = office("get", f"{case.pk}/").json()
    assert (answer["state"], answer["moves"][1]) == (
        "draft",
        {"code": "return", "label": "退回补正", "asks": [], "comment": True, "barriers": []},
    )


def test_a_case_goes_its_way(office, keeper, case, plan):
    assert office("post", f"{case.pk}/moves/verify/", {"comment": "已核实"}, version=1)["ETag"] == '"2"'
    answer = keeper("post", f"{case.pk}/moves/plan/", plan, version=2)
    assert (answer.status_code, answer.json()["state"], answer.json()["deadline"]) == (200, "planned", "2021-12-31")
    assert answer.json()["responsible"]["id"] == plan["responsible"]
    assert offered(office, case)["approve"] == ["缺少：附件“处置方案批复”"]
    entries = [(entry.move, entry.source, entry.target, entry.comment, entry.channel) for entry in trail.of(case)]
    assert entries == [
        (CREATE, "", "draft", "", "页面"),
        ("verify", "draft", "verified", "已核实", "接口"),
        ("plan", "verified", "planned", "", "接口"),
    ]


def test_what_the_table_refuses_is_refused_in_its_words(office, keeper, case, plan):
    refused = {
        "verify": (keeper, {}, 1, 403, "您的岗位不能办理“核实”。"),
        "return": (office, {"comment": " "}, 1, 409, "“退回补正”必须填写意见或原因。"),
        "start": (keeper, {}, 1, 409, f"“{case}”处于“登记”，不能开始处置；可能刚刚已被他人办理，请刷新后查看。"),
    }
    for move, (script, body, version, status, message) in refused.items():
        answer = script("post", f"{case.pk}/moves/{move}/", body, version=version)
        assert (answer.status_code, answer.json()["message"]) == (status, message.replace("登记", case.state_label))
    office("post", f"{case.pk}/moves/verify/", {}, version=1)
    answer = keeper("post", f"{case.pk}/moves/plan/", plan | {"plan_text": ""}, version=2)
    assert (answer.status_code, answer.json()["message"]) == (409, "还不能定处置方案，缺少：处置方案。")
    answer = keeper("post", f"{case.pk}/moves/plan/", plan | {"deadline": "2021-01-01"}, version=2)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["deadline"])
    answer = keeper("post", f"{case.pk}/moves/plan/", plan | {"state": "closed", "area": "1", "closed_on": None}, version=2)
    assert (answer.status_code, set(answer.json()["errors"])) == (400, {"state", "area", "closed_on"})
    case.refresh_from_db()
    assert (case.state, case.version, len(trail.of(case))) == ("verified", 2, 2)


def test_a_move_needs_the_version_it_was_seen_at(office, case):
    assert office("post", f"{case.pk}/moves/verify/", {}).status_code == 428
    answer = office("post", f"{case.pk}/moves/verify/", {}, version=7)
    assert (answer.status_code, answer.json()["version"]) == (412, 1)
    assert office("post", f"{case.pk}/moves/nothing/", {}, version=1).status_code == 404
    assert office("post", f"{case.parcel_id}0/moves/verify/", {}, version=1).status_code == 404


def test_a_move_sent_twice_is_made_once(office, case):
    first, again = (office("post", f"{case.pk}/moves/verify/", {}, version=1, key="m1") for _ in range(2))
    assert (first.status_code, again.content, len(trail.of(case))) == (200, first.content, 2)


def test_only_what_the_state_leaves_open_is_changed(office, keeper, case):
    office("post", f"{case.pk}/moves/verify/", {}, version=1)
    answer = office("patch", f"{case.pk}/", {"area": "20"}, version=2)
    assert (answer.status_code, answer.json()["errors"]) == (400, {"area": ["您的岗位或当前环节不能填写这一项。"]})
    assert office("patch", f"{case.pk}/", {"leader": "张三"}, version=2).status_code == 200


def test_no_move_where_there_is_no_workflow(office, case):
    rows = Script(office.client and case.history.first().history_user, "/api/ledgers/parcels/")
    assert rows("post", f"{case.parcel_id}/moves/verify/", {}, version=1).status_code == 404
    assert "moves" not in rows("get", f"{case.parcel_id}/").json()
