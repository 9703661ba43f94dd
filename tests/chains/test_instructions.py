"""An instruction from the chief's phone to the unit that answers it and back (domain 3.3)."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.accounts.choices import Role
from apps.accounts.rights import RIGHTS
from apps.chains.models import Instruction
from apps.chains.workflow import INSTRUCTION
from apps.core.actor import Actor
from apps.ledger import papers, registry, reminders, trail
from apps.ledger.models import Reminder
from tests import factories
from tests.exchange.books import book, load, run
from tests.ledger.api_contract import Script
from tests.ledger.contract import signed_in


@pytest.fixture
def unit(db):
    return factories.organisation("县自然资源和规划局")


@pytest.fixture
def clerk(unit):
    return factories.person("bureau", Role.NATURAL, organisation=unit)


@pytest.fixture
def given(chief, equipment, unit, clerk):
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


def test_a_chief_sends_it_from_his_page_and_sees_it_there(chief, equipment, given):
    assert (given.number, given.state, given.given_on, given.version) == ("JB2021-0001", "issued", dt.date(2021, 10, 15), 2)
    assert list(trail.of(given).values_list("move", "user__username")) == [("create", chief.username), ("issue", chief.username)]
    page = signed_in(chief).get(reverse("chains:page", args=[equipment.pk]))
    assert list(page.context["instructions"]) == [given]
    assert "还剩5个工作日" in page.content.decode()


def test_what_is_missing_stands_at_its_field_and_nothing_is_sent(chief, equipment, unit, clerk):
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


@pytest.fixture
def doing(clerk, given):
    """The instruction in the hands of the responsible unit."""
    move(clerk, given, "sign"), move(clerk, given, "start")
    return given


@pytest.fixture
def others(chief, office):
    """Everybody else who might think it his: the giver, his superior, the chain's office, another unit, who judges the units."""
    tax = factories.person("tax", Role.REPORTER, organisation=factories.organisation("县税务局"))
    chief_of_chiefs = factories.person("chief_chain", Role.CHIEF_OF_CHIEFS)
    return [chief, chief_of_chiefs, office, tax, factories.person("evaluator", Role.EVALUATOR)]


HELD = "处于“办理中”，修改和增减附件只由能办理“反馈”的人进行；如需改动，请与其联系。"


def test_only_the_responsible_unit_keeps_its_papers(others, clerk, doing):
    add = reverse("ledger:paper-add", args=["instructions", doing.pk, "answer"])

    def sent(user):
        file = SimpleUploadedFile("现场.pdf", b"%PDF-1.7 ...")
        return signed_in(user).post(add, {"file": file}).status_code

    assert [signed_in(user).get(add).status_code for user in (*others, clerk)] == [403] * 5 + [200]
    assert [sent(user) for user in (*others, clerk)] == [403] * 5 + [302]
    paper = papers.of(doing).get()
    withdraw = reverse("ledger:paper-withdraw", args=["instructions", doing.pk, paper.pk])
    for user in others:
        assert [getattr(signed_in(user), method)(withdraw, {"reason": "错"}).status_code for method in ("get", "post")] == [403, 403]
    assert HELD in signed_in(others[0]).get(withdraw).content.decode()
    assert signed_in(clerk).post(withdraw, {"reason": "换清晰的"}).status_code == 302
    assert papers.of(doing).get().withdrawn_why == "换清晰的"


def test_only_the_responsible_unit_writes_the_progress(others, clerk, doing):
    change, record = (reverse(f"ledger:{name}", args=["instructions", doing.pk]) for name in ("change", "detail"))
    for user in others:
        script = Script(user, "/api/ledgers/instructions/")
        answer = script("patch", f"{doing.pk}/", {"progress": "别人写的"}, version=4)
        assert (answer.status_code, answer.json()) == (403, {"message": f"“{doing}”{HELD}"})
        for method in ("get", "post"):
            assert getattr(signed_in(user), method)(change, {"progress": "别人写的", "version": 4}).status_code == 403
        assert change not in signed_in(user).get(record).content.decode()
    assert f'href="{change}"' in signed_in(clerk).get(record).content.decode()
    page = signed_in(clerk).get(change).context
    assert list(page["form"].fields) == ["progress", "reason", "version"]
    assert [(title, [field.name for field in fields]) for title, fields in page["groups"]] == [("办理", ["progress"])]
    assert signed_in(clerk).post(change, {"progress": "已选址", "version": 4}).status_code == 302
    answer = Script(clerk, "/api/ledgers/instructions/")("patch", f"{doing.pk}/", {"progress": "已测绘"}, version=5)
    assert (answer.status_code, answer.json()["progress"]) == (200, "已测绘")

    def by_command(version, user):
        return run("change_record", "instructions", doing.number, "--set", "progress=已报批", "--if-version", version, "--as", user)

    code, document = by_command("6", "bureau")
    assert (code, document["record"]["progress"]) == (0, "已报批")
    assert by_command("7", "chief_chain") == (1, {"status": "refused", "message": f"“{doing}”{HELD}"})


def test_a_reporter_writes_the_progress_of_what_his_unit_was_given(chief, equipment):
    """His data items bind him in the ledgers that have items, and in no other."""
    tax = factories.organisation("县税务局")
    reporter = factories.person("tax", Role.REPORTER, organisation=tax, data_items=["tax"])
    row = factories.instruction(unit=tax, actor=Actor.of(chief), number="JB2021-0009", chain=equipment)
    move(chief, row, "issue"), move(reporter, row, "sign"), move(reporter, row, "start")
    answer = Script(reporter, "/api/ledgers/instructions/")("patch", f"{row.pk}/", {"progress": "已核对"}, version=4)
    assert (answer.status_code, answer.json()["progress"]) == (200, "已核对")


def test_once_it_is_answered_nobody_writes_it(others, clerk, doing):
    move(clerk, doing, "answer", feedback="已列入供地计划")
    for user in (*others, clerk):
        answer = Script(user, "/api/ledgers/instructions/")("patch", f"{doing.pk}/", {"progress": "晚了"}, version=5)
        assert answer.status_code == 403, user


def test_a_sheet_does_not_write_the_progress_either(office, doing, tmp_path):
    """The chain's office imports what it drafted; what a unit is doing stays the unit's."""
    rows = [["编号", "产业链", "来源", "缓急", "交办内容", "办理时限", "进展"]]
    rows += [[doing.number, str(doing.chain), "走访", "紧急", doing.text, "2021-10-22", "别人写的"]]
    code, document = load("instructions", book(tmp_path / "a.xlsx", *rows), office)
    assert (code, [error["message"] for error in document["errors"]]) == (1, [f"编号：{HELD}"])
    doing.refresh_from_db()
    assert (doing.progress, doing.version) == ("", 4)


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


@pytest.fixture
def party(db):
    """A unit nobody of which has a sign-in."""
    return factories.organisation("县委组织部")


NOBODY_SIGNS = "该单位不存在，或没有能签收的人，交办后无人办理；请另选责任单位，或请安全管理员先为其授予岗位。"


def test_only_units_that_can_sign_are_offered(chief, equipment, office, unit, clerk, party):
    """A post that names a unit acts for it; one that names none acts for its holder's own. Ended posts and closed accounts do not."""
    tax = factories.organisation("县税务局")
    reporter = factories.person("tax", Role.REPORTER)
    reporter.organisation = tax
    reporter.save()
    leader = factories.person("leader", Role.LEADER, organisation=factories.organisation("县府办"))
    for gone, name in ((factories.person("gone", Role.PARK, platform=factories.platform()), "旧园区"), (leader, "县府办")):
        gone.organisation = factories.organisation(name)
        gone.save()
    gone = factories.person("ended", Role.NATURAL, organisation=party)
    gone.posts.update(end=dt.date(2021, 10, 15))
    closed = factories.person("closed", Role.NATURAL, organisation=party)
    closed.is_active = False
    closed.save()
    offered = ["县税务局", "县自然资源和规划局", "旧园区"]
    page = signed_in(chief).get(reverse("chains:page", args=[equipment.pk])).context["form"]
    new = signed_in(office).get(reverse("ledger:create", args=["instructions"])).context["form"]
    assert [sorted(str(row) for row in form.fields["unit"].queryset) for form in (page, new)] == [sorted(offered)] * 2


def test_a_unit_nobody_of_which_can_sign_is_refused_by_every_door(chief, equipment, office, party):
    sent = {"text": "落实机床项目用地", "unit": party.pk, "deadline": "2021-10-22", "urgency": "urgent", "source": "visit"}
    answer = signed_in(chief).post(reverse("chains:instruct", args=[equipment.pk]), sent)
    assert answer.context["form"].errors == {"unit": [NOBODY_SIGNS]}
    answer = signed_in(office).post(reverse("ledger:create", args=["instructions"]), sent | {"chain": equipment.pk})
    assert answer.context["form"].errors == {"unit": [NOBODY_SIGNS]}
    answer = Script(office, "/api/ledgers/instructions/")("post", body=sent | {"chain": equipment.pk})
    assert (answer.status_code, answer.json()["errors"]) == (400, {"unit": [NOBODY_SIGNS]})
    assert Instruction.objects.count() == 0


def test_a_draft_whose_unit_lost_its_people_is_not_sent(chief, clerk, unit, equipment):
    row = factories.instruction(unit=unit, actor=Actor.of(chief), chain=equipment)
    clerk.posts.update(end=dt.date(2021, 10, 15))
    lacking = "能签收的人（“县自然资源和规划局”没有；请另选责任单位，或请安全管理员为其授予岗位）"
    answer = move(chief, row, "issue")
    assert answer.context["form"].errors == {"__all__": [f"还不能交办，缺少：{lacking}。"]}
    change = reverse("ledger:change", args=["instructions", row.pk])
    assert signed_in(chief).get(change).context["form"].fields["unit"].queryset.get() == unit  # an untouched form keeps it
    clerk.posts.update(end=None)
    assert (move(chief, row, "issue").status_code, row.state) == (302, "issued")


def test_the_giver_takes_back_what_is_not_signed_and_gives_it_to_another(chief, office, clerk, given):
    """The unit lost its people; somebody else is asked, and the way back stands in the trail."""
    tax = factories.organisation("县税务局")
    other = factories.person("tax", Role.REPORTER, organisation=tax, data_items=["tax"])
    clerk.posts.update(end=dt.date(2021, 10, 15))
    assert move(office, given, "recall", comment="不是他收回的").status_code == 403
    assert move(chief, given, "recall").context["form"].errors == {"comment": ["请填写。"]}
    assert move(chief, given, "recall", comment="该单位暂无人员").status_code == 302
    assert (given.state, given.given_on) == ("draft", None)
    script = Script(chief, "/api/ledgers/instructions/")
    assert script("patch", f"{given.pk}/", {"unit": tax.pk}, version=3).status_code == 200
    assert move(chief, given, "issue").status_code == 302
    assert todos(other) == ["sign"]
    move(other, given, "sign")
    answer = move(chief, given, "recall", comment="晚了")
    assert answer.context["form"].errors == {"__all__": [f"“{given}”处于“已签收”，不能收回；可能刚刚已被他人办理，请刷新后查看。"]}
    assert list(trail.of(given).values_list("move", flat=True)) == ["create", "issue", "recall", "issue", "sign"]


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


def test_a_deadline_reminds_whom_it_waits_for_and_nobody_else(others, clerk, doing, settings, django_assert_num_queries):
    """The right alone reminds nobody: each unit may answer, this one was asked."""
    colleague = factories.person("colleague", Role.NATURAL, organisation=doing.unit)
    settings.OFFICE_TODAY = dt.date(2021, 10, 25)
    assert reminders.remind() == 1

    def reminded():
        people = (*others, clerk, colleague)
        return [user.username for user in people if signed_in(user).get(reverse("workbench:bell")).json()["reminders"]]

    assert reminded() == ["bureau", "colleague"]
    row = Reminder.objects.get()
    for user in others:
        assert signed_in(user).post(reverse("workbench:seen", args=[row.pk])).status_code == 302
    assert row.seen_by.count() == 0
    signed_in(clerk).post(reverse("workbench:seen", args=[row.pk]))
    assert reminded() == ["colleague"]
    move(clerk, doing, "answer", feedback="已列入供地计划")
    assert reminded() == ["chief_equipment", "chief_chain"]  # the same mark, for those who now have it
    with django_assert_num_queries(1):
        assert reminders.unseen(registry.get("instructions"), others[0]).count() == 1


GONE = "责任单位已没有能签收、办理的人：请链长收回后改派，或请安全管理员为该单位的人授予岗位。"


@pytest.mark.parametrize("steps", [["sign"], ["sign", "start"], []], ids=len)
def test_what_a_unit_without_people_leaves_is_said_and_waits_for_the_giver(chief, office, clerk, given, steps):
    """Whether it was signed for or not: nobody else could ever move it."""
    act = "reassign" if steps else "recall"
    for code in steps:
        move(clerk, given, code)

    def read(user):
        page = signed_in(user).get(reverse("ledger:detail", args=["instructions", given.pk]))
        return GONE in page.content.decode(), [choice.move.code for choice in page.context["flow"].get("choices")]

    assert (read(chief), read(office)) == ((False, [] if steps else ["recall"]), (False, []))
    assert (todos(chief), move(chief, given, "reassign", comment="早了").status_code) == ([], 403)
    clerk.posts.update(end=dt.date(2021, 10, 15))
    assert (read(chief), read(office)) == ((True, [act]), (True, []))
    assert (todos(chief), todos(office)) == ([act], [])
    assert GONE in signed_in(chief).get(reverse("workbench:todo")).content.decode()
    assert move(office, given, act, comment="不是他收回的").status_code == 403
    assert (move(chief, given, act, comment="该单位已无人").status_code, given.state, given.given_on) == (302, "draft", None)
    assert todos(chief) == ["issue"]


def test_the_giver_of_what_was_left_does_not_write_in_it(chief, clerk, doing):
    """He takes it back; the progress stays the unit's."""
    clerk.posts.update(end=dt.date(2021, 10, 15))
    answer = Script(chief, "/api/ledgers/instructions/")("patch", f"{doing.pk}/", {"progress": "别人写的"}, version=4)
    assert (answer.status_code, answer.json()) == (403, {"message": f"“{doing}”{HELD}"})


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
