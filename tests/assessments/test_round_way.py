"""A round from opening to the circular through the pages of those concerned (domain 4.5)."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from apps.accounts.choices import Role
from apps.assessments import services
from apps.assessments.models import AssessmentValue
from apps.ledger import services as ledger
from apps.ledger import trail
from tests import factories as make
from tests.assessments.conftest import compute, prove
from tests.ledger.api_contract import Script
from tests.ledger.contract import signed_in


@pytest.fixture
def today(settings):
    settings.OFFICE_TODAY = dt.date(2021, 10, 15)


@pytest.fixture
def round(third_quarter, today):
    prove(third_quarter)
    return third_quarter


@pytest.fixture
def people(evaluator, db):
    return {
        "one": evaluator,
        "two": make.person("evaluator_two", Role.EVALUATOR),
        "head": make.person("approver", Role.APPROVER),
    }


def move(user, round, code, comment="", **values):
    round.refresh_from_db()
    sent = {"version": round.version, "comment": comment, **values}
    answer = signed_in(user).post(reverse("ledger:move", args=["assessment-rounds", round.pk, code]), sent)
    round.refresh_from_db()
    return answer


def fault(answer):
    return answer.context["form"].non_field_errors()


@pytest.fixture
def rechecked(round, people):
    """The round as it lies with the units for their recheck."""
    move(people["one"], round, "open", due="2021-10-20")
    compute(round)
    move(people["one"], round, "submit")
    move(people["two"], round, "score")
    move(people["one"], round, "recheck")
    assert round.state == "recheck"
    return round


def test_from_opening_to_the_circular(rechecked, people, settings):
    assert rechecked.due == dt.date(2021, 10, 20)  # three working days after Friday the 15th
    assert fault(move(people["head"], rechecked, "approve")) == ["还不能审定，缺少：复核期满（至 2021-10-20）。"]
    settings.OFFICE_TODAY = dt.date(2021, 10, 21)
    move(people["head"], rechecked, "approve")
    assert list(move(people["one"], rechecked, "publish", bulletin_number="").context["form"].errors) == ["bulletin_number"]
    move(people["one"], rechecked, "publish", bulletin_number="缙考办〔2021〕3号")
    assert (rechecked.state, rechecked.published_on, rechecked.light.words) == ("published", dt.date(2021, 10, 21), "已办结")
    assert list(trail.of(rechecked).values_list("move", "user__username")) == [
        ("create", None),
        ("open", "evaluator"),
        ("submit", "evaluator"),
        ("score", "evaluator_two"),
        ("recheck", "evaluator"),
        ("approve", "approver"),
        ("publish", "evaluator"),
    ]
    move(people["one"], rechecked, "correct", comment="壶镇镇投资数有误")
    assert rechecked.state == "checking"


def test_the_approver_has_nothing_to_do_before_the_units_had_their_days(rechecked, people, settings):
    def waiting():
        groups = signed_in(people["head"]).get(reverse("workbench:todo")).context["groups"]
        bell = signed_in(people["head"]).get(reverse("workbench:bell")).json()["todos"]
        return [todo.move.code for group in groups for todo in group.todos], bell

    def barriers():
        offered = Script(people["head"], "/api/ledgers/assessment-rounds/")("get", f"{rechecked.pk}/").json()["moves"]
        return {move["code"]: move["barriers"] for move in offered}["approve"]

    settings.OFFICE_TODAY = rechecked.due
    assert (waiting(), barriers()) == (([], 0), ["缺少：复核期满（至 2021-10-20）"])
    settings.OFFICE_TODAY = dt.date(2021, 10, 21)
    assert (waiting(), barriers()) == ((["approve"], 1), [])


def test_what_somebody_can_bring_stays_a_to_do(round, people):
    move(people["one"], round, "open")  # no score yet: to make one is what there is to do
    groups = signed_in(people["one"]).get(reverse("workbench:todo")).context["groups"]
    assert [todo.move.code for group in groups for todo in group.todos] == ["submit"]


def test_a_to_do_says_what_must_be_done_first(round, people):
    """The supervisor may pass it and not compute it: where the score is stale he is told what he waits for."""
    supervisor, told = make.person("supervisor", Role.SUPERVISOR), "还缺：最新的计分结果（请先重新计分）"

    def said(user):
        page = signed_in(user).get(reverse("workbench:todo"))
        return [todo.move.code for group in page.context["groups"] for todo in group.todos], page.content.decode().count(told)

    move(people["one"], round, "open")
    assert said(people["one"]) == (["submit"], 1)
    compute(round)
    assert said(people["one"]) == (["submit"], 0)
    move(people["one"], round, "submit")
    assert said(supervisor) == (["score"], 0)
    ledger.change(record=round.scheme, values={"green_from": Decimal("0.95")}, version=1, actor=make.SYSTEM)
    assert (said(supervisor), told in signed_in(supervisor).get(reverse("workbench:home")).content.decode()) == ((["score"], 1), True)
    compute(round)
    assert said(supervisor) == (["score"], 0)


def test_who_filled_does_not_check_and_who_checked_does_not_approve(round, people):
    move(people["one"], round, "open")
    compute(round)
    move(people["one"], round, "submit")
    assert fault(move(people["one"], round, "score")) == ["“报送审核”由您本人办理，“审核通过”应由他人办理。"]
    assert move(people["head"], round, "score").status_code == 403
    assert move(people["two"], round, "approve").status_code == 403


def test_a_round_goes_on_only_with_the_latest_score(round, people):
    move(people["one"], round, "open")
    assert fault(move(people["one"], round, "submit")) == ["还不能报送审核，缺少：最新的计分结果（请先重新计分）。"]
    compute(round)
    value = AssessmentValue.objects.get(round=round, unit__name="舒洪镇", indicator__code="P1")
    services.fill(value=value, values={"actual": 50}, version=value.version, actor=make.SYSTEM)
    assert fault(move(people["one"], round, "submit")) == ["还不能报送审核，缺少：最新的计分结果（请先重新计分）。"]


def test_after_checking_began_no_value_is_typed_and_after_it_no_score_is_made(rechecked, evaluator):
    value = AssessmentValue.objects.get(round=rechecked, unit__name="舒洪镇", indicator__code="P1")
    sent = {"version": value.version, "reason": "", "target": "100", "actual": "90", "evidence": "报送表"}
    answer = signed_in(evaluator).post(reverse("assessments:value", args=[value.pk]), sent)
    assert fault(answer) == ["2021Q3 处于“复核”，不再填报；需要更正的，请审核人退回补报。"]
    answer = signed_in(evaluator).post(reverse("assessments:recalculate", args=[rechecked.pk]))
    assert (answer.status_code, "2021Q3 处于“复核”，不能重新计分；需要更正的，请先退回审核。" in answer.content.decode()) == (409, True)
    value.refresh_from_db()
    assert (value.actual, rechecked.computations.count()) == (100, 1)


def test_a_unit_sees_its_own_score_in_the_recheck_and_all_after_the_circular(rechecked, people, settings):
    town = signed_in(make.person("town", Role.TOWN, town=make.town("东方镇")))
    page = reverse("ledger:detail", args=["assessment-rounds", rechecked.pk])

    def shown():
        return [str(row.unit) for row in town.get(page).context["panels"][0][1]["scores"]]

    assert shown() == ["东方镇"]
    settings.OFFICE_TODAY = dt.date(2021, 10, 21)
    move(people["head"], rechecked, "approve")
    assert shown() == ["东方镇"]
    move(people["one"], rechecked, "publish", bulletin_number="缙考办〔2021〕3号")
    assert shown() == ["丽缙园", "壶镇镇", "东方镇", "新建镇", "舒洪镇"]


def test_before_the_recheck_a_unit_sees_nothing(round, people):
    compute(round)
    town = signed_in(make.person("town", Role.TOWN, town=make.town("东方镇")))
    answer = town.get(reverse("ledger:detail", args=["assessment-rounds", round.pk]))
    assert list(answer.context["panels"][0][1]["scores"]) == []
