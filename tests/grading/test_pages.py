"""The pages through the client: who opens them, what they show, where the scope ends."""

import copy

import pytest
from django.urls import reverse

from apps.accounts.choices import Role
from apps.grading.models import GradingRun
from apps.jobs.models import Job
from apps.jobs.services import run_here
from tests import factories as make
from tests.grading.conftest import a_county, evaluate

pytestmark = pytest.mark.django_db

OVERVIEW, LIST, METHODS, RUN = (reverse(f"grading:{name}") for name in ("overview", "list", "methods", "run"))


def trace_url(enterprise, year=2020):
    return reverse("grading:trace", args=[year, enterprise.credit_code])


def names(response):
    return [row.record.enterprise.name for row in response.context["table"].rows]


@pytest.fixture(scope="module")
def firms(standing):
    return a_county()


@pytest.fixture
def county(firms, db):
    return copy.deepcopy(firms)


@pytest.fixture
def park(county):
    return make.person("park", Role.PARK, platform=make.platform("丽缙园"))


@pytest.mark.parametrize("page", [OVERVIEW, LIST, METHODS])
@pytest.mark.parametrize("role", Role.values)
def test_who_takes_part_opens_the_pages(client, county, page, role):
    scope = {"platform": make.platform("丽缙园")} if role == Role.PARK else {"town": make.town()} if role == Role.TOWN else {}
    client.force_login(make.person("somebody", role, **scope))
    expected = 200 if role in (Role.PER_MU, Role.PARK, Role.TOWN) else 403
    assert client.get(page).status_code == expected


@pytest.mark.parametrize("page", [OVERVIEW, LIST, METHODS, RUN])
def test_strangers_are_sent_to_sign_in(client, db, page):
    answer = client.get(page)
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, reverse("accounts:sign-in"))


def test_overview_of_the_office(client, county, office):
    run = evaluate()
    client.force_login(office)
    answer = client.get(OVERVIEW)
    assert answer.context["run"] == run
    assert (answer.context["population"], answer.context["participants"], answer.context["excluded"]) == (7, 5, 2)
    assert answer.context["grades"] == [(grade, run.grades[grade]) for grade in "ABCD"]
    above, below = answer.context["groups"]
    assert (above["size"], above["excluded"], below["size"]) == (3, 2, 2)
    assert [(line["grade"], line["count"], line["moved"]) for line in above["grades"]] == [
        ("A", 0, 0),
        ("B", 1, 0),
        ("C", 0, 0),
        ("D", 2, 1),
    ]
    assert sum(step["all"] for step in above["steps"]) == 3
    assert [line["label"]["formatter"][:1] for line in above["option"]["series"][0]["markLine"]["data"]] == ["B", "C"]
    text = answer.content.decode()
    assert "试算（未公布）" in text
    assert "重新计算" in text


def test_overview_ends_at_the_scope(client, county, park):
    evaluate()
    client.force_login(park)
    answer = client.get(OVERVIEW)
    assert (answer.context["population"], answer.context["participants"]) == (4, 3)
    assert "重新计算" not in answer.content.decode()


def test_overview_before_any_run(client, county, office):
    client.force_login(office)
    assert "2020年尚未评价。" in client.get(OVERVIEW).content.decode()
    assert client.get(LIST).status_code == 200


@pytest.mark.parametrize("year", ["1999", "x", "２０２０", "-1"])
def test_a_year_that_is_not_there(client, county, office, year):
    client.force_login(office)
    assert client.get(OVERVIEW, {"year": year}).status_code == 404


def test_the_button_queues_a_run_and_shows_the_job(client, county, office):
    client.force_login(office)
    answer = client.post(RUN, {"year": "2020", "method": "huangyan-2022"})
    job = Job.objects.get(key="regrade:2020:huangyan-2022")
    assert answer["Location"] == reverse("jobs:detail", args=[job.pk])
    assert (job.kind, job.requested_by) == ("grading.regrade", office)
    run_here(job.pk)
    assert client.get(OVERVIEW).context["run"].method_code == "huangyan-2022"
    assert client.get(answer["Location"]).status_code == 200


def test_only_the_office_may_run(client, county, park):
    client.force_login(park)
    assert client.post(RUN, {"year": "2020", "method": "jinyun-sample"}).status_code == 403
    assert not Job.objects.filter(key__startswith="regrade:2020:").exists()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"year": "2018", "method": "jinyun-sample"}, "2018年没有企业年度数据"),
        ({"year": "2020", "method": "x"}, "没有名为“x”的评价办法"),
        ({"method": "jinyun-sample"}, "请选择数据年度。"),
    ],
)
def test_a_refused_run_is_told_on_the_page(client, county, office, data, sentence):
    client.force_login(office)
    answer = client.post(RUN, data, follow=True)
    assert answer.request["PATH_INFO"] == OVERVIEW
    assert sentence in answer.content.decode()


def test_list_shows_everybody_with_ratios_from_sums(client, county, office):
    evaluate()
    client.force_login(office)
    answer = client.get(LIST)
    assert names(answer) == ["示例甲厂", "示例丙厂", "示例乙厂", "示例丁厂", "示例戊厂", "示例己厂", "示例庚厂"]
    sums = {label: str(round(value, 4)) for label, value, _ in answer.context["sums"]}
    assert (sums["企业（家）"], sums["N 档（家）"], sums["评价税收（万元）"], sums["用地面积（亩）"]) == ("7", "2", "1688.4400", "106.8500")
    assert sums["亩均税收（万元/亩）"] == "16.9173"  # 1,638.44 / 96.85: without the firms that lack either figure


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"group": "below"}, ["示例己厂", "示例庚厂"]),
        ({"grade": "N"}, ["示例丁厂", "示例戊厂"]),
        ({"q": "slbc"}, ["示例丙厂"]),
        ({"sort": "-tax", "group": "above"}, ["示例甲厂", "示例乙厂", "示例丙厂", "示例戊厂", "示例丁厂"]),
        ({"sort": "tax_per_mu", "grade": "D"}, ["示例丙厂", "示例庚厂", "示例乙厂"]),
    ],
)
def test_list_filters_and_sorts(client, county, office, query, expected):
    evaluate()
    client.force_login(office)
    assert names(client.get(LIST, query)) == expected


def test_list_by_place(client, county, office):
    evaluate()
    client.force_login(office)
    answer = client.get(LIST, {"place": f"p{make.platform('开发区').pk}"})
    assert names(answer) == ["示例丙厂"]
    assert answer.context["words"] == [("统计区域", "开发区")]


def test_list_ends_at_the_scope(client, county, park):
    evaluate()
    client.force_login(park)
    answer = client.get(LIST)
    assert names(answer) == ["示例甲厂", "示例乙厂", "示例丁厂", "示例己厂"]
    assert "示例丙厂" not in answer.content.decode()


def test_trace_reads_like_a_letter(client, county, office):
    evaluate(method="huangyan-2022")
    client.force_login(office)
    text = client.get(trace_url(county["best"])).content.decode()
    assert "1,200.00 万元 ÷ 30.00 亩 = 40.00 万元/亩" in text
    assert "已封顶" in text
    assert "评价税收 1,200.00 万元 ≥ 3 × 30.00 亩 = 90.00 万元，未低于保底线，等级不变。" in text
    down = client.get(trace_url(county["floor"])).content.decode()
    assert "为什么是 D 档" in down
    assert "评价税收 86.44 万元 &lt; 3 × 28.85 亩 = 86.55 万元" in down
    missing = client.get(trace_url(county["no_tax"])).content.decode()
    assert "为什么没有定等级" in missing
    assert "数据缺失：没有评价税收" in missing


def test_trace_outside_the_scope_does_not_exist(client, county, park):
    evaluate()
    client.force_login(park)
    assert client.get(trace_url(county["best"])).status_code == 200
    for url in (trace_url(county["floor"]), trace_url(county["best"], 2019), trace_url(county["best"]) + "?run=0x1"):
        assert client.get(url).status_code == 404


def test_trace_of_an_earlier_run(client, county, office):
    first = evaluate(method="huangyan-2021")
    evaluate()
    client.force_login(office)
    answer = client.get(trace_url(county["best"]), {"run": first.pk})
    assert answer.context["trace"]["method"] == "huangyan-2021"


def test_leaders_do_not_open_a_trial(client, county):
    evaluate()
    client.force_login(make.person("leader", Role.LEADER))
    assert client.get(trace_url(county["best"])).status_code == 403


def test_methods_say_what_every_value_rests_on(client, office):
    client.force_login(office)
    text = client.get(METHODS).content.decode()
    for words in ("缙云县示例办法（第 1 版）", "4929.81", "16.601058", "未公布（采用默认）", "假设", "规划规定", "本组合计之比"):
        assert words in text


@pytest.mark.parametrize(("role", "published", "shown"), [(Role.PER_MU, False, 1), (Role.LEADER, False, 0), (Role.LEADER, True, 1)])
def test_the_enterprise_page_shows_a_trial_only_to_those_who_take_part(client, county, role, published, shown):
    run = evaluate()
    if published:
        run.published_at = run.cutoff
        run.save(update_fields=["published_at"])
    client.force_login(make.person("reader", role))
    answer = client.get(reverse("ledger:detail", args=["enterprises", county["best"].pk]))
    panel = next(context for template, context in answer.context["panels"] if template == "grading/panel.html")
    assert len(panel["results"]) == shown
    assert GradingRun.objects.count() == 1
