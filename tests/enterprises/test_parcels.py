"""A parcel is never smaller than the land held on it, through whichever door it is cut (form, import, two at once)."""

from decimal import Decimal

import pytest
from django.urls import reverse

from apps.accounts.choices import Role
from apps.core.errors import Refused, RowsRefused
from apps.enterprises.choices import OccupationKind
from apps.enterprises.models import LandOccupation
from apps.exchange.models import Batch
from apps.ledger import checks, services
from apps.platforms.models import Parcel
from tests import factories
from tests.exchange.books import book, load, places
from tests.ledger.contract import signed_in
from tests.racing import at_once

HEAD = ["宗地编号", "宗地名称", "面积（亩）"]


@pytest.fixture
def natural(db):
    return factories.person("natural", Role.NATURAL)


@pytest.fixture
def held(db):
    """A parcel of 30 亩 with 20 held on it."""
    parcel = factories.parcel(area=Decimal(30))
    factories.occupation(factories.enterprise(), Decimal(20), on=parcel)
    return parcel


def told(parcel, area):
    return f"宗地 {parcel.code} 面积 {area} 亩，2015-01-01 起占用合计 20 亩；请核对宗地面积和自有、承租、出租面积。"


def cut(parcel, area):
    return services.change(record=parcel, values={"area": Decimal(area)}, version=parcel.version, actor=factories.SYSTEM)


def test_the_form_names_the_area_and_changes_nothing(natural, held):
    client, url = signed_in(natural), reverse("ledger:change", args=["parcels", held.pk])
    form = client.get(url).context["form"]
    typed = {name: form[name].value() or "" for name in form.fields}
    page = client.post(url, typed | {"area": "19.9999"})
    assert (page.status_code, page.context["form"].errors) == (200, {"area": [told(held, "19.9999")]})
    assert client.post(url, typed | {"area": "20"}).status_code == 302
    held.refresh_from_db()
    assert (held.area, held.version) == (20, 2)


def test_an_import_names_the_cell_and_changes_nothing(natural, held, tmp_path):
    other = factories.parcel(area=Decimal(5))
    rows = [[other.code, other.name, 3], [held.code, held.name, 19.5]]
    code, document = load("parcels", book(tmp_path / "a.xlsx", HEAD, *rows), natural)
    assert (code, document["status"], places(document)) == (1, "errors", [(3, "C")])
    assert document["errors"][0] == {
        "sheet": "数据", "row": 3, "column": "C", "value": "19.5", "message": f"面积（亩）：{told(held, '19.5')}",
    }  # fmt: skip
    assert Batch.objects.get().counts == {"new": 0, "changed": 1, "unchanged": 0, "error": 1}
    assert sorted(Parcel.objects.values_list("area", flat=True)) == [5, 30]


def test_a_parcel_and_its_land_may_shrink_one_after_the_other(held):
    land = held.occupations.get()
    services.change(record=land, values={"area": Decimal(10)}, version=1, actor=factories.SYSTEM)
    assert cut(held, 10).area == 10


def test_land_that_is_archived_holds_nothing_until_it_comes_back(held):
    land = services.archive(record=held.occupations.get(), version=1, reason="重复登记", actor=factories.SYSTEM)
    cut(held, 5)
    with pytest.raises(Refused, match="占用合计 20 亩"):
        services.restore(record=land, version=2, reason="", actor=factories.SYSTEM)


def test_a_rule_from_above_names_row_field_and_sentence(held):
    with pytest.raises(RowsRefused) as refused:
        cut(held, 1)
    assert [(record.pk, *rest) for record, *rest in refused.value.faults] == [(held.pk, "area", told(held, 1))]


def test_a_registered_check_is_asked_after_every_kind_of_write(db, monkeypatch):
    monkeypatch.setattr(checks, "_from_above", {})
    seen = []
    checks.register(Parcel, lambda records: seen.append([record.code for record in records]))
    parcel = factories.parcel(code="ZD-甲")
    cut(parcel, 7)
    services.archive(record=parcel, version=2, reason="测试", actor=factories.SYSTEM)
    services.restore(record=parcel, version=3, reason="", actor=factories.SYSTEM)
    new = [Parcel(code=code, name=code, town=parcel.town, area=1) for code in ("乙", "丙")]
    services.write_batch(model=Parcel, new=new, changed=[], actor=factories.SYSTEM, reason="批量")
    assert seen == [["ZD-甲"]] * 4 + [["乙", "丙"]]


def rivals(rounds):
    """Let land be entered and its parcel be cut at once, and land be entered twice at once; return the overfull parcels."""
    firms = [factories.enterprise(), factories.enterprise()]
    for _ in range(rounds):
        cut_one, full = factories.parcel(area=Decimal(30)), factories.parcel(area=Decimal(30))

        def enter(firm, parcel):
            values = {"enterprise": firm, "parcel": parcel, "kind": OccupationKind.OWNED, "area": Decimal(20), "start": "2020-01-01"}
            services.create(model=LandOccupation, values=values, actor=factories.SYSTEM)

        at_once(lambda parcel=cut_one: enter(firms[0], parcel), lambda parcel=cut_one: cut(parcel, 10))
        at_once(*[lambda firm=firm, parcel=full: enter(firm, parcel) for firm in firms])
    areas = {}
    for parcel, area in LandOccupation.objects.values_list("parcel", "area"):
        areas[parcel] = areas.get(parcel, 0) + area
    return [parcel for parcel in Parcel.objects.all() if areas.get(parcel.pk, 0) > parcel.area]


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_the_second_sees_the_first():
    assert rivals(20) == []
    assert LandOccupation.objects.count() >= 20


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_same_rivals_overfill_parcels(monkeypatch):
    """The control: if this leaves every parcel in order, the test above proves nothing."""
    monkeypatch.setattr(type(Parcel.objects.all()), "select_for_update", lambda rows, **options: rows)
    assert rivals(20) != []
