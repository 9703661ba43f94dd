import datetime as dt
from decimal import Decimal

import pytest

from apps.core.actor import Actor
from apps.core.errors import Refused
from apps.enterprises.choices import OccupationKind
from apps.enterprises.models import LandOccupation, YearlyFact
from apps.enterprises.selectors import held_on, land_of_year
from apps.ledger import services
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def shared():
    """A parcel of 30 亩 whose owner lets 10 out."""
    owner, tenant, parcel = factories.enterprise(), factories.enterprise(), factories.parcel(area=Decimal(30))
    factories.occupation(owner, Decimal(30), on=parcel)
    factories.occupation(owner, Decimal(10), OccupationKind.LET_OUT, on=parcel, start=dt.date(2020, 12, 31))
    factories.occupation(tenant, Decimal(10), OccupationKind.LEASED, on=parcel, start=dt.date(2020, 12, 31))
    return owner, tenant, parcel


def test_land_of_a_year_is_what_is_held_on_its_last_day(shared):
    owner, tenant, _ = shared
    assert land_of_year(2019) == {owner.pk: Decimal(30)}
    assert land_of_year(2020) == {owner.pk: Decimal(20), tenant.pk: Decimal(10)}


def test_an_enterprise_without_land_is_absent_not_zero(shared):
    stranger = factories.enterprise()
    assert stranger.pk not in land_of_year(2020)


def test_the_list_annotates_the_same_area_as_the_selector(shared):
    owner, tenant, _ = shared
    for firm in shared[:2]:
        for year in (2019, 2020):
            factories.yearly(firm, year)
    rows = YearlyFact.objects.with_land(LandOccupation.objects)
    assert {(row.enterprise_id, row.year): row.area for row in rows if row.area} == {
        (owner.pk, 2019): Decimal(30),
        (owner.pk, 2020): Decimal(20),
        (tenant.pk, 2020): Decimal(10),
    }


def test_more_than_the_parcel_is_refused_and_changes_nothing(shared):
    _, _, parcel = shared
    values = {"enterprise": factories.enterprise(), "parcel": parcel, "kind": OccupationKind.OWNED, "area": Decimal("0.0001")}
    with pytest.raises(Refused, match="面积 30 亩"):
        services.create(model=LandOccupation, values={**values, "start": dt.date(2021, 1, 1)}, actor=Actor.system("测试"))
    assert LandOccupation.objects.count() == 3
    assert held_on(parcel, dt.date(2021, 6, 1)) == Decimal(30)


def test_a_row_does_not_leave_a_parcel_that_then_lets_out_what_nobody_holds(shared):
    owner, _, parcel = shared
    owned = LandOccupation.objects.get(enterprise=owner, kind=OccupationKind.OWNED)
    other = factories.parcel(area=Decimal(30))
    with pytest.raises(Refused, match=f"宗地 {parcel.code} .*出租面积多于其自有和承租面积"):
        services.change(record=owned, values={"parcel": other}, version=owned.version, actor=Actor.system("测试"))
    owned.refresh_from_db()
    assert (owned.parcel, held_on(other, dt.date(2021, 6, 1))) == (parcel, 0)
