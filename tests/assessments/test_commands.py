"""`assess` and `export_assessment`: one JSON document, honest exit codes."""

from hashlib import sha256
from io import StringIO

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from apps.accounts.choices import Role
from apps.assessments.models import Computation
from apps.journal.models import JournalEntry
from tests import factories as make
from tests.assessments.conftest import compute
from tests.commands import run

pytestmark = pytest.mark.django_db


def test_assess_inserts_a_job_and_runs_it(third_quarter, evaluator):
    code, document = run("assess", "2021Q3", "--as", "evaluator")
    computation = Computation.objects.get()
    assert code == 0
    assert document == {
        "quarter": "2021Q3",
        "scheme": "测试方案",
        "units": 5,
        "computation": computation.pk,
        "groups": [
            {"group": "G1 平台", "ranking": [{"unit": "丽缙园", "total": 110, "rank": 1, "light": "green"}]},
            {
                "group": "G2 乡镇",
                "ranking": [
                    {"unit": "壶镇镇", "total": 100, "rank": 1, "light": "green"},
                    {"unit": "东方镇", "total": 76, "rank": 2, "light": "red"},
                    {"unit": "新建镇", "total": 76, "rank": 2, "light": "red"},
                    {"unit": "舒洪镇", "total": 65, "rank": 4, "light": "red"},
                ],
            },
        ],
        "output_hash": computation.output_hash,
    }


def test_assess_tells_people_the_ranking(third_quarter, evaluator):
    out = StringIO()
    call_command("assess", "2021Q3", "--as", "evaluator", stdout=out)
    assert out.getvalue().splitlines() == [
        "测试方案 2021Q3：5 个考核对象已计分。",
        "G1 平台",
        "  1  丽缙园  110.00",
        "G2 乡镇",
        "  1  壶镇镇  100.00",
        "  2  东方镇  76.00",
        "  2  新建镇  76.00",
        "  4  舒洪镇  65.00",
    ]


def test_export_writes_the_workbook(third_quarter, evaluator, tmp_path):
    compute(third_quarter)
    path = tmp_path / "out.xlsx"
    code, document = run("export_assessment", "2021Q3", str(path), "--as", "evaluator")
    assert (code, document) == (0, {"status": "done", "rows": 5, "sha256": sha256(path.read_bytes()).hexdigest()})
    assert openpyxl.load_workbook(path)["评分表"]["A2"].value == "测试方案前三季度评分表"
    assert JournalEntry.objects.get(act="导出").channel == "命令"


@pytest.mark.parametrize("command", [("assess",), ("export_assessment", "out.xlsx")])
@pytest.mark.parametrize("quarter", ["2021Q5", "2021", "2021q3", "前三季度"])
def test_a_wrong_quarter_is_wrong_use(third_quarter, evaluator, command, quarter):
    with pytest.raises(CommandError, match="季度应写成 2021Q3 的样子") as stop:
        call_command(command[0], quarter, *command[1:], "--as", "evaluator")
    assert stop.value.returncode == 2


@pytest.mark.parametrize("command", [("assess",), ("export_assessment", "out.xlsx")])
def test_no_round_is_refused(third_quarter, evaluator, command):
    code, document = run(command[0], "2020Q1", *command[1:], "--as", "evaluator")
    assert (code, document) == (1, {"status": "refused", "message": "没有 2020Q1 的考核轮次。"})


def test_rights(third_quarter, tmp_path):
    make.person("supervisor", Role.SUPERVISOR)
    make.person("permu", Role.PER_MU)
    compute(third_quarter)
    path = str(tmp_path / "out.xlsx")
    assert run("assess", "2021Q3", "--as", "supervisor")[0] == 1
    assert run("export_assessment", "2021Q3", path, "--as", "supervisor")[0] == 0
    code, document = run("export_assessment", "2021Q3", path, "--as", "permu")
    assert (code, document) == (1, {"status": "refused", "message": "您的岗位（亩均办）没有这项权限。"})
    assert Computation.objects.count() == 1


def test_a_folder_that_is_not_there_is_one_sentence(third_quarter, evaluator, tmp_path):
    compute(third_quarter)
    code, document = run("export_assessment", "2021Q3", str(tmp_path / "nowhere" / "out.xlsx"), "--as", "evaluator")
    assert (code, document["status"]) == (1, "refused")
