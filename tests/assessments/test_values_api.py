"""Rounds are opened and their values read and typed over the API and by command as on the pages: same rights, scope, sentences."""

import json

import pytest
from django.urls import reverse

from apps.accounts.choices import Role
from apps.assessments import services
from apps.assessments.models import AssessmentRound
from apps.journal.models import JournalEntry
from tests import factories as make
from tests.assessments.conftest import REACH, READERS, compute, prove, put_in, value_of
from tests.commands import run, run_for_people
from tests.ledger.api_contract import Script
from tests.ledger.contract import signed_in
from tests.ways import DAY, WAYS

API = "/api/ledgers/assessment-rounds/"


@pytest.fixture(autouse=True)
def office_day(settings):
    settings.OFFICE_TODAY = DAY


@pytest.fixture
def round(kept, db):
    return AssessmentRound.objects.get(pk=kept.pk)


@pytest.fixture
def script(evaluator):
    return Script(evaluator, API)


def sheet(round, value=None, more=""):
    return f"{round.pk}/values/{f'{value.pk}/' if value else ''}{more}"


def closed(round):
    """Lead the round to where its values stand."""
    prove(round)
    compute(round)
    return WAYS["assessment-rounds"].lead(round, "checking")


NO_MORE = "2021Q3 处于“审核”，不再填报；需要更正的，请审核人退回补报。"


# --- opening ------------------------------------------------------------------------------------------------------


def test_a_round_is_opened_over_the_api_with_a_row_for_every_value(script, round):
    sent = {"scheme": round.scheme.pk, "quarter": 4, "due": "2021-12-31", "reason": "四季度"}
    first, again = (script("post", body=sent, key="q4") for _ in range(2))
    opened = AssessmentRound.objects.get(quarter=4)
    assert (first.status_code, first.json()["label"], first["Location"]) == (201, "测试方案 2021Q4", f"http://testserver{API}{opened.pk}/")
    assert (again.content, AssessmentRound.objects.count(), str(opened.due)) == (first.content, 2, "2021-12-31")
    assert [str(value.target) for value in opened.values.filter(unit__name="壶镇镇").exclude(target=None)] == [
        "40.000000", "4.000000", "100.000000",
    ]  # fmt: skip
    assert opened.history.get().history_change_reason == "四季度"
    told = script("post", body={"scheme": round.scheme.pk, "quarter": 4})
    assert (told.status_code, told.json()["errors"]) == (400, {"non_field_errors": ["该方案本季度已有考核轮次。"]})


def test_a_round_is_opened_by_a_command(round, evaluator):
    code, document = run("create_record", "assessment-rounds", "--set", "scheme=测试方案", "--set", "quarter=4", "--as", "evaluator")
    opened = AssessmentRound.objects.get(quarter=4)
    assert (code, document["record"]["id"], opened.values.count()) == (0, opened.pk, 5 * 4)
    assert JournalEntry.objects.filter(act="新增", channel="命令", user=evaluator).exists()
    again = run("create_record", "assessment-rounds", "--set", "scheme=测试方案", "--set", "quarter=4", "--as", "evaluator")
    assert (again[0], "该方案本季度已有考核轮次" in again[1]["message"]) == (1, True)


def test_a_scheme_without_units_opens_no_round_by_any_door(evaluator, script, round):
    scheme = make.scheme("bare")
    told = f"“{scheme}”还没有考核对象或考核指标，不能开启轮次。"
    answer = script("post", body={"scheme": scheme.pk, "quarter": 1})
    assert (answer.status_code, answer.json()["message"]) == (409, told)
    assert run("create_record", "assessment-rounds", "--set", f"scheme={scheme.pk}", "--set", "quarter=1", "--as", "evaluator") == (
        1, {"status": "refused", "message": told},
    )  # fmt: skip
    page = signed_in(evaluator).post(reverse("ledger:create", args=["assessment-rounds"]), {"scheme": scheme.pk, "quarter": 1})
    assert page.context["form"].non_field_errors() == [told]
    assert list(AssessmentRound.objects.all()) == [round]


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.APPROVER, Role.PER_MU, Role.LEADER])
def test_who_may_not_open_a_round_opens_none_by_any_door(role, round):
    user = make.person("somebody", role)
    assert Script(user, API)("post", body={"scheme": round.scheme.pk, "quarter": 4}).status_code == 403
    assert run("create_record", "assessment-rounds", "--set", "quarter=4", "--as", "somebody")[0] == 1
    for page in (reverse("assessments:open"), reverse("ledger:create", args=["assessment-rounds"])):
        assert signed_in(user).post(page, {"scheme": round.scheme.pk, "quarter": 4}).status_code == 403
    assert AssessmentRound.objects.count() == 1


# --- reading ------------------------------------------------------------------------------------------------------


def test_the_sheet_is_what_the_page_shows_and_what_ledgers_supply(script, round):
    first, second = (script("get", sheet(round), query={"page_size": "15", "page": page}).json() for page in "12")
    rows = [*first["results"], *second["results"]]
    assert (first["count"], len(rows), second["next"]) == (20, 20, None)
    page = script.client.get(reverse("assessments:fill", args=[round.pk])).context["values"]
    assert [row["id"] for row in rows if row["source"] == "typed"] == [value.pk for value in page]
    value = value_of(round, "丽缙园", "B1")
    [bonus] = [row for row in rows if row["id"] == value.pk]
    assert {name: bonus[name] for name in ("label", "unit", "code", "measure", "target", "actual", "source", "evidence", "version")} == {
        "label": "2021Q3 丽缙园 · 加分", "unit": {"id": value.unit.pk, "label": "丽缙园"}, "code": "B1", "measure": "分",
        "target": None, "actual": "2.000000", "source": "typed", "evidence": "报送表", "version": 2,
    }  # fmt: skip
    assert (bonus["paper"], bonus["lacks_paper"]) == (None, True)
    assert script("get", sheet(round), query={"unit": "1"}).json()["errors"] == {"unit": ["没有这个查询参数；可用的有：page、page_size。"]}


def test_the_sheet_costs_the_same_however_many_values_there_are(script, round, django_assert_num_queries):
    script("get", sheet(round))
    for size in ("2", "20"):
        with django_assert_num_queries(6):  # session, person, posts, the round, count, values
            script("get", sheet(round), query={"page_size": size})


@pytest.mark.parametrize("role", Role.values)
def test_who_reads_and_who_types(role, round):
    value = value_of(round, "丽缙园", "R2")
    user = make.person("somebody", role, **REACH.get(role, dict)())
    script, reads, fills = Script(user, API), role in READERS, role == Role.EVALUATOR
    for tail in (sheet(round), sheet(round, value), sheet(round, value, "history/")):
        assert script("get", tail).status_code == (200 if reads else 403)
    typed = {"actual": "2.9", "evidence": "投资月报"}
    assert script("patch", sheet(round, value), typed, version=1).status_code == (200 if fills else 403)
    many = {"rows": [{"id": value.pk, "version": 2, "actual": "3"}]}
    assert script("post", sheet(round), many).status_code == (200 if fills else 403)
    value.refresh_from_db()
    assert value.version == (3 if fills else 1)
    command = ["assessment_values", "2021Q3", "--as", "somebody"]
    assert run(*command)[0] == (0 if reads else 1)
    typing = [*command, "--value", value.pk, "--set", "actual=1", "--if-version", value.version]
    assert run(*typing)[0] == (0 if fills else 1)


def test_strangers_are_told_to_sign_in(round):
    value = value_of(round, "丽缙园", "R2")
    for method, tail in (
        ("get", sheet(round)),
        ("post", sheet(round)),
        ("patch", sheet(round, value)),
        ("get", sheet(round, value, "history/")),
    ):
        assert Script(None, API)(method, tail, {} if method != "get" else None).status_code == 401


def test_a_value_is_found_below_its_own_round_only(script, round):
    other = services.open_round(scheme=round.scheme, quarter=4, actor=make.SYSTEM)
    value = value_of(round, "丽缙园", "R2")
    for tail in (sheet(other, value), sheet(other, value, "history/"), f"{round.pk}/values/0/", "0/values/"):
        assert script("get", tail).status_code == 404
    assert script("patch", sheet(other, value), {"actual": "1"}, version=1).status_code == 404
    told = script("post", sheet(other), {"rows": [{"id": value.pk, "version": 1, "actual": "1"}]})
    assert (told.status_code, told.json()["errors"]) == (400, {"rows.1.id": ["不存在或不在您的范围内。"]})


# --- typing one ---------------------------------------------------------------------------------------------------


def test_a_value_is_typed_and_its_history_read(script, round, evaluator):
    value = value_of(round, "丽缙园", "R2")
    read = script("get", sheet(round, value))
    typed = {"target": "3.2", "actual": "2.9", "evidence": "县发改局9月投资月报", "reason": "首次填报"}
    answer = script("patch", sheet(round, value), typed, version=1)
    assert (read["ETag"], answer.status_code, answer["ETag"]) == ('"1"', 200, '"2"')
    assert {**answer.json(), "updated_at": ""} == {
        **read.json(), "target": "3.200000", "actual": "2.900000", "evidence": "县发改局9月投资月报", "version": 2, "updated_at": "",
    }  # fmt: skip
    [change, begun] = script("get", sheet(round, value, "history/")).json()["results"]
    assert (change["act"], change["by"], change["channel"], change["reason"]) == ("修改", str(evaluator), "接口", "首次填报")
    assert change["changes"] == [
        {"label": "目标", "before": "3.00", "after": "3.20"},
        {"label": "完成", "before": "—", "after": "2.90"},
        {"label": "佐证", "before": "—", "after": "县发改局9月投资月报"},
    ]
    assert (begun["act"], begun["changes"]) == ("登记", [])


def test_the_version_is_asked_and_both_values_are_told(script, round):
    value = value_of(round, "壶镇镇", "R2")
    assert script("patch", sheet(round, value), {"actual": "2"}).status_code == 428
    stale = script("patch", sheet(round, value), {"actual": "2.5"}, version=1)
    assert (stale.status_code, stale.json()["version"]) == (412, 2)
    assert stale.json()["conflicts"] == {"actual": {"label": "完成", "yours": "2.500000", "current": "3.000000"}}


WRONG = {
    "no evidence": ("R2", {"actual": "2.9"}, {"evidence": ["人工填报的数据必须写明佐证。"]}),
    "too many points": ("B1", {"actual": "6", "evidence": "表彰"}, {"actual": ["应在 0 至 5 分之间。"]}),
    "a target of a bonus": ("B1", {"target": "6"}, {"target": ["加分、扣分只填分值，没有目标。"]}),
    "the system's": ("R2", {"source": "fed"}, {"source": ["您的岗位或当前环节不能填写这一项。"]}),
    "unknown": ("R2", {"wish": "1"}, {"wish": ["没有这一项。"]}),
    "no figure": ("R2", {"actual": "很多"}, None),
    "a paper that is not there": ("R2", {"paper": 1}, {"paper": ["不存在或不在您的范围内。"]}),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_may_not_be_typed_is_named(name, script, round):
    code, typed, errors = WRONG[name]
    value = value_of(round, "丽缙园" if code == "R2" else "壶镇镇", code)
    one = script("patch", sheet(round, value), typed, version=value.version)
    assert one.status_code == 400
    assert one.json()["errors"] == errors if errors else list(one.json()["errors"]) == list(typed)
    value.refresh_from_db()
    assert value.version == 1


def test_only_evidence_of_the_own_round_is_named(script, round):
    value = value_of(round, "丽缙园", "B1")
    other = services.open_round(scheme=round.scheme, quarter=4, actor=make.SYSTEM)
    assert script("patch", sheet(round, value), {"paper": put_in(other).pk}, version=2).status_code == 400
    own = put_in(round)
    answer = script("patch", sheet(round, value), {"paper": own.pk}, version=2)
    assert (answer.status_code, answer.json()["paper"], answer.json()["lacks_paper"]) == (200, {"id": own.pk, "label": own.title}, False)


def test_what_a_ledger_supplies_is_refused_by_every_door(script, round):
    value = value_of(round, "壶镇镇", "R1")
    told = "壶镇镇“规上工业总产值”由台账取数，不能填报；请在台账中更正后重新计分。"
    typed = {"actual": "1", "evidence": "月报"}
    one = script("patch", sheet(round, value), typed, version=value.version)
    assert (one.status_code, one.json()["message"]) == (409, told)
    many = script("post", sheet(round), {"rows": [{"id": value.pk, "version": value.version, **typed}]})
    assert (many.status_code, many.json()["left_out"]) == (409, [{"id": value.pk, "label": str(value), "why": told}])
    command = [
        "assessment_values",
        "2021Q3",
        "--value",
        value.pk,
        "--set",
        "actual=1",
        "--set",
        "evidence=月报",
        "--if-version",
        value.version,
    ]
    assert run(*command, "--as", "evaluator") == (1, {"status": "refused", "message": told})


def test_a_round_that_is_being_checked_takes_no_value_by_any_door(script, round):
    value = value_of(closed(round), "壶镇镇", "P1")
    one = script("patch", sheet(round, value), {"actual": "99"}, version=2)
    assert (one.status_code, one.json()["message"]) == (409, NO_MORE)
    many = script("post", sheet(round), {"rows": [{"id": value.pk, "version": 2, "actual": "99"}]})
    assert (many.status_code, [row["why"] for row in many.json()["left_out"]]) == (409, [NO_MORE])
    command = ["assessment_values", "2021Q3", "--value", value.pk, "--set", "actual=99", "--if-version", 2, "--as", "evaluator"]
    assert run(*command) == (1, {"status": "refused", "message": NO_MORE})
    assert script("get", sheet(round)).json()["count"] == 20


# --- the sheet at once --------------------------------------------------------------------------------------------


def typed_rows(round):
    """Return what is typed at once: one value that is new, two that become others."""
    given = {"丽缙园": {"actual": "2.9", "evidence": "投资月报"}, "壶镇镇": {"actual": "2.8"}, "东方镇": {"actual": None}}
    return [{"id": value.pk, "version": value.version, **typed} for unit, typed in given.items() for value in [value_of(round, unit, "R2")]]


def held(round):
    return [None if value is None else str(value) for value in round.values.filter(indicator__code="R2").values_list("actual", flat=True)]


def test_many_values_are_typed_at_once_and_a_second_sending_changes_nothing(script, round):
    sent = {"rows": typed_rows(round), "reason": "九月数据"}
    first, again = (script("post", sheet(round), sent, key="sheet-1") for _ in range(2))
    assert (first.status_code, again.content) == (200, first.content)
    assert [(row["unit"]["label"], row["actual"], row["version"]) for row in first.json()["results"]] == [
        ("丽缙园", "2.900000", 2), ("壶镇镇", "2.800000", 3), ("东方镇", None, 3),
    ]  # fmt: skip
    assert held(round) == ["2.900000", "2.800000", None, "3.000000", "1.500000"]
    last = value_of(round, "丽缙园", "R2").history.first()
    assert (last.history_change_reason, last.channel) == ("九月数据", "接口")


def test_nothing_of_a_sheet_is_kept_where_one_row_cannot_be(script, round):
    rows, before = typed_rows(round), held(round)
    rows[1]["version"] = 1
    rows[0] |= {"evidence": ""}
    answer = script("post", sheet(round), {"rows": rows})
    stale = "“2021Q3 壶镇镇 · 制造业投资”刚刚被他人修改，您的修改未保存，请核对后重新提交。"
    assert (answer.status_code, [(row["label"], row["why"]) for row in answer.json()["left_out"]]) == (
        409,
        [("2021Q3 丽缙园 · 制造业投资", "人工填报的数据必须写明佐证。"), ("2021Q3 壶镇镇 · 制造业投资", stale)],
    )
    first = "2021Q3 丽缙园 · 制造业投资：人工填报的数据必须写明佐证。"
    assert answer.json()["message"] == f"有 2 项不能填报，没有保存任何内容，请改正后重新提交。{first}"
    assert held(round) == before


MISSHAPEN = {
    "no rows": ({"rows": []}, ["rows"]),
    "no version": ({"rows": [{"id": 1}]}, ["rows.1.version"]),
    "a row that is none": ({"rows": [1]}, ["rows"]),
    "unknown": ({"rows": [{"id": 0, "version": 1}], "wish": 1}, ["wish"]),
}


@pytest.mark.parametrize("name", MISSHAPEN)
def test_a_sheet_that_cannot_be_read_is_400(name, script, round):
    body, places = MISSHAPEN[name]
    answer = script("post", sheet(round), body)
    assert (answer.status_code, [place[: len(places[0])] for place in answer.json()["errors"]]) == (400, places)


def test_a_fault_in_a_row_is_named_with_its_place_and_a_row_given_twice_is_refused(script, round):
    rows = typed_rows(round)
    rows[2] |= {"actual": "很多", "wish": 1}
    assert list(script("post", sheet(round), {"rows": rows}).json()["errors"]) == ["rows.3.wish"]
    twice = script("post", sheet(round), {"rows": [typed_rows(round)[0]] * 2})
    told = "“2021Q3 丽缙园 · 制造业投资”在同一次填报中出现了两次，没有保存任何内容；请每项只填一次。"
    assert (twice.status_code, twice.json()["message"]) == (409, told)


# --- by command ---------------------------------------------------------------------------------------------------


def test_the_command_lists_types_and_tells_the_history(round, evaluator, script):
    listed = run("assessment_values", "2021Q3", "--as", "evaluator")
    assert (listed[0], listed[1]["state"]) == (0, "draft")
    assert listed[1]["values"] == script("get", sheet(round)).json()["results"]
    value, paper = value_of(round, "丽缙园", "B1"), put_in(round)
    command = ["assessment_values", "2021Q3", "--as", "evaluator"]
    typed = ["--set", "actual=3", "--set", f"paper={paper.title}", "--if-version", "2", "--reason", "更正"]
    code, document = run(*command, "--value", value.pk, *typed)
    assert (code, [(row["actual"], row["paper"]["id"], row["version"]) for row in document["values"]]) == (0, [("3.000000", paper.pk, 3)])
    history = run(*command, "--history", value.pk)[1]["history"]
    assert history == script("get", sheet(round, value, "history/")).json()["results"]
    assert (history[0]["channel"], history[0]["reason"]) == ("命令", "更正")
    printed = run_for_people(*command)[1]
    assert f"{value.pk}  版本 3  2021Q3 丽缙园 · 加分  目标 —，完成 3.000000（分）  报送表\n" in printed
    assert "完成：2.00 → 3.00" in run_for_people(*command, "--history", value.pk)[1]


def test_the_command_types_a_file_of_values_at_once(round, evaluator, tmp_path):
    file, before = tmp_path / "values.json", held(round)
    command = ["assessment_values", "2021Q3", "--rows", file, "--as", "evaluator", "--reason", "九月数据"]
    rows = typed_rows(round)
    file.write_text(json.dumps([rows[0] | {"evidence": ""}, *rows[1:]]))
    told = "第 1 项（2021Q3 丽缙园 · 制造业投资）：佐证：人工填报的数据必须写明佐证。没有保存任何内容。"
    assert (run(*command), held(round)) == ((1, {"status": "refused", "message": told}), before)
    file.write_text(json.dumps([*rows[:1], rows[1] | {"version": 1}]))
    code, document = run(*command)
    assert (code, [row["label"] for row in document["left_out"]], held(round)) == (1, ["2021Q3 壶镇镇 · 制造业投资"], before)
    file.write_text(json.dumps(rows))
    code, document = run(*command)
    assert (code, len(document["values"]), held(round)) == (0, 3, ["2.900000", "2.800000", None, "3.000000", "1.500000"])


@pytest.mark.parametrize("text", ["", "{}", "[1]", '[{"id": 1}]', '[{"id": "1", "version": 1}]', "[]", '[{"id": true, "version": 1}]'])
def test_a_file_that_is_no_sheet_is_refused(text, round, evaluator, tmp_path):
    file = tmp_path / "values.json"
    file.write_text(text)
    code, document = run("assessment_values", "2021Q3", "--rows", file, "--as", "evaluator")
    assert (code, document["status"], document["message"].startswith(str(file))) == (1, "refused", True)


USES = [
    ([], "--rows", "nowhere.json", "没有文件 nowhere.json。"),
    ([], "--set", "actual=1", "--set 和 --if-version 须与 --value 同时使用。"),
    ([], "--value", "1", "填报一项须有 --set 和 --if-version。"),
]


@pytest.mark.parametrize(("more", "option", "content", "sentence"), USES)
def test_a_wrong_call_is_told_how_it_is_done(more, option, content, sentence, round, evaluator):
    content = value_of(round, "丽缙园", "R2").pk if option == "--value" else content
    code, document = run("assessment_values", "2021Q3", option, content, "--as", "evaluator")
    assert (code, document["message"]) == (2, sentence)


def test_a_value_of_another_round_is_not_typed_by_the_command(round, evaluator):
    other = services.open_round(scheme=round.scheme, quarter=4, actor=make.SYSTEM)
    value = value_of(other, "丽缙园", "R2")
    told = f"本轮没有编号为 {value.pk} 的数据，或不在您的范围内；请先列出本轮数据核对编号。"
    command = ["assessment_values", "2021Q3", "--value", value.pk, "--set", "actual=1", "--if-version", 1, "--as", "evaluator"]
    assert run(*command) == (1, {"status": "refused", "message": told})
