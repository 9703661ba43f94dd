"""The way of a land case through the pages of the people concerned (domain 2.5)."""

import datetime as dt
import sys

import pytest
from django.contrib.messages import get_messages

from apps.accounts.choices import Role
from apps.accounts.rights import RIGHTS
from apps.journal.models import JournalEntry
from apps.land.choices import CaseState
from apps.land.models import LandCase
from apps.land.workflow import DISPOSAL
from apps.ledger import trail
from apps.ledger.models import Paper
from tests import factories
from tests.land.conftest import PDF, Officer


def errors(answer):
    return answer.context["form"].non_field_errors()


def said(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)]


def path(case):
    return list(trail.of(case).values_list("number", "move", "source", "target"))


def test_from_entry_to_closing(at, bureau, case):
    at("to_accept")
    assert bureau.move(case, "accept").status_code == 302
    assert (case.state, case.closed_on, case.version, case.light.words) == ("closed", dt.date(2021, 10, 15), 7, "已办结")
    assert path(case) == [
        (0, "create", "", "draft"),
        (1, "verify", "draft", "verified"),
        (2, "plan", "verified", "planned"),
        (3, "approve", "planned", "approved"),
        (4, "start", "approved", "in_progress"),
        (5, "report", "in_progress", "to_accept"),
        (6, "accept", "to_accept", "closed"),
    ]
    assert case.history.count() == 7
    moved = JournalEntry.objects.filter(act="办理").order_by("seq")
    assert [entry.detail["move"] for entry in moved] == ["verify", "plan", "approve", "start", "report", "accept"]
    assert {entry.post for entry in moved} == {"园区管理员（丽缙园）", "自然资源和规划局"}


def test_the_buttons_are_those_of_the_person_and_the_state(park, bureau, case, at):
    assert (park.buttons(case), bureau.buttons(case)) == ([], ["verify", "return"])
    at("verified")
    assert (park.buttons(case), bureau.buttons(case)) == (["plan"], ["return", "reclassify"])  # a freeze still lacks its paper


def test_what_is_missing_is_named_before_and_at_the_move(bureau, park, case, at):
    at("planned")
    shown = bureau.client.get(bureau.url("detail", case)).content.decode()
    assert "还缺：附件“处置方案批复”" in shown
    answer = bureau.move(case, "approve", plan_number="缙政函〔2021〕7号")
    assert errors(answer) == ["还不能批准方案，缺少：附件“处置方案批复”。"]
    assert case.state == "planned"


def test_an_empty_field_a_move_needs_stands_at_the_field(park, case, at, plan):
    at("verified")
    answer = park.move(case, "plan", **{**plan, "deadline": ""})
    assert (list(answer.context["form"].errors), case.state) == (["deadline"], "verified")


def test_a_field_that_lies_in_the_record_is_needed_too(park, bureau):
    case = factories.land_case(approved_on=None, cause="")
    assert errors(bureau.move(case, "verify")) == ["还不能核实，缺少：批准时间、成因。"]


def test_a_value_against_the_rules_moves_nothing(park, case, at, plan):
    at("verified")
    answer = park.move(case, "plan", **{**plan, "disposal": "merge"})
    assert answer.context["form"].errors["disposal"][0].startswith("不适用于批而未供；可选：加快供地")
    answer = park.move(case, "plan", **{**plan, "deadline": "2021-10-14"})
    assert answer.context["form"].errors == {"deadline": ["不能早于今天。"]}
    assert (case.state, case.version) == ("verified", 2)


def test_four_eyes(bureau, second, today):
    from apps.core.actor import Actor

    case = factories.land_case(actor=Actor.of(bureau.user))
    assert errors(bureau.move(case, "verify")) == ["“登记”由您本人办理，“核实”应由他人办理。"]
    assert bureau.buttons(case) == ["return"]
    assert second.move(case, "verify").status_code == 302


def test_sending_back_needs_its_reason(bureau, park, case):
    answer = bureau.move(case, "return", comment="  ")
    assert (list(answer.context["form"].errors), case.state) == (["comment"], "draft")
    bureau.move(case, "return", comment="缺批准文号")
    assert (case.state, trail.of(case).last().comment) == ("returned", "缺批准文号")
    assert "缺批准文号" in park.client.get(park.url("detail", case)).content.decode()
    park.move(case, "resubmit")
    assert case.state == "draft"


def test_a_stale_move_gets_a_conflict_and_moves_nothing(park, bureau, case):
    bureau.client.post(bureau.url("change", case), {**_form(bureau, case), "planned_use": "仓储"})
    answer = bureau.client.post(bureau.url("move", case, "verify"), {"version": 1, "comment": ""})
    case.refresh_from_db()
    assert (answer.status_code, case.state, case.version) == (409, "draft", 2)


def test_a_move_that_is_not_of_this_state(bureau, case):
    answer = bureau.move(case, "accept")
    assert errors(answer) == [f"“{case}”处于“登记”，不能验收销号；可能刚刚已被他人办理，请刷新后查看。"]
    assert bureau.client.get(bureau.url("move", case, "explode")).status_code == 404


@pytest.mark.parametrize("role", sorted(set(Role)))
def test_who_lacks_the_right_moves_nothing(role, case):
    allowed = RIGHTS["land-cases"].get(role, frozenset())
    other = Officer(factories.person("other", role, platform=factories.platform()))
    for move in DISPOSAL.moves:
        if move.code not in allowed:
            assert other.move(case, move.code, comment="x").status_code == 403, move.code
    assert (case.state, case.version) == ("draft", 1)


def test_another_park_sees_neither_case_nor_move_nor_paper(bureau, case, at):
    at("approved")
    paper = bureau.client.get(bureau.url("detail", case)).context["flow"]["slots"][0][1][0]
    stranger = Officer(factories.person("stranger", Role.PARK, platform=factories.platform("开发区")))
    pages = [("detail",), ("move", "start"), ("paper-add", "evidence"), ("paper", paper.pk), ("paper-withdraw", paper.pk)]
    assert {stranger.client.get(stranger.url(name, case, *more)).status_code for name, *more in pages} == {404}
    assert stranger.move(case, "start").status_code == 404


def test_the_responsible_unit_sees_the_case(case, at, plan):
    from apps.accounts.models import Organisation

    at("planned")
    unit = Organisation.objects.get(pk=plan["responsible"])
    town = factories.person("helper", Role.TOWN, town=factories.town("新建镇"), organisation=unit)
    assert list(LandCase.objects.visible_to(town)) == [case]


def test_fields_close_as_the_case_goes_on(park, bureau, case, at):
    at("planned")
    assert park.client.get(park.url("change", case)).status_code == 403
    assert "修改</a>" not in park.client.get(park.url("detail", case)).content.decode()
    at("in_progress")
    form = park.client.get(park.url("change", case)).context["form"]
    building = ["construction", "actual_start", "actual_completion", "floor_area"]
    assert [name for name in form.fields if name not in ("reason", "version")] == [*building, "milestones", "progress"]
    park.client.post(park.url("change", case), {"version": case.version, "reason": "", "progress": "已发布公告", "area": "1"})
    case.refresh_from_db()
    assert (case.progress, case.area) == ("已发布公告", 30)


def test_what_is_under_way_is_not_archived(bureau, case, at):
    at("verified")
    page = bureau.client.get(bureau.url("archive", case))
    assert page.context["barrier"] == f"“{case}”处于“核实”，正在办理，不能归档。"
    assert (page.context["barrier"] in page.content.decode(), 'name="version"' in page.content.decode()) == (True, False)
    answer = bureau.client.post(bureau.url("archive", case), {"version": case.version, "reason": "误录"})
    case.refresh_from_db()
    assert (case.archived_at, said(answer)[-1:]) == (None, [f"“{case}”处于“核实”，正在办理，不能归档。"])


def test_an_extension_moves_the_deadline(park, bureau, case, at):
    at("in_progress")
    park.move(case, "ask_extension", comment="拆迁未完", extension_to="2022-06-30")
    assert (case.state, case.light.words) == ("extension", "还剩77天")
    bureau.move(case, "extend")
    assert (case.state, case.deadline, case.extension_to) == ("in_progress", dt.date(2022, 6, 30), None)
    park.move(case, "ask_extension", comment="再延", extension_to="2022-12-31")
    bureau.move(case, "deny_extension", comment="理由不足")
    assert (case.state, case.deadline, case.extension_to) == ("in_progress", dt.date(2022, 6, 30), None)


def test_a_freeze_stops_the_clock(bureau, case, at, settings):
    at("approved")
    bureau.put(case, "order", "查封裁定.pdf")
    bureau.move(case, "freeze", comment="法院查封")
    assert (case.state, case.light.words) == ("frozen", "时限暂停")
    settings.OFFICE_TODAY = dt.date(2021, 11, 4)
    bureau.move(case, "unfreeze", comment="解封")
    assert (case.state, case.deadline) == ("approved", dt.date(2022, 1, 20))  # 20 days later than 2021-12-31


def test_what_was_overdue_before_the_freeze_is_overdue_after_it(bureau, case, at, settings):
    at("in_progress")  # until 2021-12-31
    settings.OFFICE_TODAY = dt.date(2022, 1, 15)
    bureau.put(case, "order", "查封裁定.pdf")
    bureau.move(case, "freeze", comment="法院查封")
    settings.OFFICE_TODAY = dt.date(2022, 1, 25)
    assert bureau.move(case, "unfreeze", comment="解封").status_code == 302
    assert (case.state, case.deadline, case.light.words) == ("in_progress", dt.date(2022, 1, 10), "逾期15天")


def test_an_extension_is_granted_as_asked_though_it_was_decided_late(park, bureau, case, at, settings):
    at("in_progress")
    park.move(case, "ask_extension", comment="拆迁未完", extension_to="2022-01-28")
    settings.OFFICE_TODAY = dt.date(2022, 2, 2)
    assert bureau.move(case, "extend", comment="同意").status_code == 302
    assert (case.state, case.deadline, case.extension_to, case.light.words) == ("in_progress", dt.date(2022, 1, 28), None, "逾期5天")
    answer = park.move(case, "ask_extension", comment="再延", extension_to="2022-02-01")
    assert answer.context["form"].errors == {"extension_to": ["不能早于今天。"]}  # what is typed is asked as before


def test_another_class_begins_the_plan_again(bureau, case, at):
    at("approved")
    answer = bureau.move(case, "reclassify", comment="已供地未动工", land_class="unused", cause="funds", disposal="supply")
    assert (case.state, list(answer.context["form"].errors)) == ("approved", ["disposal"])  # the old plan does not fit
    bureau.move(case, "reclassify", comment="已供地未动工", land_class="unused", cause="funds", disposal="")
    assert (case.state, case.land_class, case.disposal) == ("verified", "unused", "")


def test_papers_are_kept_with_their_hash_and_withdrawn_with_a_reason(bureau, case, at):
    at("planned")
    bureau.put(case, "plan", "方案\u202e批复.pdf")
    (paper,) = bureau.client.get(bureau.url("detail", case)).context["flow"]["slots"][0][1]
    assert (paper.title, paper.size, len(paper.sha256)) == ("方案批复.pdf", len(PDF), 64)
    answer = bureau.client.get(bureau.url("paper", case, paper.pk))
    assert (answer.getvalue(), answer["Content-Type"], answer["X-Content-Type-Options"]) == (PDF, "application/octet-stream", "nosniff")
    assert answer["Content-Disposition"].startswith("attachment")
    assert said(bureau.client.post(bureau.url("paper-withdraw", case, paper.pk), {"reason": ""}))[-1:] == ["撤下附件必须填写原因。"]
    bureau.client.post(bureau.url("paper-withdraw", case, paper.pk), {"reason": "传错文件"})
    assert errors(bureau.move(case, "approve", plan_number="缙政函〔2021〕7号")) == ["还不能批准方案，缺少：附件“处置方案批复”。"]
    assert bureau.client.get(bureau.url("paper", case, paper.pk)).getvalue() == PDF


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("批复.exe", b"MZ", "不接受“批复.exe”：附件应为 pdf、jpg、jpeg、png、docx、xlsx、ofd 文件。"),
        ("批复.pdf", b"<html>", "“批复.pdf”的内容不是 pdf 文件，请核对后重新上传。"),
        ("批复", PDF, "不接受“批复”：附件应为 pdf、jpg、jpeg、png、docx、xlsx、ofd 文件。"),
    ],
)
def test_a_wrong_paper_is_refused(bureau, case, at, name, content, sentence):
    at("planned")
    assert said(bureau.put(case, "plan", name, content))[-1:] == [sentence]


def test_an_infected_paper_is_refused(bureau, case, at, settings):
    at("planned")
    settings.UPLOAD_SCANNER = [sys.executable, "-c", "import sys; sys.exit(b'EICAR-STANDARD' in sys.stdin.buffer.read())"]
    assert said(bureau.put(case, "plan", "方案.pdf", PDF + b"EICAR-STANDARD"))[-1].startswith("文件未通过病毒检查，没有保存。")
    assert not Paper.objects.exists()
    bureau.put(case, "plan", "方案.pdf", PDF)
    assert Paper.objects.count() == 1


def test_a_paper_changed_on_the_disk_is_not_handed_out(bureau, case, at):
    at("planned")
    bureau.put(case, "plan")
    (paper,) = bureau.client.get(bureau.url("detail", case)).context["flow"]["slots"][0][1]
    with open(paper.file.path, "wb") as stored:
        stored.write(b"%PDF-1.4 forged")
    assert bureau.client.get(bureau.url("paper", case, paper.pk)).status_code == 409


def test_a_slot_is_closed_in_other_states(park, case):
    assert said(park.put(case, "evidence")) == [f"“{case}”处于“登记”，不能增减“处置佐证”。"]


def test_the_step_bar_shows_a_side_state_where_the_case_left_the_way(bureau, case):
    bureau.move(case, "return", comment="补正")
    steps = bureau.client.get(bureau.url("detail", case)).context["flow"]["steps"]
    assert steps[:3] == [("登记", "done"), ("退回", "here"), ("核实", "todo")]


def test_every_state_can_be_reached():
    reached, more = {DISPOSAL.first}, True
    while more:
        more = {move.target for move in DISPOSAL.moves if reached & set(move.source)} - reached - {"(back)"}
        reached |= more
    assert reached == set(CaseState)


def _form(officer, case):
    form = officer.client.get(officer.url("change", case)).context["form"]
    return {name: "" if form[name].value() is None else form[name].value() for name in form.fields}
