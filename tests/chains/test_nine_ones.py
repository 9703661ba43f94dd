"""The nine ones through their doors: form, API, commands, bulk edit, sheet. Who writes what, what an item needs, how it is found."""

import datetime as dt

import pytest
from django.urls import reverse

from apps.accounts.choices import Role
from apps.chains import services
from apps.chains.models import NineOnesItem
from tests import factories as make
from tests.commands import run
from tests.exchange.books import book, cells, imported, load, places
from tests.ledger.api_contract import Script
from tests.ledger.contract import signed_in

pytestmark = pytest.mark.django_db

API = "/api/ledgers/nine-ones/"
DONE = "标记为已完成，须填写完成日期和佐证。"
CLOSED = "已启动，不能再修改；确需更改的，请先把“进展”改回“未启动”并写明修改说明。"
SETTLED = "已启动，不能修改“事项”；确需更改的，请先把“进展”改回“未启动”并写明修改说明。"
HEADER = ["产业链", "年度", "序号", "事项", "完成标志"]


@pytest.fixture
def item(equipment):
    return equipment.items.get(number=1)


def url(name, item):
    return reverse(f"ledger:{name}", args=["nine-ones", item.pk])


def posted(client, item, **changed):
    """Send the form of an item as the page offers it, with `changed`."""
    form = client.get(url("change", item)).context["form"]
    held = {name: form[name].value() for name in form.fields}
    return client.post(url("change", item), {name: "" if value is None else value for name, value in (held | changed).items()})


def told(path, office, *rows):
    """Import these rows under the titles of the list and its progress; return the document."""
    return load("nine-ones", book(path / "a.xlsx", [*HEADER, "进展", "完成日期", "进展与佐证"], *rows), office)[1]


# --- progress -----------------------------------------------------------------------------------------------------


def test_the_office_records_progress(client, equipment, item, office):
    client.force_login(office)
    page = reverse("chains:page", args=[equipment.pk])
    assert f'<a href="{url("change", item)}" aria-label="更新{item.title}">更新</a>' in client.get(page).content.decode()
    answer = posted(client, item, state="done", done_on="2021-03-26", document_number="缙经商〔2021〕11号", evidence="规划已批准")
    assert answer["Location"] == url("detail", item)
    assert f'href="{page}">返回{equipment}</a>' in client.get(answer["Location"]).content.decode()
    item.refresh_from_db()
    assert (item.state, item.done_on, item.document_number, item.version) == ("done", dt.date(2021, 3, 26), "缙经商〔2021〕11号", 2)
    assert (item.light.colour, item.light.words) == ("green", "已完成")
    assert client.get(page).context["done"] == 1


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"state": "done"}, {"__all__": [DONE]}),
        ({"state": "done", "done_on": "2021-03-26", "evidence": "  "}, {"__all__": [DONE]}),
        ({"state": "done", "evidence": "规划已批准"}, {"__all__": [DONE]}),
        ({"state": "doing", "done_on": "2021-10-16"}, {"done_on": ["完成日期不能晚于今天。"]}),
        ({"state": "doing", "document_number": "11号文"}, {"document_number": ["应写成“缙经商〔2021〕1号”的样子。"]}),
        ({"number": "0"}, {"number": ["序号从 1 开始。"]}),
        ({"number": "2"}, {"__all__": ["该产业链该年度已有这一序号的事项。"]}),
    ],
)
def test_what_an_item_needs(client, item, office, typed, errors):
    client.force_login(office)
    assert posted(client, item, **typed).context["form"].errors == errors
    item.refresh_from_db()
    assert item.version == 1


def test_done_needs_its_day_and_its_evidence_on_every_door(tmp_path, equipment, item, office):
    script, sheet = Script(office, API), [equipment.name, 2021, 1, item.title, item.done_when]
    assert script("patch", f"{item.pk}/", {"state": "done"}, version=1).json()["errors"] == {"non_field_errors": [DONE]}
    planned = script("post", "bulk/preview/", {"ids": [item.pk], "values": {"state": "done"}}).json()
    assert (planned["rows"], planned["left_out"]) == ([], [{"id": item.pk, "label": str(item), "why": DONE}])
    new = {"chain": equipment.name, "year": 2021, "number": 10, "title": "一个专班", "done_when": "成立", "state": "已完成"}
    commands = (
        ["change_record", "nine-ones", f"id:{item.pk}", "--set", "state=已完成", "--if-version", 1],
        ["create_record", "nine-ones", *(part for name, value in new.items() for part in ("--set", f"{name}={value}"))],
    )
    for command in commands:
        code, document = run(*command, "--as", office.username)
        assert (code, DONE in document["message"]) == (1, True)
    rows = [*sheet, "已完成", None, "已印发"], [*sheet[:2], 10, "一个专班", "成立", "已完成", "2021-03-26", None]
    assert [(error["row"], DONE[:-1] in error["message"]) for error in told(tmp_path, office, *rows)["errors"]] == [(2, True), (3, True)]
    assert (NineOnesItem.objects.count(), NineOnesItem.objects.exclude(state="todo").count()) == (9, 0)


# --- the list -----------------------------------------------------------------------------------------------------


def test_what_is_to_be_done_is_settled_once_the_item_is_begun(tmp_path, client, equipment, item, office):
    client.force_login(office)
    assert list(client.get(url("change", item)).context["form"].fields)[:5] == ["chain", "year", "number", "title", "done_when"]
    assert posted(client, item, title="一个发展规划", state="doing").status_code == 302
    item.refresh_from_db()
    form = client.get(url("change", item)).context["form"]
    assert [name for name, field in form.fields.items() if field.disabled] == list(NineOnesItem.listed)
    assert (
        form["chain"].help_text
        == "产业链、年度、序号、事项、完成标志：已启动，不能再修改；确需更改的，请先把“进展”改回“未启动”并写明修改说明。"
    )
    sentence = f"“{item}”{SETTLED}"
    assert posted(client, item, title="随便", state="doing").context["form"].errors == {"title": [sentence]}
    refused = Script(office, API)("patch", f"{item.pk}/", {"title": "随便"}, version=2)
    assert (refused.status_code, refused.json()["errors"]) == (409, {"title": [sentence]})
    command = ["change_record", "nine-ones", f"id:{item.pk}", "--as", office.username, "--set", "title=随便", "--if-version", 2]
    assert run(*command) == (1, {"status": "refused", "message": sentence})
    row = [equipment.name, 2021, 1, "另一个规划", item.done_when, "推进中", None, None]
    document = told(tmp_path, office, row)
    assert (places(document), SETTLED in document["errors"][0]["message"]) == ([(2, "D")], True)
    assert posted(client, item, state="todo", reason="领导小组调整").status_code == 302
    assert told(tmp_path, office, [*row[:5], "未启动", None, None])["changed"] == 1
    item.refresh_from_db()
    assert (item.title, item.state, item.version) == ("另一个规划", "todo", 4)


def test_a_sheet_that_begins_an_item_and_names_it_anew_can_be_undone(tmp_path, equipment, item, office):
    """What was settled only by the write that is taken back bars nothing."""
    before = (item.title, item.state)
    document = told(tmp_path, office, [equipment.name, 2021, 1, "另一个规划", item.done_when, "推进中", None, None])
    assert document["changed"] == 1
    assert run("undo_batch", document["batch"], "--as", office.username, "--reason", "发错了")[0] == 0
    item.refresh_from_db()
    assert (item.title, item.state) == before


def test_the_office_sends_a_years_list_as_a_sheet(tmp_path, equipment, health, office):
    rows = [[equipment.name, 2022, number, f"一个事项{number}", "印发文件"] for number in range(1, 10)]
    assert load("nine-ones", book(tmp_path / "a.xlsx", HEADER, *rows), office)[1]["new"] == 9
    stored = equipment.items.filter(year=2022).values_list("number", "title", "done_when", "state")
    assert list(stored) == [(number, f"一个事项{number}", "印发文件", "todo") for number in range(1, 10)]
    foreign = load("nine-ones", book(tmp_path / "b.xlsx", HEADER, [health.name, *rows[0][1:]]), office)[1]
    assert (places(foreign), health.items.count()) == ([(2, "A")], 0)


def test_a_list_sent_by_mistake_is_taken_back_whole(tmp_path, equipment, office):
    batch = imported("nine-ones", book(tmp_path / "a.xlsx", HEADER, [equipment.name, 2022, 1, "一个事项", "印发文件"]), office)
    undone = run("undo_batch", batch.pk, "--as", office.username, "--reason", "年度写错")
    assert (undone[0], equipment.items.live().filter(year=2022).count()) == (0, 0)


def test_the_export_says_how_far_each_item_is(tmp_path, equipment, health, office):
    services.open_year(chain=health, year=2021, actor=make.SYSTEM)
    posted(signed_in(office), equipment.items.get(number=1), state="doing", due="2021-10-14")
    assert run("export_ledger", "nine-ones", tmp_path / "out.xlsx", "--as", office.username)[1]["rows"] == 9
    first, *_ = [row for row in cells(tmp_path / "out.xlsx") if row[0] == equipment.name]
    assert first[1:7] == [2021, 1, "一个产业链发展规划", equipment.items.get(number=1).done_when, "推进中", "已逾期"]


def test_the_list_opens_on_the_latest_year_with_the_lights(client, equipment, office):
    services.open_year(chain=equipment, year=2020, actor=make.SYSTEM)
    posted(signed_in(office), equipment.items.get(number=3, year=2021), state="doing", due="2021-10-14")
    client.force_login(make.person("leader", Role.LEADER))
    page = client.get(reverse("ledger:list", args=["nine-ones"]))
    assert [row.record.year for row in page.context["table"].rows] == [2021] * 9
    assert '<span class="light light-red"><span aria-hidden="true">■</span> 已逾期</span>' in page.content.decode()
    late = client.get(reverse("ledger:list", args=["nine-ones"]), {"chain": equipment.pk, "year": 2021, "state": "doing", "sort": "light"})
    assert [row.record.number for row in late.context["table"].rows] == [3]


# --- who ----------------------------------------------------------------------------------------------------------


def test_only_the_office_of_the_chain_writes(client, equipment, item, health, chief):
    other = make.person("other", Role.CHAIN_OFFICE, industry=health.industry)
    for user, status in ((chief, 403), (make.person("clerk", Role.PER_MU), 403), (other, 404)):
        client.force_login(user)
        assert client.post(url("change", item), {"state": "doing", "version": 1}).status_code == status
        assert client.post(reverse("chains:open-year", args=[equipment.pk])).status_code == status
    item.refresh_from_db()
    assert item.version == 1


def test_the_list_goes_with_its_chain(equipment, item, office):
    """Who keeps the chains archives one with its nine ones, as before they were a ledger; what they say is not his to write."""
    clerk = make.person("clerk", Role.PER_MU)
    assert not clerk.may("archive", "nine-ones")  # nor may he undo what the office imported
    archive = ["archive_record", "industry-chains", f"id:{equipment.pk}", "--as", clerk.username, "--if-version", equipment.version]
    assert (run(*archive, "--reason", "撤并")[0], equipment.items.live().count()) == (0, 0)


def test_an_item_is_read_with_its_history_by_whoever_sees_the_chain(client, item, health, office, chief):
    client.force_login(office)
    posted(client, item, state="doing", document_number="缙经商〔2021〕11号", reason="已印发")
    changed = [("进展", "未启动", "推进中"), ("文号", "—", "缙经商〔2021〕11号")]
    lines = [("修改", "已印发", changed), ("登记", "建立 2021 年九个一清单", [])]
    for user, writes in ((office, True), (chief, False), (make.person("leader", Role.LEADER), False)):
        client.force_login(user)
        answer = client.get(url("detail", item))
        shown = [(line["act"], line["entry"].history_change_reason, line["changes"]) for line in answer.context["timeline"]]
        offered = f'href="{url("change", item)}"' in answer.content.decode()
        assert (shown, answer.context["may"]["change"], offered) == (lines, writes, writes)
    assert ("文号", "缙经商〔2021〕11号", "") in dict(answer.context["groups"])["进展"]
    for role, reach, status in (
        (Role.CHAIN_CHIEF, {"industry": health.industry}, 404),
        (Role.TOWN, {"town": make.town("壶镇镇")}, 404),
        (Role.AUDIT_ADMIN, {}, 403),
    ):
        client.force_login(make.person(role, role, **reach))
        assert client.get(url("detail", item)).status_code == status


def test_the_search_finds_items_of_the_own_chain(client, equipment, item, health, office, chief):
    services.open_year(chain=health, year=2021, actor=make.SYSTEM)
    client.force_login(office)
    posted(client, item, state="doing", document_number="示例〔2021〕11号")
    search = reverse("workbench:search")

    def found(words):
        groups = client.get(search, {"q": words}).context["found"]
        return [(group["ledger"].label, group["links"], group["more"]) for group in groups]

    only = [("九个一", [(item, url("detail", item))], None)]
    assert found("示例〔2021〕11号") == found("九个一 现代装备产业链 2021年 一个产业链发展规划") == only
    client.force_login(chief)
    for words in ("九个一", "2021年"):
        [(_, links, more)] = [group for group in found(words) if group[0] == "九个一"]
        assert ([row.chain for row, _ in links], more) == ([equipment] * 9, None)
    client.force_login(make.person("leader", Role.LEADER))
    [(_, links, more)] = found("九个一")
    assert (len(links), client.get(more).context["sums"][0][1]) == (10, 18)
    client.force_login(make.person("other", Role.CHAIN_CHIEF, industry=health.industry))
    assert found("示例〔2021〕11号") == []
