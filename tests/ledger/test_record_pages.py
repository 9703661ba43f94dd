"""What the pages of one record do beyond the contract: links to all its rows, forms, the words of its history."""

import pytest
from django.urls import reverse

from apps.accounts.choices import DataItem, Role
from apps.ledger import services
from tests import factories
from tests.ledger.contract import TODAY, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    return signed_in(factories.person("permu", Role.PER_MU))


def rows_behind(client, code, record):
    """Return ledger -> the rows its "see all" link on the page of `record` leads to."""
    children = client.get(reverse("ledger:detail", args=[code, record.pk])).context["children"]
    return {child["ledger"].code: set(client.get(child["all"]).context["table"].data) for child in children}


def test_see_all_leads_to_the_rows_of_the_record_and_of_every_period(client):
    park, stranger = factories.platform(), factories.enterprise()
    firm, ground = factories.enterprise(platform=park), factories.parcel(platform=park)
    facts = {factories.yearly(firm, year) for year in (2019, 2020)}
    held, block = factories.occupation(firm, on=ground), factories.block()
    factories.yearly(stranger), factories.occupation(stranger), factories.platform("别处园区", town=factories.town("别处镇"))
    assert rows_behind(client, "enterprises", firm) == {"enterprise-facts": facts, "monthly-facts": set(), "land-occupation": {held}}
    assert rows_behind(client, "parcels", ground) == {"land-occupation": {held}}
    assert rows_behind(client, "platforms", park) == {"blocks": {block}, "parcels": {ground}}
    assert rows_behind(client, "towns", park.town) == {"platforms": {park}}


def test_a_reference_leads_to_its_record_where_the_reader_sees_it():
    """An enterprise of a town on a platform that lies in another one."""
    town, park = factories.town(), factories.platform("别处园区", town=factories.town("别处镇"))
    page = reverse("ledger:detail", args=["enterprises", factories.enterprise(town=town, platform=park).pk])
    clerk, leader = factories.person("town", Role.TOWN, town=town), factories.person("leader", Role.LEADER)
    to_town, to_park = reverse("ledger:detail", args=["towns", town.pk]), reverse("ledger:detail", args=["platforms", park.pk])
    for reader, query, expected in (
        (clerk, {}, (to_town, "")),
        (leader, {}, (to_town, to_park)),
        (leader, {"as_of": TODAY}, (f"{to_town}?as_of={TODAY}", f"{to_park}?as_of={TODAY}")),
    ):
        groups = signed_in(reader).get(page, query).context["groups"]
        leads = {label: address for _, facts in groups for label, _, address in facts}
        assert (leads["乡镇街道"], leads["平台"]) == expected


def test_an_untouched_form_keeps_a_platform_beyond_the_scope():
    """A town keeps an enterprise on a platform that lies in another town."""
    town, park = factories.town(), factories.platform("别处园区", town=factories.town("别处镇"))
    firm = factories.enterprise(town=town, platform=park)
    client, url = signed_in(factories.person("town", Role.TOWN, town=town)), reverse("ledger:change", args=["enterprises", firm.pk])
    form = client.get(url).context["form"]
    typed = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    assert client.post(url, typed | {"former_name": "旧名"}).status_code == 302
    firm.refresh_from_db()
    assert (firm.former_name, firm.platform) == ("旧名", park)


def test_a_reporter_without_figures_here_gets_no_form():
    client = signed_in(factories.person("checker", Role.REPORTER, data_items=[DataItem.CHECK]))
    url = reverse("ledger:create", args=["enterprise-facts"])
    assert (client.get(url).status_code, client.post(url, {}).status_code) == (403, 403)


def test_a_fault_in_a_field_one_does_not_write_is_said_above_the_form():
    """The statistics bureau once left a figure the tax office cannot put right."""
    fact = factories.yearly(factories.enterprise())
    with services.writing():
        type(fact).objects.filter(pk=fact.pk).update(output=-1)
    client = signed_in(factories.person("tax", Role.REPORTER, data_items=[DataItem.TAX]))
    url = reverse("ledger:change", args=["enterprise-facts", fact.pk])
    form = client.get(url).context["form"]
    page = client.post(url, {name: form[name].value() or "" for name in form.fields} | {"tax": "5"})
    assert (page.status_code, page.context["form"].non_field_errors()) == (200, ["工业总产值（万元）：不能为负数。"])


def test_history_says_what_was_done(client):
    firm = factories.enterprise()
    services.change(record=firm, values={"former_name": "旧名"}, version=1, actor=factories.SYSTEM)
    services.archive(record=firm, version=2, reason="重复登记", actor=factories.SYSTEM)
    services.restore(record=firm, version=3, reason="", actor=factories.SYSTEM)
    timeline = client.get(reverse("ledger:history", args=["enterprises", firm.pk])).context["timeline"]
    assert [item["act"] for item in timeline] == ["恢复", "归档", "修改", "登记"]
    assert [item["changes"] for item in timeline] == [[], [], [("曾用名", "—", "旧名")], []]


def test_who_has_no_figure_of_his_own_sees_no_door_to_write(client):
    """The checking department reports nothing: a right to fill in is worth nothing without a field."""
    fact = factories.yearly(factories.enterprise(), 2020)
    addresses = [reverse("ledger:list", args=["enterprise-facts"]), reverse("ledger:detail", args=["enterprise-facts", fact.pk])]
    doors = [reverse(f"ledger:{name}", args=["enterprise-facts", *key]) for name, key in (("create", []), ("change", [fact.pk]))]
    doors.append(reverse("exchange:upload", args=["enterprise-facts"]))
    for item, status in ((DataItem.CHECK, 403), (DataItem.TAX, 200)):
        reporter = signed_in(factories.person(f"dept_{item}", Role.REPORTER, data_items=[item]))
        shown = "".join(reporter.get(address).content.decode() for address in addresses)
        assert [door in shown for door in doors] == [status == 200] * 3
        assert [reporter.get(door).status_code for door in doors] == [status] * 3
