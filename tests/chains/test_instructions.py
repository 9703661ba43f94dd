"""An instruction from the chief's phone to the unit that answers it and back (domain 3.3)."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.accounts.choices import Role
from apps.accounts.rights import RIGHTS
from apps.chains.models import Instruction
from apps.chains.workflow import INSTRUCTION
from apps.ledger import papers, trail
from tests import factories
from tests.ledger.api_contract import Script
from tests.ledger.contract import signed_in


@pytest.fixture
def unit(db):
    return factories.organisation("县自然资源和规划局")


@pytest.fixture
def given(chief, equipment, unit):
    """The instruction as the chief sends it from his chain's page."""
    page = signed_in(chief).get(reverse("chains:page", args=[equipment.pk]))
    assert [str(field.name) for field in page.context["form"].visible_fields()] == ["text", "unit", "deadline", "urgency", "source"]
    sent = {"text": "年底前落实机床项目用地", "unit": unit.pk, "deadline": "2021-10-22", "urgency": "urgent", "source": "visit"}
    answer = signed_in(chief).post(reverse("chains:instruct", args=[equipment.pk]), sent)
    assert (answer.status_code, answer.url) == (302, reverse("chains:page", args=[equipment.pk]))
    return Instruction.objects.get()


def move(user, row, code, comment="", **values):
    row.refresh_from_db()
    answer = signed_in(user).post(
        reverse("ledger:move", args=["instructions", row.pk, code]), {"version": row.version, "comment": comment, **values}
    )
    row.refresh_from_db()
    return answer


@pytest.fixture
def clerk(unit):
    return factories.person("bureau", Role.NATURAL, organisation=unit)


def test_a_chief_sends_it_from_his_page_and_sees_it_there(chief, equipment, given):
    assert (given.number, given.state, given.given_on, given.version) == ("JB2021-0001", "issued", dt.date(2021, 10, 15), 2)
    assert list(trail.of(given).values_list("move", "user__username")) == [("create", chief.username), ("issue", chief.username)]
    page = signed_in(chief).get(reverse("chains:page", args=[equipment.pk]))
    assert list(page.context["instructions"]) == [given]
    assert "还剩5个工作日" in page.content.decode()


def test_what_is_missing_stands_at_its_field_and_nothing_is_sent(chief, equipment, unit):
    answer = signed_in(chief).post(reverse("chains:instruct", args=[equipment.pk]), {"text": "", "unit": unit.pk, "deadline": "2021-10-01"})
    assert (sorted(answer.context["form"].errors), Instruction.objects.count()) == (["deadline", "source", "text", "urgency"], 0)


def test_from_the_phone_to_the_end(chief, office, clerk, given):
    assert move(clerk, given, "sign").status_code == 302
    move(clerk, given, "start")
    answer = move(clerk, given, "answer", feedback="")
    assert list(answer.context["form"].errors) == ["feedback"]
    move(clerk, given, "answer", feedback="已列入供地计划")
    move(chief, given, "redo", comment="写明地块和时间")
    assert given.state == "doing"
    move(clerk, given, "answer", feedback="11月挂牌，宗地ZD-1")
    move(chief, given, "confirm")
    move(office, given, "close")
    assert (given.state, given.closed_on, given.light.words) == ("closed", dt.date(2021, 10, 15), "已办结")


def test_only_the_responsible_unit_signs_and_answers(chief, office, given):
    other = factories.person("tax", Role.REPORTER, organisation=factories.organisation("县税务局"))
    for user in (other, office, chief):
        assert move(user, given, "sign").status_code == 403, user
    assert given.state == "issued"


def test_only_the_responsible_unit_keeps_its_papers(chief, given, clerk):
    move(clerk, given, "sign")
    move(clerk, given, "start")
    other = factories.person("tax", Role.REPORTER, organisation=factories.organisation("县税务局"))
    evaluator = factories.person("evaluator", Role.EVALUATOR)
    add = reverse("ledger:paper-add", args=["instructions", given.pk, "answer"])

    def sent(user):
        file = SimpleUploadedFile("现场.pdf", b"%PDF-1.7 ...")
        return signed_in(user).post(add, {"file": file}).status_code

    assert [sent(user) for user in (other, evaluator)] == [403, 403]
    assert [signed_in(user).get(add).status_code for user in (other, evaluator, clerk)] == [403, 403, 200]
    assert sent(clerk) == 302
    paper = papers.of(given).get()
    withdraw = reverse("ledger:paper-withdraw", args=["instructions", given.pk, paper.pk])
    assert [getattr(signed_in(other), method)(withdraw, {"reason": "错"}).status_code for method in ("get", "post")] == [403, 403]
    assert signed_in(clerk).post(withdraw, {"reason": "换清晰的"}).status_code == 302
    assert papers.of(given).get().withdrawn_why == "换清晰的"


def test_a_unit_without_the_chain_in_reach_sees_what_it_must_answer(given, unit, chief):
    platform = factories.platform()
    concerned = factories.person("park_one", Role.PARK, platform=platform, organisation=unit)
    not_concerned = factories.person("park_two", Role.PARK, platform=platform)
    assert list(Instruction.objects.visible_to(concerned)) == [given]
    assert list(Instruction.objects.visible_to(not_concerned)) == []
    assert signed_in(not_concerned).get(reverse("ledger:detail", args=["instructions", given.pk])).status_code == 404


def test_what_the_unit_answers_is_not_written_with_the_task(chief, office, equipment, unit):
    new = signed_in(office).get(reverse("ledger:create", args=["instructions"])).context["form"]
    assert list(new.fields) == ["chain", "source", "urgency", "text", "unit", "helpers", "deadline", "number"]
    body = {"chain": equipment.pk, "text": "协调用地", "unit": unit.pk, "deadline": "2021-12-31"}
    answer = Script(office, "/api/ledgers/instructions/")(
        "post", body=body | {"progress": "已办", "feedback": "已办", "extension_to": "2022-01-31"}
    )
    assert (answer.status_code, answer.json()["errors"]) == (
        400,
        {
            "progress": ["这一项在“办理中”环节填写。"],
            "feedback": ["这一项在办理“反馈”时填写。"],
            "extension_to": ["这一项在办理“申请延期”时填写。"],
        },
    )


def test_an_extension_is_the_chiefs_to_grant(chief, clerk, given):
    move(clerk, given, "sign")
    assert list(move(clerk, given, "ask_extension", comment="等评估", extension_to="2021-10-21").context["form"].errors) == ["extension_to"]
    move(clerk, given, "ask_extension", comment="等评估", extension_to="2021-11-05")
    assert move(clerk, given, "extend").status_code == 403
    move(chief, given, "extend")
    assert (given.state, given.deadline) == ("signed", dt.date(2021, 11, 5))


def test_an_extension_is_granted_as_asked_though_the_day_has_passed(chief, clerk, given, settings):
    move(clerk, given, "sign")
    move(clerk, given, "ask_extension", comment="等评估", extension_to="2021-11-05")
    settings.OFFICE_TODAY = dt.date(2021, 11, 8)
    assert move(chief, given, "extend").status_code == 302
    assert (given.state, given.deadline, given.light.words) == ("signed", dt.date(2021, 11, 5), "逾期1个工作日")


def test_the_chief_of_another_chain_gives_none(health, given, equipment):
    stranger = factories.person("chief_health", Role.CHAIN_CHIEF, industry=health.industry)
    assert signed_in(stranger).post(reverse("chains:instruct", args=[equipment.pk]), {"text": "x"}).status_code == 404


def test_every_move_has_somebody_who_may_make_it():
    held = set().union(*RIGHTS["instructions"].values())
    assert {step.code for step in INSTRUCTION.moves} - held == set()


def todos(user):
    """Return the moves that wait for `user`, as his to-do page says."""
    groups = signed_in(user).get(reverse("workbench:todo")).context["groups"]
    return [todo.move.code for group in groups for todo in group.todos]


def test_it_waits_for_the_responsible_unit_and_then_for_the_chief(chief, equipment, office, clerk, given):
    """The right alone makes no to-do: `who` narrows it to the unit, in the same query."""
    other = factories.person("tax", Role.REPORTER, organisation=factories.organisation("县税务局"))
    everybody = (chief, office, clerk, other)
    assert [todos(user) for user in everybody] == [[], [], ["sign"], []]
    move(clerk, given, "sign"), move(clerk, given, "start"), move(clerk, given, "answer", feedback="已列入供地计划")
    assert [todos(user) for user in everybody] == [["confirm"], [], [], []]
    home = signed_in(chief).get(reverse("workbench:home"), follow=True)  # his chain's page, with what waits for him on it
    assert home.redirect_chain[-1][0] == reverse("chains:page", args=[equipment.pk])
    assert f'href="{reverse("ledger:move", args=["instructions", given.pk, "confirm"])}"' in home.content.decode()
    move(chief, given, "confirm")
    assert [todos(user) for user in everybody] == [["close"], ["close"], [], []]
