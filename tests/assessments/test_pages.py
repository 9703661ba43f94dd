"""The evaluator's pages through the client: who opens them, what they show, what they save."""

from decimal import Decimal as D

import pytest
from django.urls import reverse

from apps.accounts.choices import Role
from apps.assessments.models import AssessmentRound
from apps.assessments.services import open_round
from apps.core import clock
from apps.jobs.models import Job
from apps.jobs.services import run_here
from tests import factories as make
from tests.assessments.conftest import REACH, READERS, compute, prove, value_of
from tests.ways import WAYS

pytestmark = pytest.mark.django_db


def person(role):
    return make.person("somebody", role, **REACH.get(role, dict)())


def address(round, name):
    return reverse("assessments:list") if name == "list" else reverse(f"assessments:{name}", args=[round.pk])


@pytest.fixture
def third_quarter(kept, db):
    return AssessmentRound.objects.get(pk=kept.pk)


@pytest.fixture
def scheme(third_quarter):
    return third_quarter.scheme


@pytest.fixture
def signed_in(client, evaluator):
    client.force_login(evaluator)
    return client


@pytest.mark.parametrize("name", ["list", "round", "fill", "export"])
@pytest.mark.parametrize("role", Role.values)
def test_readers_of_the_assessment(client, third_quarter, role, name):
    compute(third_quarter)
    client.force_login(person(role))
    assert client.get(address(third_quarter, name)).status_code == (200 if role in READERS else 403)


@pytest.mark.parametrize("role", Role.values)
def test_only_the_evaluator_fills_and_runs(client, third_quarter, role):
    client.force_login(person(role))
    value = reverse("assessments:value", args=[value_of(third_quarter, "丽缙园", "R2").pk])
    expected = 200 if role == Role.EVALUATOR else 403
    assert [client.get(value).status_code, client.get(reverse("assessments:open")).status_code] == [
        200 if role in READERS else 403,
        expected,
    ]
    sent = client.post(value, {"target": "3", "actual": "2", "evidence": "月报", "version": 1})
    assert sent.status_code == (302 if role == Role.EVALUATOR else 403)
    answer = client.post(reverse("assessments:recalculate", args=[third_quarter.pk]))
    assert answer.status_code == (302 if role == Role.EVALUATOR else 403)
    assert Job.objects.filter(kind="assessments.recalculate").exists() == (role == Role.EVALUATOR)


@pytest.mark.parametrize("name", ["list", "round", "fill", "export"])
def test_strangers_are_sent_to_sign_in(client, third_quarter, name):
    answer = client.get(address(third_quarter, name))
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, reverse("accounts:sign-in"))


def test_matrix_before_and_after_the_first_computation(signed_in, third_quarter):
    page = address(third_quarter, "round")
    before = signed_in.get(page)
    assert "尚未计分" in before.content.decode()
    assert [row.cells[1].actual for row in before.context["matrix"].rows] == [None, 3, 3, 3, D("1.5")]
    compute(third_quarter)
    after = signed_in.get(page)
    rows = after.context["matrix"].rows
    assert [row.unit.name for row in rows] == ["丽缙园", "壶镇镇", "东方镇", "新建镇", "舒洪镇"]
    assert [row.cells[0].score for row in rows] == [120, 60, 30, 30, None]
    assert [row.cells[0].heat for row in rows] == [4, 4, 1, 1, None]
    assert after.context["chart"]["series"][0]["data"] == [110, 100, 76, 76, 65]
    assert [section["group"].code for section in map(vars, after.context["matrix"].sections)] == ["G1", "G2"]
    assert "计分以后数据或方案有改动" not in after.content.decode()


def test_recalculation_leads_to_its_job(signed_in, third_quarter, evaluator):
    answer = signed_in.post(reverse("assessments:recalculate", args=[third_quarter.pk]))
    job = Job.objects.get(kind="assessments.recalculate")
    assert answer["Location"] == reverse("jobs:detail", args=[job.pk])
    assert (job.requested_by, job.params) == (evaluator, {"round": third_quarter.pk})
    run_here(job.pk)
    third_quarter.refresh_from_db()
    assert third_quarter.current.actor == "考核办"


def test_typing_a_value_with_its_evidence(signed_in, third_quarter):
    value = value_of(third_quarter, "丽缙园", "R2")
    page = reverse("assessments:value", args=[value.pk])
    data = {"target": "3.2", "actual": "2.9", "evidence": "县发改局9月投资月报", "version": value.version, "reason": "首次填报"}
    answer = signed_in.post(page, data)
    assert answer["Location"] == address(third_quarter, "fill")
    value.refresh_from_db()
    assert (value.target, value.actual, value.evidence, value.version) == (D("3.2"), D("2.9"), "县发改局9月投资月报", 2)
    assert value.history.first().history_change_reason == "首次填报"


def test_a_typed_value_without_evidence_is_not_saved(signed_in, third_quarter):
    value = value_of(third_quarter, "丽缙园", "R2")
    answer = signed_in.post(reverse("assessments:value", args=[value.pk]), {"actual": "2.9", "evidence": "", "version": value.version})
    assert answer.context["form"].errors == {"evidence": ["人工填报的数据必须写明佐证。"]}
    value.refresh_from_db()
    assert (value.actual, value.version) == (None, 1)


def test_a_bonus_ends_at_its_limit(signed_in, third_quarter):
    value = value_of(third_quarter, "壶镇镇", "B1")
    answer = signed_in.post(
        reverse("assessments:value", args=[value.pk]), {"actual": "6", "evidence": "表彰文件", "version": value.version}
    )
    assert answer.context["form"].errors == {"actual": ["应在 0 至 5 分之间。"]}


def test_a_stale_form_shows_both_values(signed_in, third_quarter):
    value = value_of(third_quarter, "壶镇镇", "R2")
    data = {"target": "3", "actual": "2.5", "evidence": value.evidence, "version": value.version - 1}
    answer = signed_in.post(reverse("assessments:value", args=[value.pk]), data)
    assert answer.status_code == 409
    assert [(mine, theirs) for _, mine, theirs in answer.context["conflict"]] == [("2.50", "3.00")]
    value.refresh_from_db()
    assert value.actual == 3


def test_a_fed_value_is_corrected_in_its_ledger(signed_in, third_quarter):
    assert signed_in.get(reverse("assessments:value", args=[value_of(third_quarter, "壶镇镇", "R1").pk])).status_code == 404


def test_fill_page_lists_what_is_typed(signed_in, third_quarter):
    values = signed_in.get(address(third_quarter, "fill")).context["values"]
    assert [(value.unit.name, value.indicator.code) for value in values][:4] == [
        ("丽缙园", "R2"),
        ("丽缙园", "P1"),
        ("丽缙园", "B1"),
        ("壶镇镇", "R2"),
    ]
    assert len(values) == 5 * 3


@pytest.mark.parametrize("role", [Role.EVALUATOR, Role.SUPERVISOR, Role.LEADER])
def test_a_value_is_read_with_its_history(role, client, third_quarter, evaluator):
    value = value_of(third_quarter, "丽缙园", "R2")
    page = reverse("assessments:value", args=[value.pk])
    client.force_login(evaluator)
    client.post(page, {"target": "3", "actual": "2.9", "evidence": "投资月报", "version": 1, "reason": "首次填报"})
    client.force_login(make.person("reader", role))
    answer = client.get(page)
    shown = [(line["act"], str(line["entry"].history_user or ""), line["changes"]) for line in answer.context["timeline"]]
    assert shown == [("修改", "evaluator", [("完成", "—", "2.90"), ("佐证", "—", "投资月报")]), ("登记", "", [])]
    assert answer.context["may_write"] == (role == Role.EVALUATOR)
    assert page in client.get(address(third_quarter, "fill")).content.decode()
    if role != Role.EVALUATOR:
        assert client.post(page, {"actual": "1", "evidence": "x", "version": 2}).status_code == 403


def test_the_history_of_a_value_is_closed_to_who_does_not_read_the_assessment(client, third_quarter):
    page = reverse("assessments:value", args=[value_of(third_quarter, "丽缙园", "R2").pk])
    for role in (Role.PER_MU, Role.SYSTEM_ADMIN):
        client.force_login(make.person(role, role))
        assert client.get(page).status_code == 403


def test_a_value_of_a_round_that_is_over_is_read_without_a_form(signed_in, third_quarter):
    value = value_of(third_quarter, "壶镇镇", "R2")
    compute(third_quarter)
    prove(third_quarter)
    compute(third_quarter)
    WAYS["assessment-rounds"].lead(third_quarter, "checking")
    text = signed_in.get(reverse("assessments:value", args=[value.pk])).content.decode()
    assert ('name="actual"' in text, "变更记录" in text, "<dt>完成</dt><dd>3.00</dd>" in text) == (False, True, True)
    told = signed_in.post(reverse("assessments:value", args=[value.pk]), {"target": "3", "actual": "2", "evidence": "x", "version": 2})
    assert "不再填报" in told.content.decode()


@pytest.mark.parametrize("words", ["2021Q3", "2021q3", "测试方案 2021Q3", "2021年三季度", "2021年第三季度", "2021年前三季度", "前三季度"])
def test_the_search_finds_a_round_by_its_title(words, signed_in, third_quarter, scheme):
    open_round(scheme=scheme, quarter=2, actor=make.SYSTEM)
    found = signed_in.get(reverse("workbench:search"), {"q": words}).context["found"]
    assert [(group["ledger"].code, group["rows"]) for group in found] == [("assessment-rounds", [third_quarter])]
    listed = signed_in.get(reverse("ledger:list", args=["assessment-rounds"]), {"q": words, "as_of": clock.today().isoformat()})
    assert [row.pk for row in listed.context["table"].page.object_list.data] == [third_quarter.pk]


def test_opening_the_next_quarter(signed_in, third_quarter, scheme):
    answer = signed_in.post(reverse("assessments:open"), {"scheme": scheme.pk, "quarter": 4})
    opened = AssessmentRound.objects.get(quarter=4)
    assert answer["Location"] == address(opened, "fill")
    assert [value.target for value in opened.values.filter(unit__name="壶镇镇")] == [40, 4, 100, None]
    again = signed_in.post(reverse("assessments:open"), {"scheme": scheme.pk, "quarter": 4})
    assert "该方案本季度已有考核轮次" in again.content.decode()
    assert AssessmentRound.objects.count() == 2


def test_export_is_a_download(signed_in, third_quarter):
    compute(third_quarter)
    answer = signed_in.get(address(third_quarter, "export"))
    assert answer["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert answer.getvalue()[:2] == b"PK"


def test_export_before_the_first_computation_says_so(signed_in, third_quarter):
    answer = signed_in.get(address(third_quarter, "export"))
    assert answer.status_code == 409
    assert "尚未计分，请先计分再导出。" in answer.content.decode()
