"""The frame of every command: one document whatever happens, exit codes 0, 1, 2, and the post one acts in."""

import datetime as dt

import pytest

from apps.accounts.choices import Role
from apps.accounts.models import Post
from apps.enterprises.models import Enterprise
from apps.journal.models import JournalEntry
from tests import factories
from tests.commands import run, run_for_people

pytestmark = pytest.mark.django_db
CODE = "91331122MA2TERT01U"
EMPTY_IMPORT = {"new": 0, "changed": 0, "unchanged": 0, "errors": [], "notes": [], "batch": None}


@pytest.fixture
def permu():
    return factories.person("permu", Role.PER_MU)


WRONG = [
    (["plan_table"], "缺少参数：N。"),
    (["plan_table", "3"], "参数 N 不能是 3，可用：1, 2。"),
    (["plan_table", "x"], "参数 N 应为整数，现为“x”。"),
    (["plan_table", "1", "--as", "nobody"], "没有可用的用户“nobody”。"),
    (["plan_table", "1", "--post", "亩均办"], "--post 须与 --as 同时使用。"),
    (["plan_check", "x"], "没有这样的参数：x。"),
    (["load_plan", "--as", "permu"], "没有这样的参数：--as permu。"),
    (["load_sample", "x"], "没有这样的参数：x。"),
    (["import_template", "enterprises"], "缺少参数：OUT.xlsx。"),
    (["import_template", "enterprises", "/nowhere/a.xlsx"], "不能写入 /nowhere/a.xlsx：文件夹不存在，或不是文件名。"),
    (["export_ledger", "enterprises", "/tmp/a.xlsx"], "缺少参数：--as。"),
    (["export_ledger", "enterprises", "/nowhere/a.xlsx", "--as", "permu"], "不能写入 /nowhere/a.xlsx：文件夹不存在，或不是文件名。"),
    (["regrade", "--as", "permu"], "缺少参数：--year。"),
    (["regrade", "--as", "permu", "--year"], "参数 --year 后面没有值。"),
    (["regrade", "--as", "permu", "--year", "-5"], "参数 --year：年份应在 2000 至 2100 之间。"),
    (["regrade", "--as", "permu", "--year", "2020.5"], "参数 --year：年份应在 2000 至 2100 之间。"),
    (["grade_trace", "--as", "permu", "--year", "99999", CODE], "参数 --year：年份应在 2000 至 2100 之间。"),
    (["grade_trace", "--as", "permu", "--year", "2020", "--run", "0", CODE], "参数 --run：应为正整数，现为“0”。"),
    (["assess", "2021Q5", "--as", "permu"], "季度应写成 2021Q3 的样子"),
    (["export_assessment", "2021Q1", "--as", "permu"], "缺少参数：OUT.xlsx。"),
    (["regrade", "--as", "permu", "--post", "发改局", "--year", "2020"], "permu没有在任岗位“发改局”；在任岗位：亩均办（编号 {}）。"),
]


@pytest.mark.parametrize(("call", "message"), WRONG)
def test_wrong_use_is_a_document_and_exit_code_2(permu, call, message):
    code, document = run(*call)
    assert (code, document["status"], list(document)) == (2, "refused", ["status", "message"])
    assert document["message"].startswith(message.format(permu.posts.get().pk))


def test_wrong_use_is_one_sentence_for_people(permu):
    code, printed, said = run_for_people("regrade", "--as", "nobody", "--year", "2020")
    assert (code, printed, said) == (2, "", "没有可用的用户“nobody”。\n")
    code, printed, said = run_for_people("regrade", "--as", "permu", "--year", "-5")
    assert (code, printed, said) == (2, "", "参数 --year：年份应在 2000 至 2100 之间。\n")


def test_an_import_has_its_whole_document_even_where_nothing_was_read(permu):
    assert run("import_workbook", "enterprises") == (
        2,
        {"status": "refused", **EMPTY_IMPORT, "message": "缺少参数：FILE, --as。"},
    )


def test_refusal_by_role_is_a_document_and_exit_code_1(permu, tmp_path):
    for call, message in [
        (["assess", "2021Q1", "--as", "permu"], "您的岗位（亩均办）没有这项权限。"),
        (["export_assessment", "2021Q1", tmp_path / "a.xlsx", "--as", "permu"], "您的岗位（亩均办）没有这项权限。"),
        (["export_ledger", "enterprises", tmp_path / "a.xlsx", "--as", "sysadmin"], "您的岗位不接触业务数据，不能导出。"),
        (["regrade", "--as", "sysadmin", "--year", "2020"], "您的岗位不能发起亩均重算。"),
        (["grade_trace", "--as", "sysadmin", "--year", "2020", CODE], "您的岗位不能查看试算结果。"),
    ]:
        if "sysadmin" in call and not type(permu).objects.filter(username="sysadmin").exists():
            factories.person("sysadmin", Role.SYSTEM_ADMIN)
        assert run(*call) == (1, {"status": "refused", "message": message}), call


def test_a_file_that_cannot_be_written_is_said(permu, tmp_path):
    """A name too long for any file system; root may write everywhere else."""
    out = tmp_path / ("长" * 300 + ".xlsx")
    code, document = run("export_ledger", "enterprises", out, "--as", "permu")
    assert (code, document["status"]) == (1, "refused")
    assert document["message"].startswith(f"文件 {out} 不能读写")


def test_what_breaks_is_still_a_document(permu, monkeypatch):
    monkeypatch.setattr("apps.plan.management.commands.plan_check.examined", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError), pytest.MonkeyPatch.context() as patch:
        printed = []
        patch.setattr("django.core.management.base.OutputWrapper.write", lambda self, text, *rest: printed.append(text))
        run_for_people("plan_check", "--json")
    assert printed == ['{"status": "failed", "message": "命令没有完成，没有保存任何内容；原因见错误输出。"}']


def test_the_post_is_chosen_by_name_or_number(tmp_path):
    """One person, two posts: what he sees and what the journal says follow the post named."""
    lijin, kaifaqu = factories.platform("丽缙园"), factories.platform("开发区")
    user = factories.person("both", Role.PARK, platform=lijin)
    second = Post.objects.create(user=user, role=Role.PARK, platform=kaifaqu, start=dt.date(2019, 1, 1))
    ended = Post.objects.create(user=user, role=Role.LEADER, start=dt.date(2018, 1, 1), end=dt.date(2019, 1, 1))
    for name, platform in [("示例甲厂", lijin), ("示例乙厂", kaifaqu), ("示例丙厂", kaifaqu)]:
        factories.enterprise(name, platform=platform)
    export = ["export_ledger", "enterprises", tmp_path / "a.xlsx", "--as", "both"]
    assert run(*export)[1]["rows"] == 1
    for named in ("园区管理员（开发区）", "园区管理员(开发区)", str(second.pk)):
        assert run(*export, "--post", named)[1]["rows"] == 2
        assert JournalEntry.objects.latest("seq").post == "园区管理员（开发区）"
    code, document = run(*export, "--post", "领导")
    assert (code, document["message"].split("；")[0]) == (2, "both没有在任岗位“领导”")
    assert run(*export, "--post", str(ended.pk))[0] == 2
    assert Enterprise.objects.count() == 3
