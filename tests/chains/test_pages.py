"""The chief's page through the client."""

import datetime as dt

import pytest
from django.urls import reverse

from apps.accounts.choices import Role
from apps.chains import selectors, services
from apps.core import clock
from apps.core.actor import Actor
from apps.ledger import services as ledger
from tests import factories as make
from tests.chains.conftest import add_chain
from tests.ledger.contract import signed_in

pytestmark = pytest.mark.django_db

LIST = reverse("chains:list")
OWN = {Role.CHAIN_CHIEF, Role.CHAIN_OFFICE}
NOT_CHAINS = {Role.PARK, Role.TOWN}
ADMINISTRATORS = {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN}


def page(chain):
    return reverse("chains:page", args=[chain.pk])


def scope(role):
    return {
        Role.PARK: lambda: {"platform": make.platform()},
        Role.TOWN: lambda: {"town": make.town()},
        Role.CHAIN_CHIEF: lambda: {"industry": make.industry()},
        Role.CHAIN_OFFICE: lambda: {"industry": make.industry()},
    }.get(role, dict)()


@pytest.mark.parametrize("role", Role.values)
def test_who_sees_which_chain(client, equipment, health, role):
    """A chief and his office their own, parks and towns none, administrators no business page, everybody else all."""
    client.force_login(make.person("somebody", role, **scope(role)))
    own = 403 if role in ADMINISTRATORS else 404 if role in NOT_CHAINS else 200
    other = 404 if role in OWN else own
    assert [client.get(page(equipment)).status_code, client.get(page(health)).status_code] == [own, other]


def test_strangers_are_sent_to_sign_in(client, equipment):
    for address in (LIST, page(equipment)):
        assert client.get(address)["Location"].partition("?")[0] == reverse("accounts:sign-in")


def test_a_chief_goes_straight_to_his_chain(client, equipment, health, chief):
    client.force_login(chief)
    assert client.get(LIST)["Location"] == page(equipment)


def test_the_list_of_the_chief_of_chiefs(client, equipment, health, chief):
    client.force_login(make.person("chief_chain", Role.CHIEF_OF_CHIEFS))
    answer = client.get(LIST)
    assert [line["chain"] for line in answer.context["lines"]] == [equipment, health]
    text = answer.content.decode()
    assert "chief_equipment（丽缙园常务副主任）" in text
    assert "<strong>未明确</strong>（规划：分管工业副县长）" in text


def test_a_chain_without_a_chief_says_so(client, plan, today):
    chain = add_chain("节能环保")
    client.force_login(make.person("leader", Role.LEADER))
    assert "<dt>链长</dt><dd><strong>未明确</strong>" in client.get(page(chain)).content.decode()


def test_what_the_chief_reads(client, equipment, chief):
    client.force_login(chief)
    answer = client.get(page(equipment))
    firms = [(line["firm"].name, line["output"], line["growth"]) for line in answer.context["firms"]]
    assert firms == [("示例大厂", 90, 20), ("示例中厂", 5, 0), ("示例新厂", 4, None)]
    text = answer.content.decode()
    assert reverse("ledger:detail", args=["enterprises", answer.context["firms"][0]["firm"].pk]) in text
    assert [item.title for item in answer.context["items"]][0] == "一个产业链发展规划"
    assert (len(answer.context["items"]), answer.context["done"]) == (9, 0)
    address = reverse("ledger:detail", args=["nine-ones", answer.context["items"][0].pk])
    assert f'<a href="{address}">1. 一个产业链发展规划</a>' in text
    assert ">更新</a>" not in text


def test_firms_of_the_page_can_be_opened_by_the_chief(client, equipment, chief):
    client.force_login(chief)
    firm = client.get(page(equipment)).context["firms"][0]["firm"]
    assert client.get(reverse("ledger:detail", args=["enterprises", firm.pk])).status_code == 200


class TestCopiedReminder:
    """复制催办: one button on every overdue list, the same text by unit."""

    @pytest.fixture
    def late(self, equipment, office):
        """Two of the nine ones whose day has passed, one of today, one done late; two overdue instructions and one in time."""
        for number, state, due in (
            (3, "doing", "2021-09-30"),
            (1, "todo", "2021-10-14"),
            (4, "doing", "2021-10-15"),
            (5, "done", "2021-09-01"),
        ):
            item = equipment.items.get(number=number)
            values = {"state": state, "due": dt.date.fromisoformat(due)}
            values |= {"done_on": dt.date(2021, 10, 1), "evidence": "已印发"} if state == "done" else {}
            ledger.change(record=item, values=values, version=1, actor=make.SYSTEM)
        return equipment

    def text(self, user, chain):
        return signed_in(user).get(reverse("chains:urge", args=[chain.pk])).context["text"]

    def test_the_nine_ones_that_are_late_by_unit(self, late, chief, office):
        post = office.posts.get()
        lines = [
            f"1. 九个一 {late} 2021年 {late.items.get(number=3).title}（推进中），时限2021-09-30，逾期15天。",
            f"2. 九个一 {late} 2021年 {late.items.get(number=1).title}（未启动），时限2021-10-14，逾期1天。",
        ]
        assert self.text(chief, late).split("\n") == [f"【催办】{late}链办 office_equipment：", *lines]
        post.organisation = make.organisation("现代装备产业链办公室")
        post.save()
        assert self.text(chief, late).split("\n") == ["【催办】现代装备产业链办公室：", *lines]
        post.delete()
        assert self.text(chief, late).split("\n") == ["【催办】未明确责任单位：", *lines]

    def test_the_page_offers_it_where_something_is_late(self, late, health):
        with clock.on(dt.date(2021, 10, 1)):
            make.instruction(chain=late, deadline=dt.date(2021, 10, 8))
        leader = signed_in(make.person("leader", Role.LEADER))
        urge = reverse("ledger:urge", args=["instructions"])
        buttons = [f'href="{urge}?chain={late.pk}"', f'href="{reverse("chains:urge", args=[late.pk])}"']
        assert [button in leader.get(page(late)).content.decode() for button in buttons] == [True, True]
        assert "复制催办" not in leader.get(page(health)).content.decode()
        row = late.instructions.get()
        text = leader.get(urge, {"chain": late.pk}).context["text"]
        assert text.split("\n") == ["【催办】丽缙园管委会：", f"1. 链长交办 {row}（拟办），时限2021-10-08，逾期6个工作日。"]

    def test_the_first_page_and_the_chiefs_own_offer_it_with_the_to_dos(self, late, chief):
        with clock.on(dt.date(2021, 10, 1)):
            make.instruction(chain=late, deadline=dt.date(2021, 10, 14), actor=Actor.of(chief))
        button = f'href="{reverse("ledger:urge", args=["instructions"])}"'
        superior = make.person("chief_chain", Role.CHIEF_OF_CHIEFS)
        assert button in signed_in(superior).get(reverse("workbench:home")).content.decode()
        assert button in signed_in(chief).get(page(late)).content.decode()
        assert button not in signed_in(make.person("leader", Role.LEADER)).get(reverse("workbench:home")).content.decode()

    def test_nothing_late_is_said_and_another_chain_is_not_there(self, equipment, health, chief):
        answer = signed_in(chief).get(reverse("chains:urge", args=[equipment.pk]))
        assert (answer.context["text"], "没有逾期的事项，不需要催办" in answer.content.decode()) == ("", True)
        assert signed_in(chief).get(reverse("chains:urge", args=[health.pk])).status_code == 404


def test_a_new_year_starts_from_last_years_titles(client, health):
    services.open_year(chain=health, year=2020, actor=make.SYSTEM)
    client.force_login(make.person("office", Role.CHAIN_OFFICE, industry=health.industry))
    first = client.post(reverse("chains:open-year", args=[health.pk]), follow=True)
    assert "已建立 9 项清单。" in first.content.decode()
    again = client.post(reverse("chains:open-year", args=[health.pk]))
    assert again.status_code == 409
    assert list(health.items.filter(year=2021).values_list("title", flat=True)) == [row["title"] for row in selectors.default_items()]


class TestAListOfWhichSomethingIsMissing:
    """Whatever was entered or archived before, the office comes to a whole list."""

    @pytest.fixture(autouse=True)
    def at_the_chain(self, health):
        self.chain = health
        self.client = signed_in(make.person("office_health", Role.CHAIN_OFFICE, industry=health.industry))

    def draw_up(self):
        """Press the button of the page and return the page that follows."""
        self.client.post(reverse("chains:open-year", args=[self.chain.pk]))
        return self.page()

    def page(self):
        return self.client.get(reverse("chains:page", args=[self.chain.pk])).content.decode()

    def archive(self, *numbers):
        for item in self.chain.items.filter(year=2021, number__in=numbers):
            ledger.archive(record=item, version=item.version, reason="误", actor=make.SYSTEM)

    def live(self):
        return [item.number for item in self.chain.items.live().filter(year=2021).order_by("number")]

    def test_one_entered_by_form_stays_and_the_others_come(self):
        own = make.nine_ones_item(chain=self.chain, year=2021, number=3, title="自定事项")
        assert "补齐2021年清单（缺 8 项）" in self.page()
        assert "已建立 8 项清单。" in self.draw_up()
        assert (self.live(), self.chain.items.get(year=2021, number=3)) == ([1, 2, 3, 4, 5, 6, 7, 8, 9], own)
        assert "补齐" not in self.page()

    def test_an_archived_one_is_named_and_not_made_twice(self):
        make.nine_ones_item(chain=self.chain, year=2021, number=1), make.nine_ones_item(chain=self.chain, year=2021, number=2)
        self.archive(1, 2)
        told = "第 1、2 项已归档，需要的请在“九个一”台账中恢复，不需要的不用处理。"
        assert told in self.page()
        assert f"已建立 7 项清单。{told}" in self.draw_up()
        assert self.live() == [3, 4, 5, 6, 7, 8, 9]

    def test_nothing_is_lacking_where_all_were_archived_but_the_way_out_is_said(self):
        self.draw_up()
        self.archive(*range(1, 10))
        page = self.page()
        assert ("2021年的清单没有在册的事项。" in page, reverse("chains:open-year", args=[self.chain.pk]) in page) == (True, False)
        told = "2021年的“九个一”清单已经建立。第 1、2、3、4、5、6、7、8、9 项已归档，需要的请在“九个一”台账中恢复，不需要的不用处理。"
        assert told in self.client.post(reverse("chains:open-year", args=[self.chain.pk])).content.decode()
