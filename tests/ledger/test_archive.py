"""A record leaves the ledger with what hangs on it, and comes back with it."""

import pytest
from django.urls import reverse

from apps.accounts.choices import Role
from apps.core.actor import Actor
from apps.core.errors import Refused
from apps.enterprises.models import Enterprise, LandOccupation, YearlyFact
from apps.journal.models import JournalEntry
from apps.ledger import dependents, services
from apps.platforms.models import Parcel
from tests import factories
from tests.ledger.contract import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm():
    firm = factories.enterprise("甲厂", platform=factories.platform())
    factories.yearly(firm, 2019), factories.yearly(firm, 2020), factories.occupation(firm)
    return firm


@pytest.fixture
def user():
    return factories.person("permu", Role.PER_MU)


def url(record):
    return reverse("ledger:archive", args=["enterprises", record.pk])


def live():
    return tuple(model.objects.live().count() for model in (Enterprise, YearlyFact, LandOccupation))


def test_the_page_shows_what_goes_with_it_and_takes_it(user, firm):
    client = signed_in(user)
    factories.yearly(factories.enterprise("乙厂"), 2020)
    page = client.get(url(firm))
    assert sorted((label, count) for label, count, _ in page.context["family"]) == [("年度数据", 2), ("用地占用", 1)]
    assert client.post(url(firm), {"version": 1, "reason": "注销"}).status_code == 302
    assert live() == (1, 1, 0)
    entries = [
        record.history.first() for model in (Enterprise, YearlyFact, LandOccupation) for record in model.objects.exclude(archived_at=None)
    ]
    assert len(entries) == 4
    assert len({entry.batch for entry in entries}) == 1
    assert {(entry.archive_reason, entry.history_change_reason, entry.history_user) for entry in entries} == {("注销", "注销", user)}
    entry = JournalEntry.objects.order_by("-seq").first()
    assert (entry.act, entry.detail["together"]) == ("归档", {"年度数据": 2, "用地占用": 1})


def test_restoring_brings_back_what_went_with_it_and_no_more(user, firm):
    actor, client = Actor.of(user), signed_in(user)
    before = YearlyFact.objects.get(year=2019)
    services.archive(record=before, version=1, reason="重复", actor=actor)
    services.archive(record=firm, version=1, reason="注销", actor=actor)
    assert live() == (0, 0, 0)
    assert sorted((label, count) for label, count, _ in client.get(url(firm)).context["family"]) == [("年度数据", 1), ("用地占用", 1)]
    assert client.post(url(firm), {"version": 2, "reason": "误归档"}).status_code == 302
    assert live() == (1, 1, 1)
    assert YearlyFact.objects.live().get().year == 2020


def test_a_row_does_not_come_back_without_its_parent(user, firm):
    actor = Actor.of(user)
    services.archive(record=firm, version=1, reason="注销", actor=actor)
    fact = YearlyFact.objects.first()
    page = signed_in(user).get(reverse("ledger:archive", args=["enterprise-facts", fact.pk]))
    sentence = f"“{fact}”不能恢复：它所属的“甲厂”已归档，请先恢复。"
    assert (page.context["barrier"], 'name="version"' in page.content.decode()) == (sentence, False)
    with pytest.raises(Refused) as refusal:
        services.restore(record=fact, version=2, reason="", actor=actor)
    assert str(refusal.value) == sentence


def test_what_another_office_keeps_stands_in_the_way(firm):
    """The park may archive its firm, but figures and land are not its own to archive."""
    client = signed_in(factories.person("park", Role.PARK, platform=firm.platform))
    page = client.get(url(firm))
    sentence = "“甲厂”不能归档：其下有2 条“年度数据”由别的岗位管理、1 条“用地占用”由别的岗位管理，请先由负责的岗位处理。未归档任何记录。"
    assert page.context["barrier"] == sentence
    assert (sentence in page.content.decode(), 'name="version"' in page.content.decode()) == (True, False)
    assert sentence in client.post(url(firm), {"version": 1, "reason": "注销"}, follow=True).content.decode()
    assert live() == (1, 2, 1)


def test_rows_out_of_scope_stand_in_the_way(monkeypatch):
    """A firm of my park holds land on my parcel, and so does one of another park."""
    mine, other = factories.platform("我园", town=factories.town("甲镇")), factories.platform("他园", town=factories.town("乙镇"))
    ground = factories.parcel(platform=mine)
    for platform in (mine, other):
        factories.occupation(factories.enterprise(f"{platform}的厂", platform=platform), 10, on=ground)
    park = factories.person("park", Role.PARK, platform=mine)
    monkeypatch.setattr(type(park), "may", lambda self, act, subject: True)
    assert dependents.beyond(dependents.below(ground), park) == ["1 条“用地占用”不在您的范围内"]
    page = signed_in(park).get(reverse("ledger:archive", args=["parcels", ground.pk]))
    assert [(count, len(names)) for _, count, names in page.context["family"]] == [(2, 1)]
    assert "他园的厂" not in page.content.decode()
    with pytest.raises(Refused, match="1 条“用地占用”不在您的范围内"):
        services.archive(record=ground, version=1, reason="合并", actor=Actor.of(park))
    assert Parcel.objects.live().count() == 1


def test_it_goes_down_to_any_depth_and_stops_at_a_limit(firm, monkeypatch):
    family = dependents.below(firm.platform)
    assert {model.__name__: len(rows) for model, rows in family.items()} == {"Enterprise": 1, "YearlyFact": 2, "LandOccupation": 1}
    monkeypatch.setattr(dependents, "MOST", 3)
    with pytest.raises(Refused, match="不能一次归档"):
        services.archive(record=firm.platform, version=1, reason="撤并", actor=factories.SYSTEM)
    assert live() == (1, 2, 1)


def test_a_record_without_anything_below_it_is_archived_alone(user):
    town = factories.town()
    services.archive(record=town, version=1, reason="撤并", actor=Actor.of(user))
    assert town.history.first().batch is None
