"""The one write path: scope, version, one transaction, history, journal, follow-up jobs."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from apps.accounts.choices import Role
from apps.core.actor import Actor
from apps.core.errors import Refused
from apps.enterprises.models import Enterprise, YearlyFact
from apps.jobs.models import Job
from apps.journal.models import JournalEntry
from apps.ledger import services
from apps.ledger.services import Conflict
from apps.platforms.models import Town
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def lijin():
    return factories.platform("丽缙园")


@pytest.fixture
def park(lijin):
    return Actor.of(factories.person("park", Role.PARK, platform=lijin))


def test_a_change_writes_row_history_and_journal_together(park, lijin):
    firm = factories.enterprise(platform=lijin)
    before = JournalEntry.objects.count()
    services.change(record=firm, values={"former_name": "旧名"}, version=1, reason="核实", actor=park)
    firm.refresh_from_db()
    entry = firm.history.first()
    assert (firm.former_name, firm.version) == ("旧名", 2)
    assert (entry.history_user, entry.post, entry.channel, entry.history_change_reason) == (
        park.user,
        "园区管理员（丽缙园）",
        "页面",
        "核实",
    )
    latest = JournalEntry.objects.order_by("-seq").first()
    assert JournalEntry.objects.count() == before + 1
    assert (latest.act, latest.user, latest.target) == ("修改", park.user, f"企业：{firm.name}")


def test_a_row_that_leaves_the_scope_rolls_everything_back(park, lijin):
    firm = factories.enterprise(platform=lijin)
    counts = (JournalEntry.objects.count(), firm.history.count())
    with pytest.raises(Refused, match="不在您的范围内"):
        services.change(record=firm, values={"platform": factories.platform("开发区")}, version=1, actor=park)
    firm.refresh_from_db()
    assert (firm.platform, firm.version) == (lijin, 1)
    assert (JournalEntry.objects.count() - 1, firm.history.count()) == counts  # one entry: the other platform


def test_a_new_row_outside_the_scope_is_not_made(park):
    values = {
        "credit_code": factories.credit_code(),
        "name": "别处企业",
        "scale": "below",
        "town": factories.town(),
        "industry": factories.industry(),
    }
    with pytest.raises(Refused):
        services.create(model=Enterprise, values=values, actor=park)
    assert not Enterprise.objects.filter(name="别处企业").exists()


def test_the_second_of_two_changes_is_a_conflict(park, lijin):
    firm = factories.enterprise(platform=lijin)
    services.change(record=firm, values={"former_name": "甲"}, version=1, actor=park)
    with pytest.raises(Conflict) as conflict:
        services.change(record=firm, values={"former_name": "乙"}, version=1, actor=park)
    assert conflict.value.current.former_name == "甲"


def test_an_invalid_value_changes_nothing(park, lijin):
    firm = factories.enterprise(platform=lijin)
    with pytest.raises(ValidationError):
        services.change(record=firm, values={"credit_code": "123"}, version=1, actor=park)
    assert Enterprise.objects.get(pk=firm.pk).credit_code == firm.credit_code


def test_a_batch_is_one_journal_entry_and_one_history_row_a_record():
    towns = [Town(code=f"33112280{number}", name=f"批次{number}镇", kind="town") for number in range(3)]
    batch = services.write_batch(model=Town, new=towns, changed=[], actor=factories.SYSTEM, reason="批量")
    assert Town.history.filter(batch=batch).count() == 3
    assert JournalEntry.objects.filter(act="批量写入").count() == 1
    assert JournalEntry.objects.latest("seq").detail["new"] == 3


def test_a_batch_with_one_stale_row_writes_nothing():
    one, two = factories.town("甲镇"), factories.town("乙镇")
    services.change(record=two, values={"name": "丙镇"}, version=1, actor=factories.SYSTEM)
    one.name, two.name = "丁镇", "戊镇"
    with pytest.raises(Conflict):
        services.write_batch(model=Town, new=[], changed=[(one, ["name"]), (two, ["name"])], actor=factories.SYSTEM, reason="批量")
    assert sorted(Town.objects.values_list("name", flat=True)) == ["丙镇", "甲镇"]


def test_a_batch_writes_only_the_fields_it_names():
    town = factories.town("甲镇")
    town.name, town.code = "乙镇", "000000000"
    services.write_batch(model=Town, new=[], changed=[(town, ["name"])], actor=factories.SYSTEM, reason="批量")
    stored = Town.objects.get(pk=town.pk)
    assert (stored.name, stored.version, stored.code == "000000000") == ("乙镇", 2, False)


@pytest.fixture
def unchecked(monkeypatch):
    """What a race does to the check: at its moment the other row was not there yet."""
    monkeypatch.setattr(Enterprise, "full_clean", lambda self, **kwargs: None)


def _values(**values):
    place = {"town": factories.town(), "industry": factories.industry(), "scale": "above"}
    return {"credit_code": factories.credit_code(), "name": "后来者", **place, **values}


@pytest.mark.usefixtures("unchecked")
def test_the_second_of_two_new_rows_with_one_credit_code_is_refused():
    first = factories.enterprise()
    entries = JournalEntry.objects.count()
    with pytest.raises(Refused, match="可能刚刚有人登记了相同的记录"):
        services.create(model=Enterprise, values=_values(credit_code=first.credit_code), actor=factories.SYSTEM)
    assert list(Enterprise.objects.all()) == [first]  # the transaction around the service goes on
    assert (Enterprise.history.count(), JournalEntry.objects.count() - entries) == (1, 0)


@pytest.mark.usefixtures("unchecked")
def test_the_page_tells_who_comes_second(client):
    first = factories.enterprise()
    client.force_login(factories.person("permu", Role.PER_MU))
    values = {name: getattr(value, "pk", value) for name, value in _values(credit_code=first.credit_code, state="active").items()}
    page = client.post("/ledger/enterprises/new/", values)
    assert (page.status_code, Enterprise.objects.count()) == (200, 1)
    assert "统一社会信用代码已经登记过" in page.content.decode() or "相同的记录" in page.content.decode()


@pytest.mark.usefixtures("unchecked")
def test_a_change_to_a_credit_code_taken_meanwhile_is_refused():
    first, second = factories.enterprise(), factories.enterprise()
    with pytest.raises(Refused, match="可能刚刚有人登记了相同的记录"):
        services.change(record=second, values={"credit_code": first.credit_code}, version=1, actor=factories.SYSTEM)
    second.refresh_from_db()
    assert (second.credit_code != first.credit_code, second.version, second.history.count()) == (True, 1, 1)


def test_a_batch_with_one_natural_key_twice_writes_nothing():
    towns = [Town(code="331122801", name=f"批次{number}镇", kind="town") for number in range(2)]
    with pytest.raises(Refused, match="可能刚刚有人登记了相同的记录"):
        services.write_batch(model=Town, new=towns, changed=[], actor=factories.SYSTEM, reason="批量")
    assert (Town.objects.count(), Town.history.count()) == (0, 0)


def test_a_batch_that_names_one_row_twice_writes_nothing():
    town = factories.town("甲镇")
    one, two = Town.objects.get(pk=town.pk), Town.objects.get(pk=town.pk)
    one.name, two.name = "乙镇", "丙镇"
    with pytest.raises(Refused, match="在同一批中出现了两次"):
        services.write_batch(model=Town, new=[], changed=[(one, ["name"]), (two, ["name"])], actor=factories.SYSTEM, reason="批量")
    assert Town.objects.get(pk=town.pk).name == "甲镇"


def test_a_batch_does_not_fetch_rows_into_the_scope(park, lijin):
    firm = factories.enterprise(platform=factories.platform("开发区"))
    firm.platform = lijin
    with pytest.raises(Refused, match="不在您的范围内"):
        services.write_batch(model=Enterprise, new=[], changed=[(firm, ["platform"])], actor=park, reason="批量")
    assert Enterprise.objects.get(pk=firm.pk).platform.short_name == "开发区"


def test_facts_queue_one_recalculation_a_year():
    firms = [factories.enterprise() for _ in range(3)]
    facts = [YearlyFact(enterprise=firm, year=year, scale="above", tax=Decimal(1)) for firm in firms for year in (2019, 2020)]
    services.write_batch(model=YearlyFact, new=facts, changed=[], actor=factories.SYSTEM, reason="批量")
    assert sorted(Job.objects.filter(kind="grading.regrade").values_list("key", flat=True)) == ["regrade:2019", "regrade:2020"]


def test_an_archived_row_keeps_its_natural_key(park, lijin):
    firm = factories.enterprise(platform=lijin)
    services.archive(record=firm, version=1, reason="注销", actor=park)
    with pytest.raises(ValidationError):
        factories.enterprise(credit_code=firm.credit_code)


def test_history_of_a_batch_tells_what_the_database_has():
    one, two = factories.town("甲镇"), factories.town("乙镇")
    code = two.code
    one.name, two.name, two.code = "丙镇", "丁镇", "000000000"
    services.write_batch(model=Town, new=[], changed=[(one, ["name", "code"]), (two, ["name"])], actor=factories.SYSTEM, reason="批量")
    assert (Town.objects.get(pk=two.pk).code, two.history.first().code) == (code, code)


def test_a_figure_moved_to_another_year_recalculates_both():
    fact = factories.yearly(factories.enterprise(), 2019)
    Job.objects.all().delete()
    services.change(record=fact, values={"year": 2020}, version=1, actor=factories.SYSTEM)
    fact.refresh_from_db()
    assert sorted(Job.objects.values_list("key", flat=True)) == ["regrade:2019", "regrade:2020"]
    Job.objects.all().delete()
    fact.year = 2018
    services.write_batch(model=YearlyFact, new=[], changed=[(fact, ["year"])], actor=factories.SYSTEM, reason="批量")
    assert sorted(Job.objects.values_list("key", flat=True)) == ["regrade:2018", "regrade:2020"]


def test_land_is_not_restored_onto_a_parcel_that_is_full_by_now():
    ground = factories.parcel(area=Decimal(30))
    held = factories.occupation(factories.enterprise(), Decimal(30), on=ground)
    services.archive(record=held, version=1, reason="退出", actor=factories.SYSTEM)
    factories.occupation(factories.enterprise(), Decimal(20), on=ground)
    with pytest.raises(Refused, match="占用合计 50 亩"):
        services.restore(record=held, version=2, reason="误归档", actor=factories.SYSTEM)
    held.refresh_from_db()
    assert (held.version, held.archived_at is None) == (2, False)
