"""What each role sees and may write: complete tables, so that a new role fails until it is thought through."""

import pytest
from django.contrib.auth.models import AnonymousUser

from apps.accounts.choices import ADMINISTRATORS, DataItem, Role
from apps.accounts.models import User
from apps.accounts.rights import RIGHTS, may
from apps.enterprises.models import Enterprise
from apps.platforms.models import Town
from tests import factories as make

pytestmark = pytest.mark.django_db
EVERYTHING = {"park_equipment", "town_health", "street_equipment", "zone_health"}
SEEN = {
    Role.SYSTEM_ADMIN: set(),
    Role.SECURITY_ADMIN: set(),
    Role.AUDIT_ADMIN: set(),
    Role.PER_MU: EVERYTHING,
    Role.PARK: {"park_equipment"},
    Role.TOWN: {"park_equipment", "town_health"},
    Role.REPORTER: EVERYTHING,
    Role.NATURAL: EVERYTHING,
    Role.CHAIN_CHIEF: {"park_equipment", "street_equipment"},
    Role.CHIEF_OF_CHIEFS: EVERYTHING,
    Role.CHAIN_OFFICE: {"park_equipment", "street_equipment"},
    Role.EVALUATOR: EVERYTHING,
    Role.SUPERVISOR: EVERYTHING,
    Role.APPROVER: EVERYTHING,
    Role.LEADER: EVERYTHING,
}
SCOPES = {
    Role.PARK: lambda: {"platform": make.platform("丽缙园")},
    Role.TOWN: lambda: {"town": make.town("壶镇镇")},
    Role.CHAIN_CHIEF: lambda: {"industry": make.industry("现代装备")},
    Role.CHAIN_OFFICE: lambda: {"industry": make.industry("现代装备")},
    Role.REPORTER: lambda: {"data_items": [DataItem.TAX]},
}


@pytest.fixture
def county():
    """Four enterprises, so that every scope cuts the county differently."""
    huzhen, wuyun, xinbi = make.town("壶镇镇"), make.town("五云街道"), make.town("新碧街道")
    equipment, health = make.industry("现代装备"), make.industry("健康医疗")
    make.enterprise("park_equipment", town=huzhen, platform=make.platform("丽缙园", town=huzhen), industry=equipment)
    make.enterprise("town_health", town=huzhen, industry=health)
    make.enterprise("street_equipment", town=wuyun, industry=equipment)
    make.enterprise("zone_health", town=xinbi, platform=make.platform("开发区", town=xinbi), industry=health)


def seen_by(user):
    return set(Enterprise.objects.visible_to(user).values_list("name", flat=True))


def test_the_table_names_every_role():
    assert set(SEEN) == set(Role)


@pytest.mark.parametrize(("role", "names"), SEEN.items())
def test_each_role_sees_exactly_its_enterprises(county, role, names):
    user = make.person("someone", role, **SCOPES.get(role, dict)())
    assert seen_by(user) == names


@pytest.mark.parametrize("role", Role)
def test_the_administrators_read_not_even_what_everybody_reads(county, role):
    user = make.person("someone", role, **SCOPES.get(role, dict)())
    assert user.reach().nobody is (role in ADMINISTRATORS)
    assert Town.objects.visible_to(user).exists() is (role not in ADMINISTRATORS)


@pytest.mark.parametrize("role", sorted(SCOPES.keys() - {Role.REPORTER}))
def test_a_post_without_its_scope_sees_nothing(county, role):
    assert seen_by(make.person("someone", role)) == set()


def test_nobody_sees_without_a_post_a_sign_in_or_an_active_account(county):
    inactive = make.person("inactive", Role.LEADER)
    inactive.is_active = False
    assert [seen_by(user) for user in (make.person("postless"), AnonymousUser(), inactive)] == [set()] * 3


def test_the_acting_post_alone_counts(county):
    user = make.person("chief", Role.CHAIN_CHIEF, **SCOPES[Role.CHAIN_CHIEF]())
    park = user.posts.create(role=Role.PARK, start="2019-01-01", **SCOPES[Role.PARK]())
    assert seen_by(user) == SEEN[Role.CHAIN_CHIEF]
    user = User.objects.get(pk=user.pk)
    user.acting_post_id = park.pk
    assert seen_by(user) == SEEN[Role.PARK]


def test_a_reporter_is_bound_to_his_items_and_nobody_else():
    reporter = make.person("reporter", Role.REPORTER, data_items=["tax", "power"])
    assert reporter.data_items() == {DataItem.TAX, DataItem.POWER}
    assert make.person("clerk", Role.PER_MU).data_items() is None


def test_the_administrators_write_nothing_but_people():
    """三员分立: registering and granting are in two hands, and no hand of the three reaches business data."""
    granted = {(role, subject): acts[role] for subject, acts in RIGHTS.items() for role in ADMINISTRATORS & acts.keys()}
    assert granted == {
        (Role.SYSTEM_ADMIN, "people"): {"propose", "read"},
        (Role.SECURITY_ADMIN, "people"): {"grant", "read", "review"},
        (Role.AUDIT_ADMIN, "people"): {"read", "review"},
        (Role.AUDIT_ADMIN, "journal"): {"read"},
        (Role.SYSTEM_ADMIN, "jobs"): {"watch"},
        (Role.SECURITY_ADMIN, "alarms"): {"handle", "read"},
        (Role.AUDIT_ADMIN, "alarms"): {"handle", "read"},
        (Role.AUDIT_ADMIN, "jobs"): {"watch"},
    }


def test_people_and_journal_belong_to_the_administrators():
    assert set(RIGHTS["people"]) | set(RIGHTS["journal"]) == ADMINISTRATORS


def test_what_is_not_named_is_denied():
    assert not may(Role.PER_MU, "destroy", "enterprises")
    assert not may(Role.PER_MU, "add", "unheard-of")
    assert not may(None, "add", "enterprises")
    assert not make.person("postless").may("read", "people")
