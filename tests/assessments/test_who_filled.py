"""Who typed a value of a round neither checks nor approves it, by page, API and command; his to-dos know it (domain 4.5)."""

import pytest
from django.urls import reverse

from apps.accounts.choices import Role
from apps.accounts.models import Post
from apps.assessments import services
from apps.assessments.models import AssessmentRound, AssessmentValue
from apps.core.actor import Actor
from apps.ledger import todo
from tests import factories as make
from tests.assessments.conftest import compute, prove
from tests.commands import run
from tests.ledger.api_contract import Script
from tests.ledger.contract import signed_in
from tests.ways import APART, DAY

API = "/api/ledgers/assessment-rounds/"
ONE = "舒洪镇“按时办结率”由您填报，“审核通过”应由他人办理"
MANY = "壶镇镇“按时办结率”、东方镇“按时办结率”、新建镇“按时办结率”，另有 1 项由您填报，“审核通过”应由他人办理"


@pytest.fixture(autouse=True)
def office_day(settings):
    settings.OFFICE_TODAY = DAY


@pytest.fixture
def typist(db):
    return make.person("evaluator", Role.EVALUATOR)


@pytest.fixture
def other(db):
    return make.person("evaluator2", Role.EVALUATOR)


def type_as(user, round, unit, actual):
    """Type how many per cent of a unit's cases were settled in time."""
    value = AssessmentValue.objects.get(round=round, unit__name=unit, indicator__code="P1")
    answer = signed_in(user).post(
        reverse("assessments:value", args=[value.pk]),
        {"target": "100", "actual": actual, "evidence": "督查室月报", "version": value.version},
    )
    assert answer.status_code == 302


def report(user, round):
    """Let somebody report the round for checking with its latest score."""
    compute(round)
    assert by_page(user, round, "submit") == ""
    round.refresh_from_db()


@pytest.fixture
def round(kept, typist, other):
    """The round as one evaluator typed a value and the other reported it."""
    round = AssessmentRound.objects.get(pk=kept.pk)
    prove(round)
    assert by_page(other, round, "open") == ""
    type_as(typist, round, "舒洪镇", "91")
    report(other, round)
    return round


def by_page(user, round, code):
    """Press the button of a move; return what the person is told, nothing where it was made."""
    page = reverse("ledger:move", args=["assessment-rounds", round.pk, code])
    version = AssessmentRound.objects.get(pk=round.pk).version
    answer = signed_in(user).post(page, {"version": version, "comment": "已核"}, follow=True)
    if answer.redirect_chain and answer.status_code == 200:
        return ""
    if "message" in answer.context:
        return answer.context["message"]
    return "".join(sentence for faults in answer.context["form"].errors.values() for sentence in faults)


def by_api(user, round, code):
    answer = Script(user, API)("post", f"{round.pk}/moves/{code}/", {"comment": "已核"}, version=round.version)
    return "" if answer.status_code == 200 else answer.json()["message"]


def by_command(user, round, code):
    move = ["move_record", "assessment-rounds", round.pk, code, "--if-version", round.version, "--comment", "已核"]
    return run(*move, "--as", user.username)[1].get("message", "")


DOORS = [by_page, by_api, by_command]


def waits(user):
    return [item.move.code for group in todo.groups(user) for item in group.todos]


@pytest.mark.parametrize("door", DOORS)
def test_who_typed_a_value_does_not_check_it(door, round, typist):
    assert door(typist, round, "score") == f"{ONE}。"
    kept = AssessmentRound.objects.get(pk=round.pk)
    assert (kept.state, kept.version) == ("checking", round.version)
    assert door(make.person("supervisor", Role.SUPERVISOR), round, "score") == ""
    assert AssessmentRound.objects.get(pk=round.pk).state == "scored"


@pytest.mark.parametrize("door", DOORS)
def test_who_typed_many_is_told_some_and_how_many_more_in_whichever_post(door, round, typist, other):
    assert by_page(typist, round, "return") == ""
    Post.objects.create(user=typist, role=Role.SUPERVISOR, start="2018-01-01")
    for unit, actual in (("壶镇镇", "99"), ("东方镇", "98"), ("新建镇", "97"), ("舒洪镇", "100")):
        type_as(typist, round, unit, actual)
    report(other, round)
    assert door(typist, round, "score") == f"{MANY}。"
    move = ["move_record", "assessment-rounds", round.pk, "score", "--if-version", round.version]
    assert run(*move, "--as", "evaluator", "--post", "督查室")[1]["message"] == f"{MANY}。"


def with_post(user, role):
    """Give somebody a further post and act in it from the next sign-in on: as when he is moved to the leading group."""
    user.posts.update(end=DAY)
    Post.objects.create(user=user, role=role, start=DAY)
    return type(user).objects.get(pk=user.pk)


@pytest.mark.parametrize("door", DOORS)
def test_neither_who_typed_nor_who_reported_checked_or_sent_on_approves(door, round, typist, other, settings):
    """Moved to the leading group meanwhile, each is told what he did; whoever did none of it approves."""
    checker, sender = make.person("evaluator3", Role.EVALUATOR), make.person("evaluator4", Role.EVALUATOR)
    assert (by_page(checker, round, "score"), by_page(sender, round, "recheck")) == ("", "")
    settings.OFFICE_TODAY = DAY + APART
    done = {typist: ONE.replace("审核通过", "审定")}
    done |= {
        user: f"“{label}”由您本人办理，“审定”应由他人办理"
        for user, label in ((other, "报送审核"), (checker, "审核通过"), (sender, "送复核"))
    }
    round = AssessmentRound.objects.get(pk=round.pk)
    for user, told in done.items():
        moved = with_post(user, Role.APPROVER)
        assert door(moved, round, "approve") == f"{told}。"
        assert waits(moved) == []
    head = make.person("head", Role.APPROVER)
    assert waits(head) == ["approve"]
    assert door(head, round, "approve") == ""
    assert AssessmentRound.objects.get(pk=round.pk).state == "approved"


def test_of_each_step_only_the_last_time_counts(round, typist, other, settings):
    """Whoever reported it before it was sent back has no hand in what lies there now."""
    assert by_page(other, round, "return") == ""
    third, checker = make.person("evaluator3", Role.EVALUATOR), make.person("evaluator4", Role.EVALUATOR)
    report(third, round)
    assert (by_page(checker, round, "score"), by_page(checker, round, "recheck")) == ("", "")
    settings.OFFICE_TODAY = DAY + APART
    assert by_page(with_post(other, Role.APPROVER), round, "approve") == ""


def test_a_value_that_another_typed_over_still_keeps_its_first_author_away(round, typist, other):
    assert by_page(other, round, "return") == ""
    type_as(other, round, "舒洪镇", "92")
    report(typist, round)
    third = make.person("evaluator3", Role.EVALUATOR)
    assert by_page(other, round, "score") == by_page(typist, round, "score") == f"{ONE}。"
    assert by_page(third, round, "score") == ""


def test_the_record_says_so_on_page_and_api_and_the_to_dos_agree(round, typist, other):
    page = signed_in(typist).get(reverse("ledger:detail", args=["assessment-rounds", round.pk]))
    assert [(choice.move.code, choice.barred, choice.open) for choice in page.context["flow"]["choices"]] == [
        ("return", "", True),
        ("score", ONE, False),
    ]
    assert f'<span class="muted">{ONE}</span>' in page.content.decode()
    moves = Script(typist, API)("get", f"{round.pk}/").json()["moves"]
    assert {move["code"]: move["barriers"] for move in moves} == {"return": [], "score": [ONE]}
    supervisor, third = make.person("supervisor", Role.SUPERVISOR), make.person("evaluator3", Role.EVALUATOR)
    assert [waits(user) for user in (typist, other, supervisor, third)] == [[], [], ["score"], ["score"]]


def test_what_a_recalculation_fetched_and_who_opened_the_round_stand_in_nobodys_way(kept, typist, other):
    """Neither typed anything: the one opened a round, the other asked for its figures from the ledgers."""
    round = services.open_round(scheme=kept.scheme, quarter=2, actor=Actor.of(typist))
    services.recalculate(round=round, actor=Actor.of(typist))
    assert (by_page(other, round, "open"), by_page(other, round, "submit"), by_page(typist, round, "score")) == ("", "", "")
