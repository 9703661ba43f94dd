"""Records, moves, papers and batches as commands: typed as on the page, refused as on the page. The rest stands in the contract."""

import datetime as dt
import hashlib
import uuid

import pytest

from apps.accounts.choices import Role
from apps.enterprises.models import Enterprise
from apps.journal.models import JournalEntry
from apps.land.models import LandCase
from apps.ledger import services, trail
from apps.ledger.models import Paper, WriteBatch
from apps.platforms.models import Platform, Town
from tests import factories
from tests.commands import run, run_for_people

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4 sample"


@pytest.fixture
def office():
    """A command of the office of per-mu evaluation."""
    factories.person("permu", Role.PER_MU)
    return lambda name, *args: run(name, *args, "--as", "permu")


def sets(**values):
    return [part for name, value in values.items() for part in ("--set", f"{name}={value}")]


def test_a_record_is_entered_as_on_the_page(office):
    code, document = office("create_record", "towns", *sets(code="331199007", name="新设镇", kind="镇"))
    assert (code, document["record"]["kind"], Town.objects.get().history.first().channel) == (0, "town", "命令")
    entry = JournalEntry.objects.latest("seq")
    assert (entry.act, entry.channel, entry.actor) == ("新增", "命令", "permu")
    assert office("create_record", "towns", *sets(code="331199008")) == (
        1,
        {"status": "refused", "message": "名称：请填写。；类别：请填写。"},
    )
    refused = office("create_record", "towns", *sets(code="331199007", name="又一镇", kind="镇"))
    assert (refused[0], Town.objects.count()) == (1, 1)


def test_a_choice_a_reference_and_a_yes_are_typed_as_people_read_them(office):
    factories.town("甲镇"), factories.town("乙镇")
    park = factories.platform("丽缙园", town=Town.objects.get(name="甲镇"))
    change = sets(town="乙镇", counts_alone="否")
    assert office("change_record", "platforms", f"id:{park.pk}", *change, "--if-version", 1)[0] == 0
    park = Platform.objects.get()
    assert (park.town.name, park.counts_alone) == ("乙镇", False)
    code, document = office("change_record", "platforms", f"id:{park.pk}", *sets(counts_alone="也许"), "--if-version", 2)
    assert (code, "应填“是”或“否”，现为“也许”" in document["message"]) == (1, True)


def test_a_record_is_called_by_the_key_people_know(office):
    firm = factories.enterprise("甲厂")
    assert office("show_record", "enterprises", firm.credit_code)[1]["record"]["id"] == firm.pk
    assert office("show_record", "enterprises", str(firm.pk))[0] == 1
    assert office("show_record", "enterprise-facts", "x")[0] == 2
    code, printed, _ = run_for_people("show_record", "enterprises", firm.credit_code, "--as", "permu")
    assert (code, "label: 甲厂\n" in printed) == (0, True)


def test_the_history_of_a_record_for_people(office):
    firm = factories.enterprise("甲厂")
    change = sets(gb_code="C3421")
    office("change_record", "enterprises", firm.credit_code, *change, "--if-version", 1, "--reason", "核实后更正")
    code, printed, _ = run_for_people("record_history", "enterprises", firm.credit_code, "--as", "permu")
    latest, changed, first = [line.split("  ", 1)[1].strip() for line in printed.splitlines()]
    assert code == 0
    assert latest == "permu（亩均办）  命令  修改：核实后更正"
    assert changed == "行业代码：— → C3421"
    assert first.endswith("  登记")


WRONG = [
    (["show_record", "nothing", "1"], "没有台账“nothing”，可用："),
    (["show_record", "towns"], "缺少参数：KEY。"),
    (["record_history", "towns", "x"], "记录编号应为整数，现为“x”。"),
    (["change_record", "towns", "id:1", "--set", "name", "--if-version", "1"], "参数 --set：应写成 名称=值，现为“name”。"),
    (["change_record", "towns", "id:1", "--set", "name=甲"], "缺少参数：--if-version。"),
    (["archive_record", "towns", "id:1", "--if-version", "x"], "参数 --if-version 应为整数，现为“x”。"),
    (["create_record", "towns", "--set", "colour=红"], "没有可填写的项“colour”，可用："),
    (["bulk_edit", "enterprises", "--set", "gb_code=C3421"], "缺少参数，须有其中之一：--filter --key。"),
    (["bulk_edit", "enterprises", "--filter", "colour=红", "--set", "gb_code=C3421"], "没有筛选“colour”，可用："),
    (["bulk_edit", "enterprises", "--filter", "as_of=2021-01-01", "--set", "gb_code=C3421"], "批量修改时不能用筛选“as_of”。"),
    (["bulk_edit", "enterprises", "--filter", "scale=", "--set", "name=同名"], "“name”不能批量修改，可用："),
    (["undo_batch", "7", "--reason", "x"], "“7”不是批次编号。"),
    (["papers", "towns", "id:1"], "“乡镇街道”没有附件。"),
]


@pytest.mark.parametrize(("call", "message"), WRONG)
def test_wrong_use_is_a_sentence_and_exit_code_2(office, call, message):
    code, document = office(*call)
    assert (code, document["status"], document["message"][: len(message)]) == (2, "refused", message)


@pytest.fixture
def case(settings):
    """A case of a park, its keeper and the bureau that checks him."""
    settings.OFFICE_TODAY = dt.date(2021, 10, 15)
    factories.person("park", Role.PARK, platform=factories.platform())
    factories.person("bureau", Role.NATURAL)
    return factories.land_case()


def test_a_case_is_moved_on(case):
    move = ["move_record", "land-cases", f"id:{case.pk}"]
    code, document = run(*move, "verify", "--if-version", 1, "--comment", "已核实", "--as", "bureau")
    assert (code, document["record"]["state"], document["record"]["version"]) == (0, "verified", 2)
    organisation = factories.organisation()
    plan = sets(disposal="加快供地", plan_text="方案", responsible=organisation, deadline="2021-12-31")
    code, document = run(*move, "plan", "--if-version", 2, *plan, "--as", "park")
    assert (code, document.get("message")) == (0, None)
    assert (document["record"]["state"], document["record"]["responsible"]["id"]) == ("planned", organisation.pk)
    assert [(entry.move, entry.channel) for entry in trail.of(case)][1:] == [("verify", "命令"), ("plan", "命令")]
    for args, exit, message in [
        (["approve", "--as", "park"], 1, "您的岗位不能办理“"),
        (["approve", "--as", "bureau"], 1, "方案批复文号：请填写。"),
        (["verify", "--as", "bureau"], 1, f"“{case}”处于“"),
        (["fly", "--as", "bureau"], 2, "“土地处置”没有办理“fly”，可用："),
        (["verify", "--as", "bureau", *sets(plan_text="x")], 2, "没有可填写的项“plan_text”，可用：无。"),
    ]:
        code, document = run(*move, *args, "--if-version", 3)
        assert (code, document["message"][: len(message)]) == (exit, message)
    assert LandCase.objects.get().version == 3


def test_papers_are_put_in_listed_fetched_and_withdrawn(case, tmp_path):
    source, out = tmp_path / "批准文件.pdf", tmp_path / "out.pdf"
    source.write_bytes(PDF)
    papers = ["papers", "land-cases", case.number]
    code, document = run(*papers, "--add", source, "--slot", "approval", "--as", "park")
    [paper] = document["papers"]
    assert (code, paper["name"], paper["sha256"]) == (0, "批准文件.pdf", hashlib.sha256(PDF).hexdigest())
    assert JournalEntry.objects.latest("seq").channel == "命令"
    assert run(*papers, "--as", "park")[1] == {"status": "done", "papers": [paper]}
    assert run(*papers, "--fetch", paper["id"], "--out", out, "--as", "park") == (
        0, {"status": "done", "papers": [paper], "file": str(out)}
    )  # fmt: skip
    assert out.read_bytes() == PDF
    assert run(*papers, "--withdraw", paper["id"], "--as", "park")[1]["message"] == "撤下附件必须填写原因。"
    code, document = run(*papers, "--withdraw", paper["id"], "--reason", "传错文件", "--as", "park")
    assert (code, document["papers"][0]["withdrawn_why"], Paper.objects.count()) == (0, "传错文件", 1)


def test_papers_are_refused_as_on_the_page(case, tmp_path):
    factories.person("leader", Role.LEADER)
    source = tmp_path / "a.pdf"
    source.write_bytes(b"no pdf")
    papers = ["papers", "land-cases", case.number]
    for args, exit, message in [
        (["--add", source, "--slot", "approval", "--as", "leader"], 1, "您的岗位不能增减这条记录的附件。"),
        (["--add", source, "--slot", "approval", "--as", "park"], 1, "“a.pdf”的内容不是 pdf 文件，请核对后重新上传。"),
        (["--add", tmp_path / "b.pdf", "--slot", "approval", "--as", "park"], 2, f"没有文件 {tmp_path / 'b.pdf'}。"),
        (["--add", source, "--as", "park"], 2, "请用 --slot 指明附件类别，可用：approval、plan、evidence、order。"),
        (["--fetch", "1", "--out", tmp_path / "c.pdf", "--as", "park"], 1, "这条记录没有这份附件。"),
    ]:
        assert run(*papers, *args) == (exit, {"status": "refused", "message": message})
    assert not Paper.objects.exists()


def test_rows_that_cannot_be_changed_stop_a_bulk_edit_unless_the_rest_is_wanted(office):
    firms = [factories.enterprise(f"厂{number}") for number in range(3)]
    services.archive(record=firms[0], version=1, reason="停产", actor=factories.SYSTEM)
    services.change(record=firms[1], values={"gb_code": "C3421"}, version=1, actor=factories.SYSTEM)
    edit = ["bulk_edit", "enterprises", "--filter", "archived=全部（含已归档）", *sets(gb_code="C3421"), "--reason", "统一"]
    code, document = office(*edit)
    assert (code, [row["why"] for row in document["left_out"]]) == (1, ["已归档，不能修改。", "与现在的值相同。"])
    assert (document["message"][:9], WriteBatch.objects.count()) == ("有 2 项妨碍：“", 0)
    code, document = office(*edit, "--good-rows")
    assert (code, [row["label"] for row in document["rows"]], len(document["left_out"])) == (0, ["厂2"], 2)
    assert WriteBatch.objects.get().changed == 1
    entry = JournalEntry.objects.latest("seq")
    assert (entry.act, entry.channel) == ("批量修改", "命令")


def test_rows_that_have_the_value_already_do_not_stop_a_bulk_edit(office):
    factories.enterprise("甲厂"), factories.enterprise("乙厂", gb_code="C3421")
    code, document = office("bulk_edit", "enterprises", "--filter", "scale=规上", *sets(gb_code="C3421"), "--reason", "统一")
    assert (code, len(document["rows"]), len(document["left_out"])) == (0, 1, 1)
    assert office("bulk_edit", "enterprises", "--filter", "scale=规上", *sets(gb_code="C3422"))[1]["message"].startswith("原因：")


def test_what_stands_in_the_way_of_undoing_is_told(office):
    firm = factories.enterprise("甲厂")
    batch = office("bulk_edit", "enterprises", "--key", firm.credit_code, *sets(gb_code="C3421"), "--reason", "统一")[1]["batch"]
    services.change(record=firm, values={"contact": "张三"}, version=2, actor=factories.SYSTEM)
    code, document = office("undo_batch", batch, "--reason", "有误")
    assert (code, document["status"], len(document["in_the_way"])) == (1, "refused", 1)
    assert Enterprise.objects.get().gb_code == "C3421"
    factories.person("leader", Role.LEADER)
    nobodys = "没有这个批次，或不在您的范围内。"
    assert run("undo_batch", batch, "--reason", "x", "--as", "leader")[1]["message"] == nobodys
    assert office("undo_batch", uuid.uuid4(), "--reason", "x")[1]["message"] == nobodys
    code, printed, _ = run_for_people("batches", "enterprises", "--as", "permu")
    assert (code, printed.startswith(batch)) == (0, True)
