"""The sample's chains: the plan's five, with an invented and marked state of the nine ones."""

import pytest

from apps.accounts.choices import Role
from apps.chains import sample
from apps.chains.models import Chain, NineOnesItem
from apps.ledger import services as ledger
from apps.platforms.models import Industry
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_five_chains_with_nine_ones_each(plan, today):
    assert sample.load(make.SYSTEM) == 5
    titles = dict(Chain.objects.values_list("name", "chief_title"))
    assert titles == {
        "现代装备产业链": "丽缙园常务副主任",
        "健康医疗产业链": "分管工业副县长",
        "智能家居产业链": "经信厅挂职县领导",
        "节能环保产业链": "",
        "新一代信息技术产业链": "",
    }
    assert NineOnesItem.objects.count() == 5 * 9
    assert all(item.evidence.startswith("示例：") for item in NineOnesItem.objects.exclude(state="todo"))
    for item in NineOnesItem.objects.all():
        item.full_clean()


def test_the_office_post_of_the_sample_is_the_specialist(plan, today):
    office = make.person("office", Role.CHAIN_OFFICE, industry=make.industry("现代装备"))
    office.is_sample = True
    office.save()
    sample.load(make.SYSTEM)
    assert Chain.objects.get(industry__name="现代装备").specialist == office.posts.get()


def test_loading_again_changes_nothing(plan, today):
    sample.load(make.SYSTEM)
    chain = Chain.objects.first()
    ledger.change(record=chain, values={"branches": "县里改过"}, version=chain.version, actor=make.SYSTEM)
    before = list(Chain.objects.values("pk", "version", "branches")), NineOnesItem.history.count()
    assert sample.load(make.SYSTEM) == 0
    assert (list(Chain.objects.values("pk", "version", "branches")), NineOnesItem.history.count()) == before


def test_an_industry_is_known_by_its_code(plan, today):
    """The office renamed one industry and never had another: neither stops a start."""
    home, health = Industry.objects.get(code="home"), Industry.objects.get(code="health")
    ledger.change(record=home, values={"name": "智能家电"}, version=1, actor=make.SYSTEM)
    ledger.change(record=health, values={"code": "medicine"}, version=1, actor=make.SYSTEM)
    assert sample.load(make.SYSTEM) == 4
    assert Chain.objects.get(name="智能家居产业链").industry == home
    assert not Chain.objects.filter(industry=health).exists()
