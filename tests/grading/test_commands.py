"""`regrade` and `grade_trace`: one JSON document, honest exit codes, the same scope as the pages."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from apps.accounts.choices import Role
from apps.grading.models import GradingRun
from apps.jobs.models import Job
from tests import factories as make
from tests.commands import run
from tests.grading.conftest import evaluate

pytestmark = pytest.mark.django_db


def test_regrade_inserts_a_job_and_runs_it(county, office):
    code, document = run("regrade", "--as", "permu", "--year", "2020")
    stored = GradingRun.objects.get()
    assert code == 0
    assert document == {
        "run": stored.pk,
        "year": 2020,
        "method": "jinyun-sample",
        "population": 7,
        "participants": 5,
        "excluded": 2,
        "grades": {"A": 0, "B": 2, "C": 0, "D": 3},
        "output_hash": stored.output_hash,
    }
    assert (stored.job.state, stored.job.requested_by, stored.job.requested_post) == ("done", office, "亩均办")


def test_regrade_by_another_method(county, office):
    _, first = run("regrade", "--as", "permu", "--year", "2020", "--method", "huangyan-2022")
    _, again = run("regrade", "--as", "permu", "--year", "2020", "--method", "huangyan-2022")
    assert first["method"] == "huangyan-2022"
    assert again["output_hash"] == first["output_hash"]
    assert again["run"] != first["run"]


@pytest.mark.parametrize(
    ("who", "args", "message"),
    [
        ("park", ["--year", "2020"], "您的岗位不能发起亩均重算。"),
        ("permu", ["--year", "2018"], "2018年没有企业年度数据，无法评价；请先导入该年度数据。"),
        ("permu", ["--year", "2020", "--method", "x"], "没有名为“x”的评价办法，可用：jinyun-sample、huangyan-2021、huangyan-2022。"),
    ],
)
def test_regrade_refuses(county, office, who, args, message):
    make.person("park", Role.PARK, platform=make.platform("丽缙园"))
    assert run("regrade", "--as", who, *args) == (1, {"status": "refused", "message": message})
    assert not GradingRun.objects.exists()
    assert not Job.objects.exclude(state="pending").exists()


def test_an_unknown_user_is_wrong_use(county):
    with pytest.raises(CommandError) as stop:
        call_command("regrade", "--as", "nobody", "--year", "2020", stderr=StringIO())
    assert stop.value.returncode == 2


def test_trace_of_the_first_vector(county, office):
    stored = evaluate(method="huangyan-2022")
    code, trace = run("grade_trace", "--as", "permu", "--year", "2020", county["best"].credit_code)
    assert code == 0
    assert (trace["credit_code"], trace["name"], trace["run"]) == (county["best"].credit_code, "示例甲厂", stored.pk)
    assert (trace["method"], trace["group"], trace["rank"], trace["n"], trace["grade"]) == ("huangyan-2022", "规上", 1, 3, "B")
    assert [line["code"] for line in trace["indicators"]] == ["I1", "I2", "I3", "I4", "I5", "I6"]
    first = trace["indicators"][0]
    assert (first["value"], first["benchmark"], first["weight"], first["score"], first["capped"]) == (40, 24.097, 30, 45, True)
    assert first["calculation"] == "1,200.00 万元 ÷ 30.00 亩 = 40.00 万元/亩"
    assert [round(line["score"], 4) for line in trace["indicators"]] == [45.0, 25.4602, 25.7362, 11.7201, 13.6504, 11.4054]
    assert round(trace["total"], 4) == 132.9724
    assert [rule["rule"] for rule in trace["rules"]] == ["population", "score", "quota"]


def test_trace_says_why_d(county, office):
    evaluate(method="huangyan-2022")
    _, trace = run("grade_trace", "--as", "permu", "--year", "2020", county["floor"].credit_code)
    assert (trace["grade_by_score"], trace["grade"]) == ("C", "D")
    assert trace["indicators"][0]["value"] == 2.996187
    assert trace["rules"][-1] == {
        "rule": "floor",
        "before": "C",
        "after": "D",
        "name": "保底线",
        "effect": "评价税收 86.44 万元 < 3 × 28.85 亩 = 86.55 万元，低于亩均税收保底线，由 C 档直接定为 D 档。",
    }
    assert trace["why"] == (
        "定为 D 档，因为没有达到亩均税收保底线：评价税收 86.44 万元 < 3 × 28.85 亩 = 86.55 万元；低于保底线的不论得分直接定为 D 档。"
        "按得分是 C 档，在规上 3 家参评企业中排第 2 名（前 66.67%）。"
    )


def test_trace_says_how_far_it_is_to_the_next_grade(county, office):
    evaluate(method="huangyan-2022")
    _, trace = run("grade_trace", "--as", "permu", "--year", "2020", county["second"].credit_code)
    above = GradingRun.objects.get().groups["above"]["cuts"]["C"]
    assert trace["why"] == (
        f"定为 D 档，因为总分 {trace['total']:.4f}，在规上 3 家参评企业中排第 3 名（前 100.00%）；D 档为 95% 至 100%（含）。"
        f"C 档最低分为 {float(above):.4f}，相差 {float(above) - trace['total']:.4f} 分。失分最多的是亩均税收：得 12.4497 分，权重 30 分。"
    )


def test_trace_of_what_was_not_graded(county, office):
    evaluate()
    _, trace = run("grade_trace", "--as", "permu", "--year", "2020", county["no_land"].credit_code)
    assert (trace["grade"], trace["total"], trace["rank"], trace["indicators"]) == ("N", None, None, [])
    assert trace["why"] == "没有定等级，因为数据缺失：没有用地面积。数据补齐并重算后参加评价。"


def test_trace_of_an_earlier_run(county, office):
    first = evaluate(method="huangyan-2021")
    evaluate()
    args = ("grade_trace", "--as", "permu", "--year", "2020", county["best"].credit_code)
    assert run(*args)[1]["method"] == "jinyun-sample"
    assert run(*args, "--run", str(first.pk))[1]["method"] == "huangyan-2021"
    assert run(*args, "--run", "999999") == (1, {"status": "refused", "message": "2020年没有第 999999 号运算。"})


def test_trace_ends_at_the_scope(county):
    evaluate()
    make.person("park", Role.PARK, platform=make.platform("丽缙园"))
    make.person("leader", Role.LEADER)
    args = ("--year", "2020")
    assert run("grade_trace", "--as", "park", *args, county["best"].credit_code)[0] == 0
    outside, unknown = county["floor"].credit_code, make.credit_code(9999999)
    for code in (outside, unknown):
        message = f"2020年评价结果中没有代码为 {code} 的企业，或不在您的范围内。"
        assert run("grade_trace", "--as", "park", *args, code) == (1, {"status": "refused", "message": message})
    assert run("grade_trace", "--as", "leader", *args, outside) == (1, {"status": "refused", "message": "您的岗位不能查看试算结果。"})


def test_trace_before_any_run(county, office):
    message = "2020年尚未评价，没有结果。"
    assert run("grade_trace", "--as", "permu", "--year", "2020", county["best"].credit_code) == (
        1,
        {"status": "refused", "message": message},
    )


def test_words_for_people(county, office):
    out = StringIO()
    call_command("regrade", "--as", "permu", "--year", "2020", stdout=out)
    call_command("grade_trace", "--as", "permu", "--year", "2020", county["small"].credit_code, stdout=out)
    text = out.getvalue()
    assert "运算：评价对象 7 家，参评 5，不定等级 2；A 档 0，B 档 2，C 档 0，D 档 3。" in text
    assert "J1 亩均税收：40.00 万元 ÷ 4.00 亩 = 10.00 万元/亩，基准 " in text
