"""A ledger as of a day: what was written up to it, in the scope of then and of now."""

import datetime as dt
import io
from decimal import Decimal

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from apps.accounts.choices import Role
from apps.core import clock
from apps.ledger import services
from apps.ledger.past import end_of
from tests import factories
from tests.ledger.api_contract import Script
from tests.ledger.contract import TODAY, signed_in

pytestmark = pytest.mark.django_db
THEN = dt.date(2021, 6, 30)
DAY = {"as_of": "2021-06-30"}


@pytest.fixture
def at(monkeypatch):
    """Return a function that sets the moment of the following writes."""

    def set_to(day):
        moment = end_of(day) - dt.timedelta(hours=3)
        monkeypatch.setattr(clock, "now", lambda: moment)

    return set_to


@pytest.fixture
def story(at):
    """A firm moves from one park to another and is renamed; a second one is registered later, a third is archived between."""
    at(dt.date(2021, 1, 5))
    old, new = factories.platform("旧园", town=factories.town("甲镇")), factories.platform("新园", town=factories.town("乙镇"))
    firm = factories.enterprise("先名", platform=old, town=old.town)
    gone = factories.enterprise("已撤厂", platform=old, town=old.town)
    at(THEN)
    services.archive(record=gone, version=1, reason="停产", actor=factories.SYSTEM)
    at(dt.date(2021, 9, 1))
    services.change(record=firm, values={"name": "后名", "platform": new, "town": new.town}, version=1, actor=factories.SYSTEM)
    later = factories.enterprise("后来厂", platform=new, town=new.town)
    services.restore(record=gone, version=2, reason="", actor=factories.SYSTEM)
    at(dt.date(2021, 10, 1))
    return {"firm": firm, "gone": gone, "later": later, "old": old, "new": new}


def names(client, **params):
    page = client.get(reverse("ledger:list", args=["enterprises"]), params)
    return [row.record.name for row in page.context["table"].rows]


@pytest.fixture
def leader(story):
    return signed_in(factories.person("leader", Role.LEADER))


def test_the_list_shows_names_rows_and_platforms_of_then(leader, story):
    assert names(leader, **DAY) == ["先名"]
    assert names(leader, as_of="2021-06-29") == ["先名", "已撤厂"]
    assert names(leader, as_of="2020-12-31") == []
    assert sorted(names(leader)) == sorted(["后名", "已撤厂", "后来厂"])
    page = leader.get(reverse("ledger:list", args=["enterprises"]), DAY)
    assert page.context["table"].rows[0].get_cell("platform") == "旧园"
    assert ("截至", "2021-06-30") in page.context["words"]
    assert "截至 2021-06-30" in page.content.decode()
    assert reverse("ledger:create", args=["enterprises"]) not in page.content.decode()


def test_filter_search_sort_and_count_are_of_then(leader, story):
    assert names(leader, **DAY, platform=story["old"].pk) == ["先名"]
    assert names(leader, **DAY, platform=story["new"].pk) == []
    assert (names(leader, **DAY, q="先"), names(leader, **DAY, q="后")) == (["先名"], [])
    assert names(leader, as_of="2021-06-29", sort="-name") == sorted(["先名", "已撤厂"], reverse=True)
    page = leader.get(reverse("ledger:list", args=["enterprises"]), {"as_of": "2021-06-29"})
    assert page.context["sums"] == [("企业（条）", 2, 0)]


def test_sums_land_and_last_year_are_of_then(at):
    at(dt.date(2021, 1, 5))
    firm = factories.enterprise()
    fact = factories.yearly(firm, 2020, output=Decimal(100))
    factories.yearly(firm, 2019, output=Decimal(50))
    held = factories.occupation(firm, Decimal(20))
    at(dt.date(2021, 9, 1))
    services.change(record=fact, values={"output": Decimal(300)}, version=1, actor=factories.SYSTEM)
    services.archive(record=held, version=1, reason="退出", actor=factories.SYSTEM)
    client = signed_in(factories.person("leader", Role.LEADER))

    def sums(**params):
        page = client.get(reverse("ledger:list", args=["enterprise-facts"]), {"year": 2020, **params})
        found = {label: value for label, value, _ in page.context["sums"]}
        return found["工业总产值（万元）"], found["用地面积（亩）"], found["亩均产值（万元/亩）"], found["产值同比（%）"]

    assert sums(**DAY) == (100, 20, 5, 100)
    assert sums() == (300, None, None, 500)


def test_the_latest_period_of_then_opens(at):
    at(dt.date(2021, 1, 5))
    firm = factories.enterprise()
    factories.yearly(firm, 2019)
    at(dt.date(2021, 9, 1))
    factories.yearly(firm, 2020)
    client = signed_in(factories.person("leader", Role.LEADER))
    page = client.get(reverse("ledger:list", args=["enterprise-facts"]), DAY)
    assert dict(page.context["words"]) == {"年份": "2019", "截至": "2021-06-30"}


def test_a_record_and_what_belongs_to_it_as_they_were(leader, story, at):
    at(dt.date(2021, 9, 2))
    factories.yearly(story["firm"], 2020)
    url = reverse("ledger:detail", args=["enterprises", story["firm"].pk])
    page = leader.get(url, DAY)
    facts = {label: value for _, group in page.context["groups"] for label, value, _ in group}
    assert (facts["企业名称"], facts["平台"], facts["乡镇街道"]) == ("先名", "旧园", "甲镇")
    assert [child["count"] for child in page.context["children"]] == [0, 0, 0]
    assert leader.get(url).context["children"][0]["count"] == 1
    text = page.content.decode()
    assert "截至 2021-06-30" in text
    assert reverse("ledger:change", args=["enterprises", story["firm"].pk]) not in text


def test_what_a_record_was_called_there_is_of_then(leader, story, at):
    at(dt.date(2021, 1, 6))
    fact = factories.yearly(story["firm"], 2020)
    at(dt.date(2021, 10, 1))
    assert "先名" in leader.get(reverse("ledger:detail", args=["enterprise-facts", fact.pk]), DAY).content.decode()


def test_no_editing_for_those_who_may(story):
    client = signed_in(factories.person("permu", Role.PER_MU))
    url = reverse("ledger:detail", args=["enterprises", story["firm"].pk])
    change = reverse("ledger:change", args=["enterprises", story["firm"].pk])
    assert (change in client.get(url).content.decode(), change in client.get(url, DAY).content.decode()) == (True, False)
    page = client.get(reverse("ledger:list", args=["enterprises"]), DAY).content.decode()
    assert 'name="pk"' not in page


def test_nobody_sees_through_the_past_what_he_may_not_see_now(story):
    """The firm left the old park, so its staff lose its past; the new park never sees what it was before."""
    old = signed_in(factories.person("old", Role.PARK, platform=story["old"]))
    new = signed_in(factories.person("new", Role.PARK, platform=story["new"]))
    assert (names(old, as_of="2021-06-29"), names(new, as_of="2021-06-29")) == (["已撤厂"], [])
    assert names(new, as_of="2021-09-01") == sorted(["后名", "后来厂"], key=lambda name: name != "后名")
    url = reverse("ledger:detail", args=["enterprises", story["firm"].pk])
    assert (old.get(url, DAY).status_code, new.get(url).status_code, new.get(url, DAY).status_code) == (404, 200, 409)


def test_nobody_sees_through_the_past_over_the_api_either(story):
    firm = story["firm"]
    old, new, leader = (
        Script(factories.person(name, role, **scope), "/api/ledgers/enterprises/")
        for name, role, scope in [
            ("old", Role.PARK, {"platform": story["old"]}), ("new", Role.PARK, {"platform": story["new"]}), ("leader", Role.LEADER, {})
        ]
    )  # fmt: skip
    assert [script("get", f"{firm.pk}/", query=DAY).status_code for script in (old, new, leader)] == [404, 409, 200]
    then = leader("get", f"{firm.pk}/", query=DAY).json()
    assert (then["label"], then["platform"]["label"], then["version"], "moves" in then) == ("先名", "旧园", 1, False)
    assert [row["label"] for row in leader("get", query=DAY).json()["results"]] == ["先名"]
    assert [row["label"] for row in new("get", query=DAY).json()["results"]] == []


def test_a_row_that_named_another_parks_firm_is_left_out(at):
    """The land is held by my firm now; then it was held by a firm that has since gone to another park."""
    at(dt.date(2021, 1, 5))
    mine, other = factories.platform("我园", town=factories.town("甲镇")), factories.platform("他园", town=factories.town("乙镇"))
    first, second = factories.enterprise("走了", platform=mine), factories.enterprise("还在", platform=mine)
    moved, stays = factories.occupation(first), factories.occupation(second)
    at(dt.date(2021, 9, 1))
    services.change(record=moved, values={"enterprise": second}, version=1, actor=factories.SYSTEM)
    services.change(record=first, values={"platform": other, "town": other.town}, version=1, actor=factories.SYSTEM)
    client = signed_in(factories.person("mine", Role.PARK, platform=mine))
    page = client.get(reverse("ledger:list", args=["land-occupation"]), DAY)
    assert [row.record.pk for row in page.context["table"].rows] == [stays.pk]
    assert "走了" not in page.content.decode()
    assert client.get(reverse("ledger:detail", args=["land-occupation", moved.pk]), DAY).status_code == 409


def test_the_export_is_of_then(leader):
    answer = leader.get(reverse("exchange:export", args=["enterprises"]), DAY)
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert "截至：2021-06-30" in cells[1][0]
    assert cells[2][0].startswith("截至：2021-06-30")
    assert [row[cells[3].index("企业名称")] for row in cells[4:] if not str(row[0]).startswith("注")] == ["先名"]


@pytest.mark.parametrize("day", ["x", "2999-01-01", "1999-12-31", "0001-01-01", "9999-12-31"])
def test_a_day_that_cannot_be_shows_nothing(leader, story, day):
    assert names(leader, as_of=day) == []
    assert leader.get(reverse("ledger:detail", args=["enterprises", story["firm"].pk]), {"as_of": day}).status_code == 409
    assert leader.get(reverse("exchange:export", args=["enterprises"]), {"as_of": day}).status_code == 409


def test_today_is_now(story, monkeypatch):
    monkeypatch.undo()
    leader = signed_in(factories.person("leader", Role.LEADER))
    assert sorted(names(leader, as_of=TODAY)) == sorted(names(leader))
