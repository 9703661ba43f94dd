"""At registration only what belongs to registration is written; what a later step asks for stays that step's."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from apps.core.actor import Actor
from apps.exchange import services as exchange
from apps.land.models import LandCase
from apps.ledger import registry, services
from apps.platforms.models import Parcel
from tests import factories
from tests.commands import run
from tests.exchange.books import load, staged
from tests.ledger.api_contract import Script

LATER = {  # what is not written at registration -> where it is
    "disposal": "办理“定处置方案”时",
    "plan_text": "办理“定处置方案”时",
    "responsible": "办理“定处置方案”时",
    "leader": "办理“定处置方案”时",
    "deadline": "办理“定处置方案”时",
    "plan_number": "办理“批准方案”时",
    "extension_to": "办理“申请延期”时",
    "progress": "“处置中”环节",
    "disposed_area": "办理“申请验收”时",
    "disposed_on": "办理“申请验收”时",
    "result": "办理“申请验收”时",
}
BROUGHT = {"plan_number": "缙政函〔2021〕7号", "disposed_area": "30", "disposed_on": "2021-10-14", "result": "已供"}


@pytest.fixture
def ground(park):
    return factories.parcel(platform=factories.platform())


@pytest.fixture
def entered(ground):
    return {"number": "JY-2021-LJ-0900", "land_class": "unsupplied", "parcel": ground.code, "area": "30"}


def own(form):
    return {name for name in form.fields if name not in ("version", "reason")}


def test_the_form_offers_what_belongs_to_registration(park, bureau, case):
    fields = {name for name in registry.get("land-cases").fields if LandCase._meta.get_field(name).editable}
    new = park.client.get(reverse("ledger:create", args=["land-cases"])).context["form"]
    assert own(new) == own(park.client.get(park.url("change", case)).context["form"]) == fields - set(LATER)
    bureau.move(case, "return", comment="类别有误")
    assert own(park.client.get(park.url("change", case)).context["form"]) == fields - set(LATER) | {"disposal"}


def test_who_enters_a_case_does_not_meet_what_the_bureau_asks_for(park, bureau, entered, plan):
    form = park.client.get(reverse("ledger:create", args=["land-cases"])).context["form"]
    typed = {name: "" if form[name].value() is None else form[name].value() for name in form.fields}
    park.client.post(reverse("ledger:create", args=["land-cases"]), typed | entered | BROUGHT)
    case = LandCase.objects.get()
    assert (case.plan_number, case.disposed_area, case.disposed_on, case.result) == ("", None, None, "")
    found_out = {"approved_on": "2019-06-01", "planned_use": "工业", "cause": "funds"}
    services.change(record=case, values=found_out, version=1, actor=factories.SYSTEM)
    for officer, move, values in ((bureau, "verify", {}), (park, "plan", plan)):
        officer.move(case, move, **values)
    bureau.put(case, "plan")
    approve = Script(bureau.user, "/api/ledgers/land-cases/")("post", f"{case.pk}/moves/approve/", {}, version=case.version)
    assert (approve.status_code, approve.json()["message"]) == (409, "还不能批准方案，缺少：方案批复文号。")


def test_a_script_is_told_where_each_is_written(park, entered, case):
    script = Script(park.user, "/api/ledgers/land-cases/")
    body = dict.fromkeys(LATER, "1")
    wanted = {name: [f"这一项在{where}填写。"] for name, where in LATER.items()}
    for answer in (script("post", body=entered | body), script("patch", f"{case.pk}/", body, version=1)):
        assert (answer.status_code, answer.json()["errors"]) == (400, wanted)
    assert LandCase.objects.count() == 1
    assert script("post", body=entered).status_code == 201


def test_a_command_names_what_may_be_written(park, entered):
    pairs = [word for name, value in (entered | {"result": "已供"}).items() for word in ("--set", f"{name}={value}")]
    code, document = run("create_record", "land-cases", *pairs, "--as", park.user.username)
    assert (code, document["message"].startswith("没有可填写的项“result”，可用：number、land_class、")) == (2, True)


def test_the_write_path_refuses_it_whoever_writes(case):
    with pytest.raises(services.RowsRefused) as refusal:
        services.change(record=case, values={"plan_number": "x"}, version=1, actor=factories.SYSTEM)
    assert str(refusal.value) == f"“{case}”处于“登记”，不能修改“方案批复文号”；请在办理“批准方案”时填写。"
    with pytest.raises(services.RowsRefused) as refusal:
        factories.land_case(plan_number="x", parcel=case.parcel)
    assert str(refusal.value) == "新记录应从“登记”开始，“方案批复文号”在办理“批准方案”时填写；请先留空。"


def test_a_sheet_brings_old_cases_in_by_their_steps(park, bureau, ground, tmp_path):
    """A whole book is refused at the cells of later steps; without them it comes in, and the plan's columns once it is verified."""
    head = "台账编号,类别,宗地编号,待处置面积（亩）,批准时间,规划用途,成因"
    row = f"JY-2021-LJ-0900,批而未供,{ground.code},30,2019-06-01,工业,资金"
    sheet = tmp_path / "一地一册.csv"

    def loaded(*lines):
        sheet.write_text("\n".join(lines), encoding="utf-8")
        document = load("land-cases", sheet, park.user)[1]
        return document["status"], [(fault["row"], fault["column"], fault["message"]) for fault in document["errors"]]

    status, errors = loaded(f"{head},处置方式,处置结果", f"{row},加快供地,已供")
    assert (status, LandCase.objects.count()) == ("errors", 0)
    assert [message for _, _, message in errors] == [
        "处置方式：新记录应从“登记”开始，“处置方式”在办理“定处置方案”时填写；请先留空。",
        "处置结果：新记录应从“登记”开始，“处置结果”在办理“申请验收”时填写；请先留空。",
    ]
    assert loaded(head, row) == ("done", [])
    case = LandCase.objects.get()
    bureau.move(case, "verify")
    assert loaded("台账编号,处置方式,处置方案,处置时限", "JY-2021-LJ-0900,加快供地,年底前挂牌,2021-12-31") == ("done", [])
    case.refresh_from_db()
    assert (case.state, case.disposal, case.plan_text) == ("verified", "supply", "年底前挂牌")


def test_an_export_of_a_case_on_its_way_comes_back_as_no_change(bureau, at, tmp_path):
    at("to_accept")
    out = tmp_path / "out.csv"
    assert run("export_ledger", "land-cases", out, "--as", bureau.user.username)[0] == 0
    told = load("land-cases", out, bureau.user)[1]
    assert (told["status"], told["errors"], told["unchanged"], told["changed"]) == ("done", [], 1, 0)
    out.write_text(out.read_text(encoding="utf-8-sig").replace("已挂牌出让", "已摘牌"), encoding="utf-8")
    told = load("land-cases", out, bureau.user)[1]
    assert [fault["message"] for fault in told["errors"]] == [
        f"处置结果：“{LandCase.objects.get()}”处于“待验收”，不能修改“处置结果”；请先退回到可以修改的环节。"
    ]


def test_a_returned_case_may_be_given_another_class_with_its_disposal(park, bureau, case):
    bureau.move(case, "verify")
    services.change(record=case, values={"disposal": "supply"}, version=2, actor=factories.SYSTEM)
    bureau.move(case, "return", comment="应为供而未用")
    script = Script(park.user, "/api/ledgers/land-cases/")
    case.refresh_from_db()
    assert script("patch", f"{case.pk}/", {"land_class": "unused"}, version=case.version).json()["errors"].keys() == {"disposal"}
    assert script("patch", f"{case.pk}/", {"land_class": "unused", "disposal": ""}, version=case.version).status_code == 200


def test_many_at_once_leaves_out_whose_step_it_is_not(bureau, case):
    script = Script(bureau.user, "/api/ledgers/land-cases/")
    answer = script("post", "bulk/preview/", {"ids": [case.pk], "values": {"leader": "张三"}})
    assert [row["why"] for row in answer.json()["left_out"]] == ["处于“登记”，不能修改“责任领导”；请在办理“定处置方案”时填写。"]


def test_the_parcel_of_an_open_case_is_not_made_smaller(bureau, at, case):
    at("planned")
    url, ground = reverse("ledger:change", args=["parcels", case.parcel_id]), case.parcel
    form = bureau.client.get(url).context["form"]
    typed = {name: "" if form[name].value() is None else form[name].value() for name in form.fields}
    answer = bureau.client.post(url, typed | {"area": "29.9"})
    assert answer.context["form"].errors == {
        "area": [
            f"土地处置 {case.number}（定方案）占本宗地 30 亩，宗地面积不能小于它；"
            "请核对宗地面积，或先将该案退回补正、改小面积，或待其销号后再改。"
        ]
    }
    assert bureau.client.post(url, typed | {"area": "30"}).status_code == 302
    ground.refresh_from_db()
    assert ground.area == 30


def cut(case, area):
    """Leave a case as an old version of the house could: its parcel is smaller than it."""
    Parcel._base_manager.filter(pk=case.parcel_id).update(area=area)


def test_an_old_fault_that_nobody_can_mend_now_stops_no_move(park, bureau, at, case):
    at("approved")
    cut(case, 12)
    assert park.move(case, "start").status_code == 302
    script = Script(park.user, "/api/ledgers/land-cases/")
    assert script("patch", f"{case.pk}/", {"progress": "已发布公告"}, version=case.version).status_code == 200
    park.client.post(park.url("change", case), {"version": case.version + 1, "progress": "已拆迁"})
    case.refresh_from_db()
    assert case.progress == "已拆迁"
    park.put(case, "evidence")
    answer = park.move(case, "report", disposed_area="30", disposed_on="2021-10-14", result="已供")
    assert answer.context["form"].errors == {"disposed_area": ["不能大于宗地面积（12 亩）。"]}  # what is typed now is asked
    assert park.move(case, "report", disposed_area="12", disposed_on="2021-10-14", result="已供").status_code == 302


def test_an_old_fault_is_mended_where_the_field_is_open(park, bureau, at, case):
    at("verified")
    cut(case, 12)
    assert bureau.move(case, "return", comment="请核对面积").status_code == 302
    answer = park.move(case, "resubmit")
    assert answer.context["form"].errors == {"__all__": ["待处置面积（亩）：不能大于宗地面积（12 亩）。"]}
    script = Script(park.user, "/api/ledgers/land-cases/")
    assert script("patch", f"{case.pk}/", {"area": "12", "approved_area": "12"}, version=case.version).status_code == 200
    assert park.move(case, "resubmit").status_code == 302


def test_a_move_makes_no_new_fault_in_a_field_it_does_not_ask_for(park, bureau, at, case):
    """A class that the disposal does not fit is no old fault, though the disposal is closed then."""
    at("in_progress")
    with pytest.raises(ValidationError) as fault:
        services.write(
            record=services.locked(case, case.version, factories.SYSTEM),
            values={"land_class": "unused"},
            act="",
            actor=factories.SYSTEM,
            reason="",
        )
    assert list(fault.value.message_dict) == ["disposal"]


def test_a_sheet_judged_before_the_parcel_was_cut_is_refused_when_it_is_written(park, ground, tmp_path):
    sheet = tmp_path / "a.csv"
    sheet.write_text(f"台账编号,类别,宗地编号,待处置面积（亩）\nJY-2021-LJ-0900,批而未供,{ground.code},30\n", encoding="utf-8")
    judged = staged("land-cases", sheet, park.user)
    services.change(record=ground, values={"area": 12}, version=1, actor=factories.SYSTEM)
    done = exchange.finished(exchange.confirm(batch=judged, actor=Actor.of(park.user)))
    assert (LandCase.objects.count(), "不能大于宗地面积（12 亩）" in done.message) == (0, True), done.message


def test_the_parcel_of_a_closed_or_archived_case_may_be_cut(bureau, at, case):
    at("to_accept")
    bureau.move(case, "accept")
    beside = factories.land_case(parcel=case.parcel)
    services.archive(record=beside, version=1, reason="重复登记", actor=factories.SYSTEM)
    ground = case.parcel
    ground.refresh_from_db()
    services.change(record=ground, values={"area": 12}, version=ground.version, actor=factories.SYSTEM)
    with pytest.raises(services.RowsRefused) as refusal:
        services.restore(record=beside, version=2, reason="误归档", actor=factories.SYSTEM)
    assert str(refusal.value) == "不能大于宗地面积（12 亩）。"
