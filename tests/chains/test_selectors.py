"""The chain's figures from the ledger beside the plan's targets, and its posts."""

import datetime as dt
from decimal import Decimal as D

import pytest
from django.core.exceptions import ValidationError

from apps.accounts.choices import Role
from apps.accounts.models import Post
from apps.chains import selectors
from apps.enterprises.choices import Scale
from apps.enterprises.selectors import latest_period
from apps.ledger import services as ledger
from tests import factories as make

pytestmark = pytest.mark.django_db


def performance(chain, user):
    period = latest_period(user)
    return selectors.performance(chain, user, selectors.facts_of(user, period, [chain.industry_id])[chain.industry_id], period)


def test_targets_against_the_ledger(equipment, chief):
    found = performance(equipment, chief)
    assert (found.above, found.year, found.year_output, found.target, found.far_target) == (3, 2020, 120, 150, 350)
    assert (str(found.period), found.output, found.tax) == ("2021年1—9月", 99, 3)
    assert (found.progress, found.due_output, found.light) == (80, D("94.5"), "green")


def test_growth_leaves_the_new_firm_out(equipment, chief):
    """(90 + 5) ÷ (75 + 5) - 1 = 18.75 %; the new firm has no last year."""
    assert performance(equipment, chief).growth == D("18.75")


def test_firms_below_scale_and_of_other_industries_do_not_count(equipment, chief):
    make.monthly(make.enterprise(industry=equipment.industry, scale=Scale.BELOW), 2021, 9, output=D(10_000))
    make.monthly(make.enterprise(industry=make.industry("健康医疗")), 2021, 9, output=D(10_000))
    found = performance(equipment, chief)
    assert (found.output, found.above) == (99, 3)


def test_a_chain_without_figures_has_none(health):
    leader = make.person("leader", Role.LEADER)
    found = selectors.performance(health, leader, [], None)
    assert (found.above, found.year_output, found.output, found.growth, found.progress, found.light) == (0, None, None, None, None, "grey")
    assert found.target == 120


def test_posts_in_force(equipment, chief, office):
    officers = selectors.officers_of([equipment])[equipment.pk]
    assert (officers.chief.user, [post.user for post in officers.office], officers.specialist) == (chief, [office], None)
    Post.objects.filter(user=chief).update(end=dt.date(2021, 10, 15))
    assert selectors.officers_of([equipment])[equipment.pk].chief is None


def test_specialist_is_a_post_of_the_chain_office(equipment, chief, office):
    ledger.change(record=equipment, values={"specialist": office.posts.get()}, version=1, actor=make.SYSTEM)
    equipment.refresh_from_db()
    assert selectors.officers_of([equipment])[equipment.pk].specialist.user == office
    with pytest.raises(ValidationError, match="指导专员应是本产业链办的岗位"):
        ledger.change(record=equipment, values={"specialist": chief.posts.get()}, version=2, actor=make.SYSTEM)


def test_overview_has_one_line_per_chain_and_the_same_number_of_queries(equipment, health, django_assert_num_queries):
    leader = make.person("leader", Role.LEADER)
    leader.reach()
    with django_assert_num_queries(5):
        period, lines = selectors.overview(leader)
    assert [(line["chain"], line["output"], line["items"]["items"]) for line in lines] == [(equipment, 99, 9), (health, None, 0)]
