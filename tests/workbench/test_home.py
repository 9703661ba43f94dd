"""The first page by post: shortcuts, menu, search, and the chief's short way."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts.choices import DataItem, Role
from apps.accounts.rights import may
from apps.ledger import registry
from tests import factories
from tests.ledger.contract import signed_in

pytestmark = pytest.mark.django_db
ADMIN_SHORTCUTS = {Role.SYSTEM_ADMIN: ["人员与岗位"], Role.SECURITY_ADMIN: ["人员与岗位", "异常告警"]}
ADMIN_SHORTCUTS |= {Role.AUDIT_ADMIN: ["操作日志", "异常告警", "人员与岗位"]}
SHORTCUTS = ADMIN_SHORTCUTS | {
    Role.PER_MU: ["导入年度数据", "数据核对", "亩均评价", "企业台账", "用地占用"],
    Role.PARK: ["企业台账", "宗地", "用地占用", "亩均评价"],
    Role.TOWN: ["企业台账", "用地占用", "亩均评价"],
    Role.REPORTER: ["导入年度数据", "导入月度累计", "数据核对"],
    Role.NATURAL: ["宗地", "用地占用"],
    Role.CHIEF_OF_CHIEFS: ["产业链", "表1、表2对照"],
    Role.CHAIN_OFFICE: ["产业链", "企业台账"],
    Role.EVALUATOR: ["季度评比", "表1、表2对照"],
    Role.SUPERVISOR: ["季度评比", "产业链"],
    Role.APPROVER: ["季度评比", "表1、表2对照", "规划体检"],
    Role.LEADER: ["产业链", "表1、表2对照", "规划体检"],
}
EVERYBODY = {
    "工作台": ["首页", "待办"],
    "企业": ["企业台账", "年度数据", "月度累计"],
    "平台": ["平台", "区块", "乡镇街道", "产业"],
    "土地": ["土地处置", "宗地", "用地占用"],
    "产业链": ["产业链", "九个一", "链长交办"],
    "考核": ["考核进程"],
    "规划": ["规划体检", "表1、表2对照", "发展目标"],
    "数据交换": ["导入批次", "我的导出", "后台作业"],
}
QUERIES_OF_A_PAGE = 3  # session, person, posts
MAPPED = {"数据交换": ["导入批次", "我的导出", "列对应", "已确认的名称", "后台作业"]}
RECONCILED = {"企业": ["企业台账", "年度数据", "月度累计", "数据核对"]}
GRADING = {"亩均评价": ["评价总览", "企业等级", "评价办法"]}
ROUNDS = {"考核": ["季度评比", "考核进程"]}
PEOPLE = {"人员": ["人员与岗位"]}
MENUS = dict.fromkeys(Role, EVERYBODY) | {
    Role.SYSTEM_ADMIN: PEOPLE | {"日志": ["后台作业"]},
    Role.SECURITY_ADMIN: PEOPLE | {"日志": ["异常告警"]},
    Role.AUDIT_ADMIN: PEOPLE | {"日志": ["操作日志", "异常告警", "后台作业"]},
    Role.PER_MU: EVERYBODY | MAPPED | RECONCILED | GRADING | {"产业链": ["产业链", "九个一", "链长交办", "产业链台账"]},
    **dict.fromkeys((Role.PARK, Role.TOWN), EVERYBODY | MAPPED | RECONCILED | GRADING),
    **dict.fromkeys((Role.REPORTER, Role.NATURAL), EVERYBODY | MAPPED | RECONCILED),
    Role.EVALUATOR: EVERYBODY | MAPPED | {"考核": ["季度评比", "考核进程", "考核方案", "考核分组", "考核对象", "考核指标", "考核目标"]},
    **dict.fromkeys((Role.SUPERVISOR, Role.APPROVER, Role.LEADER, Role.CHIEF_OF_CHIEFS), EVERYBODY | ROUNDS),
}


def client_of(role):
    """Return the client of somebody whose one post has `role`, with the scope it needs."""
    scopes = {
        Role.PARK: {"platform": factories.platform},
        Role.TOWN: {"town": factories.town},
        Role.CHAIN_CHIEF: {"industry": factories.industry},
        Role.CHAIN_OFFICE: {"industry": factories.industry},
        Role.REPORTER: {"data_items": lambda: [DataItem.TAX]},
    }
    scope = {name: make() for name, make in scopes.get(role, {}).items()}
    return signed_in(factories.person("somebody", role, **scope))


def test_every_role_but_the_chief_has_its_shortcuts_here():
    assert SHORTCUTS.keys() == set(Role) - {Role.CHAIN_CHIEF}


@pytest.mark.parametrize("role", SHORTCUTS)
def test_home_shows_the_shortcuts_of_the_post_and_each_opens(role):
    client = client_of(role)
    page = client.get(reverse("workbench:home"))
    assert [shortcut.label for shortcut in page.context["shortcuts"]] == SHORTCUTS[role]
    # 409: the plan is not loaded yet; 302: the only chain opens at once
    assert {client.get(shortcut.url).status_code for shortcut in page.context["shortcuts"]} <= {200, 302, 409}


@pytest.mark.deep
@pytest.mark.parametrize("role", Role.values)
def test_menu_shows_what_the_post_may_open_and_each_opens(role):
    client = client_of(role)
    menu = client.get(reverse("accounts:profile")).context["menu"]
    assert {section: [label for label, _, _ in entries] for section, entries in menu} == MENUS[role]
    statuses = {label: client.get(url).status_code for _, entries in menu for label, url, _ in entries}
    assert {label: status for label, status in statuses.items() if status not in {200, 302, 409}} == {}


def test_menu_marks_the_page_one_is_on():
    menu = client_of(Role.PER_MU).get(reverse("ledger:list", args=["parcels"])).context["menu"]
    assert [label for _, entries in menu for label, _, here in entries if here] == ["宗地"]


def test_menu_marks_one_page_where_one_lies_below_another():
    menu = client_of(Role.AUDIT_ADMIN).get(reverse("accounts:alarms")).context["menu"]
    assert [label for _, entries in menu for label, _, here in entries if here] == ["异常告警"]


def test_the_chief_gets_the_chain_at_once():
    answer = client_of(Role.CHAIN_CHIEF).get(reverse("workbench:home"))
    assert (answer.status_code, answer.url) == (302, reverse("chains:list"))


def test_without_a_post_home_says_whom_to_ask():
    page = signed_in(factories.person("somebody")).get(reverse("workbench:home"))
    assert (page.context["shortcuts"], page.context["menu"]) == ([], [])
    assert "您目前没有在任岗位，请与安全管理员联系。" in page.content.decode()


def test_home_counts_only_the_own_part_of_the_county():
    park = factories.platform("甲园")
    firms = [factories.enterprise(platform=park), factories.enterprise(platform=park, scale="below"), factories.enterprise()]
    factories.monthly(firms[0], 2020, 6, output=30_000, tax=1_000), factories.monthly(firms[2], 2020, 6, output=70_000, tax=9_000)
    factories.monthly(firms[0], 2019, 6, output=20_000, tax=1_000)
    home = signed_in(factories.person("keeper", Role.PARK, platform=park)).get(reverse("workbench:home"))
    assert home.context["overview"] == {
        "firms": {"all": 2, "above": 1},
        "period": "2020年1—6月",
        "output": 3,
        "output_growth": 50,
        "tax": factories.Decimal("0.1"),
        "tax_growth": 0,
    }


def test_search_finds_only_what_lies_in_the_own_park():
    mine, other = factories.platform("甲园"), factories.platform("乙园")
    for number in range(12):
        factories.enterprise(f"示例泵阀{number:02d}", platform=mine)
    factories.enterprise("示例泵阀别处", platform=other), factories.parcel(name="泵阀别处宗地", platform=other)
    client = signed_in(factories.person("keeper", Role.PARK, platform=mine))
    found = client.get(reverse("workbench:search"), {"q": " 泵阀 "}).context["found"]
    assert [(group["ledger"].code, len(group["rows"]), group["more"]) for group in found] == [
        ("enterprises", 10, "/ledger/enterprises/?q=%E6%B3%B5%E9%98%80")
    ]
    assert client.get(found[0]["more"]).context["sums"][0][1] == 12


def test_search_looks_into_every_ledger_by_code_name_and_initials():
    firm = factories.enterprise("示例泵阀")
    factories.yearly(firm), factories.block("泵阀区块"), factories.chain()
    leader = client_of(Role.LEADER)

    def found(words):
        return {group["ledger"].code for group in leader.get(reverse("workbench:search"), {"q": words}).context["found"]}

    assert found("泵阀") == {"enterprises", "enterprise-facts", "blocks"}
    assert found(firm.credit_code[-9:]) == found("SLBF") == found("slbf") == {"enterprises", "enterprise-facts"}
    assert found("装备产业链") == {"industry-chains"}


def test_search_asks_each_ledger_once(django_assert_num_queries):
    client = client_of(Role.LEADER)
    client.get(reverse("workbench:search"))
    with django_assert_num_queries(QUERIES_OF_A_PAGE):
        client.get(reverse("workbench:search"))
    searched = [ledger for ledger in registry.all() if ledger.search]
    assert len(searched) >= 14
    for _ in range(3):
        factories.enterprise("示例泵阀")
    with django_assert_num_queries(QUERIES_OF_A_PAGE + len(searched)):
        client.get(reverse("workbench:search"), {"q": "泵阀"})


def test_home_costs_the_same_whatever_waits(django_assert_num_queries):
    client = client_of(Role.NATURAL)
    client.get(reverse("workbench:home"))
    timed = [ledger for ledger in registry.all() if ledger.clock]
    answered = [ledger for ledger in timed if any(acts_of(move, ledger) for move in ledger.workflow.moves)]
    moved = [ledger for ledger in registry.all() if ledger.workflow and any(todo_of(move, ledger) for move in ledger.workflow.moves)]
    # to-dos; reminders; of data; overdue, near; firms, latest period
    expected = QUERIES_OF_A_PAGE + len(moved) + len(answered) + 1 + 2 * len(timed) + 2
    with django_assert_num_queries(expected):
        client.get(reverse("workbench:home"))
    for _ in range(3):
        factories.land_case()
    with django_assert_num_queries(expected):
        assert client.get(reverse("workbench:home")).context["waiting"]["total"] == 3


def test_home_of_a_chief_costs_the_same_however_many_drafts_wait(django_assert_num_queries):
    """What a draft lacks, somebody who can sign for it, is asked of all of them at once."""
    client, unit = client_of(Role.CHIEF_OF_CHIEFS), factories.organisation()
    factories.person("bureau", Role.NATURAL, organisation=unit)
    factories.instruction(unit=unit)
    client.get(reverse("workbench:home"))
    with CaptureQueriesContext(connection) as one:
        assert client.get(reverse("workbench:home")).context["waiting"]["total"] == 1
    for _ in range(3):
        factories.instruction(unit=unit)
    with django_assert_num_queries(len(one)):
        assert client.get(reverse("workbench:home")).context["waiting"]["total"] == 4


def acts_of(move, ledger):
    return may(Role.NATURAL, move.code, ledger.code)


def todo_of(move, ledger):
    return (not move.side or move.stranded) and acts_of(move, ledger)


@pytest.mark.parametrize("words", ["", "  ", "\x00", "绝不存在"])
def test_search_that_finds_nothing_says_so(words):
    factories.enterprise()
    page = client_of(Role.PER_MU).get(reverse("workbench:search"), {"q": words})
    assert page.context["found"] == []
    assert "您范围内没有找到" in page.content.decode()


def test_search_is_closed_to_administrators():
    assert client_of(Role.SYSTEM_ADMIN).get(reverse("workbench:search"), {"q": "x"}).status_code == 403
