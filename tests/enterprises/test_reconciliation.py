"""The reconciliation through the doors people take: page, workbook, text to copy, reminder, command."""

import datetime as dt
import io
from decimal import Decimal

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from apps.accounts.choices import ADMINISTRATORS, Role
from apps.core.actor import Actor
from apps.enterprises.models import DataReminder
from apps.journal.models import JournalEntry
from apps.ledger import registry
from apps.ledger import services as ledger
from apps.ledger.choices import Sensitivity
from tests import factories as make
from tests.commands import run, run_for_people
from tests.enterprises.reconciled import FULL, county, firm, people
from tests.ledger.contract import signed_in

pytestmark = pytest.mark.django_db
PAGE, REMIND = reverse("enterprises:reconciliation"), reverse("enterprises:reconciliation-remind")
WORKBOOK, URGE = reverse("enterprises:reconciliation-workbook"), reverse("enterprises:reconciliation-urge")
ALL = [
    ("missing", "environment", "空厂", "主要污染物排放量", None),
    ("missing", "environment", "缺厂", "主要污染物排放量", None),
    ("missing", "land", "空厂", "用地面积", None),
    ("missing", "power", "小厂", "用电量", None),
    ("missing", "power", "空厂", "用电量", None),
    ("missing", "research", "空厂", "研发费用", None),
    ("missing", "research", "缺厂", "研发费用", None),
    ("missing", "statistics", "空厂", "工业总产值、营业收入、工业增加值、利润总额、平均职工人数、综合能耗", None),
    ("missing", "tax", "空厂", "评价税收", None),
    ("differs", "land", "九号地", "宗地占用合计", (18, 20, Decimal(-10))),
    ("differs", "statistics", "异厂", "平均职工人数", (80, 81, Decimal("-1.2346"))),
    ("differs", "tax", "异厂", "评价税收", (250, Decimal("248.75"), Decimal("0.5025"))),
    ("changed", "power", "变厂", "用电量", (40, Decimal("57.98"), Decimal("-31.0107"))),
    ("changed", "statistics", "变厂", "利润总额", (300, 0, None)),
    ("changed", "statistics", "变厂", "工业总产值", (5000, 3125, Decimal(60))),
]


@pytest.fixture(autouse=True)
def in_2021(settings):
    settings.OFFICE_TODAY = dt.date(2021, 10, 15)


@pytest.fixture
def here():
    return county()


@pytest.fixture
def who(here):
    return people(here)


def told(answer):
    """Return the findings of a page as ALL has them."""
    rows = answer.context["table"].data.data
    pairs = [
        (row, None if row.first is None else (row.first, row.second, None if row.share is None else round(row.share, 4))) for row in rows
    ]
    return sorted(((row.kind, row.office, row.subject.name, row.figure, pair) for row, pair in pairs), key=lambda line: line[:4])


def expected(offices=None, names=None, kinds=None):
    rows = [row for row in ALL if (not offices or row[1] in offices) and (not names or row[2] in names) and (not kinds or row[0] in kinds)]
    return sorted(rows, key=lambda line: line[:4])


def test_the_page_finds_all_of_it_and_nothing_else(who):
    answer = signed_in(who.office).get(PAGE)
    assert (answer.context["year"], answer.context["share"]) == (2020, "30")
    assert told(answer) == expected()
    totals = {office.value: [number for _, number in numbers] for office, numbers, _, _ in answer.context["offices"]}
    assert totals == {
        "tax": [1, 1, 0],
        "statistics": [1, 1, 2],
        "power": [2, 0, 1],
        "environment": [2, 0, 0],
        "research": [2, 0, 0],
        "land": [1, 1, 0],
    }
    page = answer.content.decode()
    assert "年度数据</span> 250.00" in page
    assert "12月累计</span> 248.75" in page
    assert "从零" in page
    assert page.count("没有在任报送人") == 2  # 环境, 研发: nobody holds these items


@pytest.mark.parametrize(
    ("name", "offices", "names"),
    [
        ("office", None, None),
        ("check", None, None),
        ("tax", ["tax"], None),
        ("stats", ["statistics", "power"], None),
        ("natural", ["land"], None),
        ("park", None, ["平厂", "缺厂", "异厂"]),
    ],
)
def test_everybody_sees_his_own(who, name, offices, names):
    answer = signed_in(getattr(who, name)).get(PAGE)
    assert told(answer) == expected(offices, names)
    assert "空厂" not in answer.content.decode() or names is None
    assert bool(answer.context["may_remind"]) == (name == "office")


def test_only_those_concerned_read_it(here):
    for role in Role:
        scope = {Role.PARK: {"platform": here.lijin}, Role.TOWN: {"town": make.town()}}.get(role, {})
        client = signed_in(make.person(f"one_{role.value}", role, **scope))
        may = role in (Role.PER_MU, Role.PARK, Role.TOWN, Role.REPORTER, Role.NATURAL)
        assert {client.get(url).status_code for url in (PAGE, WORKBOOK, URGE)} == {200 if may else 403}, role
        assert client.post(REMIND, {"year": 2020, "share": 30}).status_code in ({302} if role == Role.PER_MU else {403})
        assert role not in ADMINISTRATORS or not may


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ({"office": "tax"}, {"offices": ["tax"]}),
        ({"kind": "differs"}, {"kinds": ["differs"]}),
        ({"office": "power", "kind": "missing"}, {"offices": ["power"], "kinds": ["missing"]}),
        ({"q": "yc"}, {"names": ["异厂"]}),
    ],
)
def test_filters(who, query, rows):
    assert told(signed_in(who.office).get(PAGE, query)) == expected(**rows)


def test_filter_by_place_keeps_the_parcels_of_its_enterprises(who, here):
    answer = signed_in(who.office).get(PAGE, {"place": f"p{here.kaifaqu.pk}"})
    assert told(answer) == expected(names=["空厂", "小厂", "变厂", "九号地"])
    assert answer.context["words"] == [("统计区域", "开发区")]


def test_the_share_is_chosen_on_the_page(who):
    client = signed_in(who.office)
    jumped = {row[3] for row in told(client.get(PAGE, {"share": "29.9", "kind": "changed"}))}
    assert jumped == {"用电量", "工业总产值", "利润总额", "评价税收"}
    assert [row[3] for row in told(client.get(PAGE, {"share": "60", "kind": "changed"}))] == ["利润总额"]
    wrong = client.get(PAGE, {"share": "0"})
    assert (told(wrong), "筛选条件不正确，没有显示记录" in wrong.content.decode()) == ([], True)
    refused = client.get(WORKBOOK, {"share": "x"}, follow=True)
    assert "筛选条件不正确，没有核对。比上年变动超过（%）：" in refused.content.decode()


def test_another_year_and_a_year_that_is_not_there(who):
    client = signed_in(who.office)
    answer = client.get(PAGE, {"year": "2019"})
    assert {row[2:4] for row in told(answer)} >= {("小厂", "评价税收"), ("空厂", "用地面积")}
    assert all(row[0] == "missing" or row[2] == "九号地" for row in told(answer))
    assert client.get(PAGE, {"year": "1999"}).status_code == 404
    assert client.get(PAGE, {"year": "x"}).status_code == 404


def test_what_is_put_right_is_gone(who, here):
    fact = here.缺.yearly_facts.get(year=2020)
    ledger.change(record=fact, values={"discharge": Decimal("0.5"), "rd_expense": 150}, version=1, actor=Actor.of(who.office))
    ledger.archive(record=here.空, version=1, reason="注销", actor=Actor.of(who.office))
    names = {row[2] for row in told(signed_in(who.office).get(PAGE))}
    assert names == {"小厂", "异厂", "变厂", "九号地"}


def test_an_own_firm_on_a_foreign_parcel_tells_only_what_is_in_sight(here):
    """A parcel is compared whole; the firms of another park that stand on it are not named."""
    parcel = make.parcel(area=Decimal(50), code="ZD-8", name="八号地", platform=here.lijin)
    make.occupation(here.平, area=Decimal(10), on=parcel), make.occupation(here.变, area=Decimal(30), on=parcel)
    answer = signed_in(make.person("keeper", Role.PARK, platform=here.lijin)).get(PAGE, {"office": "land"})
    (row,) = answer.context["table"].data.data
    assert (row.subject.code, row.first, row.second, row.subject.holders) == ("ZD-8", 40, 50, "平厂")
    assert "变厂" not in answer.content.decode()


def sheets(answer):
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets}


def test_the_workbook_has_a_sheet_for_each_kind(who):
    answer = signed_in(who.office).get(WORKBOOK)
    book = sheets(answer)
    assert list(book) == ["缺数据", "两处不一致", "比上年变动超过 30%"]
    assert [rows[2][0].endswith("　敏感级别：内部") for rows in book.values()] == [True] * 3
    assert book["缺数据"][3][:5] == ["部门", "企业（宗地）", "代码", "统计区域", "缺的数据"]
    assert len(book["缺数据"]) == 4 + 9
    (tax,) = [row for row in book["两处不一致"] if row[0] == "县税务局（税收）"]
    assert tax[1:] == ["异厂", make.credit_code(4), "丽缙园", "评价税收", "万元", 250, 248.75, 0.5, "年度数据", "12月累计", None]
    (zero,) = [row for row in book["比上年变动超过 30%"] if row[4] == "利润总额"]
    assert zero[5:9] == ["万元", 300, 0, None]
    entry = JournalEntry.objects.filter(act="导出").latest("seq")
    assert (entry.target, entry.detail["rows"], entry.detail["conditions"]) == ("2020年数据核对：15 项", 15, "全部")


@pytest.mark.parametrize("code", ["enterprises", "enterprise-facts", "monthly-facts", "land-occupation", "parcels"])
def test_the_workbook_goes_as_far_as_the_strictest_ledger_it_compares(who, code, monkeypatch):
    monkeypatch.setattr(registry.get(code), "sensitivity", Sensitivity.SENSITIVE)
    book = sheets(signed_in(who.office).get(WORKBOOK))
    assert [rows[2][0].rpartition("　")[2] for rows in book.values()] == ["敏感级别：敏感"] * 3
    assert JournalEntry.objects.get(act="导出").detail["level"] == "敏感"


def test_the_workbook_follows_the_filter_and_the_scope(who):
    assert [len(rows) for rows in sheets(signed_in(who.tax).get(WORKBOOK, {"kind": "missing"})).values()] == [5, 4 + 2, 4 + 2]
    assert [row[1] for row in sheets(signed_in(who.park).get(WORKBOOK))["缺数据"][4:]] == ["缺厂", "缺厂"]


def test_the_text_to_copy_goes_by_office(who):
    text = signed_in(who.office).get(URGE, {"kind": "differs"}).context["text"]
    head, code = "请核对2020年数据\n两处不一致 1 项：\n1. ", make.credit_code(4)
    land = "宗地占用合计：用地占用合计 18.0000 亩，宗地面积 20.0000 亩，相差 -10.00%。"
    assert text.split("\n\n") == [
        f"【催办】县税务局（税收）：{head}异厂（{code}）评价税收：年度数据 250.00 万元，12月累计 248.75 万元，相差 0.50%。",
        f"【催办】县统计局（统计）：{head}异厂（{code}）平均职工人数：年度数据 80 人，12月累计 81 人，相差 -1.23%。",
        f"【催办】县自然资源和规划局（用地）：{head}九号地（ZD-9）{land}",
    ]
    own = signed_in(who.tax).get(URGE).context["text"]
    assert own.startswith("【催办】县税务局（税收）：请核对2020年数据\n缺数据 1 项：\n1. 空厂（")
    assert "县统计局" not in own


def test_a_long_list_is_cut_in_the_text(here, who):
    for number in range(31):
        firm(f"多{number}厂", 100 + number, now=FULL | {"tax": None}, last=None, december=None)
    text = signed_in(who.tax).get(URGE).context["text"]
    assert "缺数据 32 项：" in text
    assert text.count("缺：评价税收。") == 30
    assert "其余 2 项见数据核对表。" in text


def test_nothing_found_nothing_to_send():
    client = signed_in(make.person("permu", Role.PER_MU))
    assert "没有需要核对的事项，不需要催办。" in client.get(URGE).content.decode()
    refused = client.post(REMIND, {"year": 2020, "share": 30}, follow=True)
    assert "2020年数据没有需要核对的事项，不必提醒。" in refused.content.decode()
    assert not DataReminder.objects.exists()


def test_the_office_reminds_once_a_day_and_the_reporters_see_it(who, settings):
    client = signed_in(who.office)
    page = client.post(REMIND, {"year": 2020, "share": 30}, follow=True)
    assert "已提醒：" in page.content.decode()
    rows = {row.office: row for row in DataReminder.objects.all()}
    assert set(rows) == {"tax", "statistics", "power", "environment", "research", "land"}
    assert (rows["tax"].words, [str(user) for user in rows["tax"].told.all()]) == ("缺数据 1 项，两处不一致 1 项", ["tax"])
    assert rows["environment"].told.count() == 0
    entry = JournalEntry.objects.get(act="提醒各单位")
    assert entry.detail["县税务局（税收）"] == ["缺数据 1 项，两处不一致 1 项", "tax"]

    again = client.post(REMIND, {"year": 2020, "share": 30}, follow=True)
    assert "今天已经就2020年数据提醒过各单位，每天只提醒一次。" in again.content.decode()
    settings.OFFICE_TODAY = dt.date(2021, 10, 16)
    client.post(REMIND, {"year": 2020, "share": 50})
    assert DataReminder.objects.filter(office="tax").count() == 2
    assert client.get(PAGE).context["offices"][0][3].on == dt.date(2021, 10, 16)

    tax = signed_in(who.tax)
    home = tax.get(reverse("workbench:home"))
    assert [(row.office, row.on.day) for row in home.context["data_reminders"]] == [("tax", 16)]
    assert f"{PAGE}?year=2020&amp;office=tax&amp;share=50" in home.content.decode()
    assert tax.get(reverse("workbench:bell")).json()["reminders"] == 1
    todo = signed_in(who.stats).get(reverse("workbench:todo"))
    assert {row.office for row in todo.context["data_reminders"]} == {"statistics", "power"}


def test_a_reminder_is_taken_note_of(who):
    signed_in(who.office).post(REMIND, {"year": 2020, "share": 30})
    reminder = DataReminder.objects.get(office="tax")
    url = reverse("enterprises:data-reminder-seen", args=[reminder.pk])
    signed_in(who.stats).post(url)  # not his
    assert reminder.seen_by.count() == 0
    tax = signed_in(who.tax)
    assert tax.post(url)["Location"] == reverse("workbench:home")
    assert tax.get(reverse("workbench:home")).context["data_reminders"] == []
    assert JournalEntry.objects.get(act="知悉提醒").target == "数据核对：2020年县税务局（税收）（缺数据 1 项，两处不一致 1 项）"
    assert "该提醒已不需要您知悉。" in tax.post(url, follow=True).content.decode()


@pytest.mark.parametrize(
    ("data", "sentence"), [({}, "年份："), ({"year": 1999, "share": 30}, "年份："), ({"year": 2020, "share": 0}, "比上年变动超过（%）：")]
)
def test_a_wrong_reminder_is_refused_in_words(who, data, sentence):
    answer = signed_in(who.office).post(REMIND, data, follow=True)
    assert (answer.status_code, sentence in answer.content.decode()) == (200, True)
    assert not DataReminder.objects.exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_the_same_few_times_for_any_number_of_firms(rows, who, django_assert_num_queries):
    for number in range(rows):
        firm(f"多{number}厂", 100 + number, now=FULL | {"tax": 1})
    client = signed_in(who.office)
    client.get(PAGE)
    with django_assert_num_queries(17):
        client.get(PAGE)


def test_the_command_says_the_same(who, tmp_path):
    code, document = run("reconcile", "2020", "--as", "permu", "--out", tmp_path / "核对.xlsx")
    assert (code, document["year"], document["share"], document["rows"]) == (0, 2020, 30, 15)
    assert [(row["kind"], row["office"], row["name"], row["figure"]) for row in document["findings"] if row["kind"] == "differs"] == [
        ("differs", "land", "九号地", "宗地占用合计"),
        ("differs", "statistics", "异厂", "平均职工人数"),
        ("differs", "tax", "异厂", "评价税收"),
    ]
    assert [row["missing"] for row in document["totals"]] == [1, 1, 2, 2, 2, 1]
    assert load_workbook(tmp_path / "核对.xlsx").sheetnames == ["缺数据", "两处不一致", "比上年变动超过 30%"]
    code, document = run("reconcile", "2020", "--as", "tax", "--share", "29.9", "--kind", "changed")
    assert [(row["name"], row["figure"], row["share"]) for row in document["findings"]] == [("变厂", "评价税收", 30)]


def test_the_command_for_people_and_its_refusals(who):
    code, out, _ = run_for_people("reconcile", "2020", "--as", "tax")
    assert (code, out.splitlines()[0]) == (0, "县税务局（税收）：缺数据 1 项，两处不一致 1 项，比上年变动超过 30% 0 项")
    assert run("reconcile", "2020", "--as", "leader")[0] == 1
    assert run("reconcile", "2020", "--as", "permu", "--share", "0")[0] == 2
    assert run("reconcile", "20x0", "--as", "permu")[0] == 2
