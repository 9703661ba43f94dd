"""Numbers that run through a year: what a person typed never stops the next one."""

import datetime as dt

import pytest

from apps.accounts.choices import Role
from apps.chains.models import NUMBERS, Instruction
from apps.ledger import services
from apps.ledger.history import writing
from tests import factories
from tests.ledger.api_contract import Script

pytestmark = pytest.mark.django_db
FORM = "应写成 JB2021-0001 的样子（年份、连字符、四位序号）；不填则自动编号。"


@pytest.fixture
def office(settings):
    settings.OFFICE_TODAY = dt.date(2021, 10, 15)
    return Script(factories.person("chain_office", Role.CHAIN_OFFICE, industry=factories.industry()), "/api/ledgers/instructions/")


def numbered(office, number=""):
    """Enter an instruction over the API and return its number, or what the API has against the one typed."""
    body = {"chain": factories.chain_of_industry().pk, "text": "协调用地"} | ({"number": number} if number else {})
    answer = office("post", body=body).json()
    return answer.get("number") or answer["errors"]


@pytest.mark.parametrize(
    "typed", ["JB2021-补一", "JB2021-1", "JB2021-0000", "JB2021-00001", "JB2021-1000000", "JB２０２１-0001", "jb2021-0001", "缙交办1号"]
)
def test_a_number_of_another_form_is_refused_at_its_field(office, typed):
    assert numbered(office, typed) == {"number": [FORM]}
    assert numbered(office) == "JB2021-0001"


@pytest.mark.parametrize(
    ("typed", "following"),
    [
        ([], ["JB2021-0001", "JB2021-0002"]),
        (["JB2021-0007", "JB2020-0009"], ["JB2021-0008", "JB2021-0009"]),
        (["JB2021-9999"], ["JB2021-10000", "JB2021-10001"]),
        (["JB2021-10000", "JB2021-9999"], ["JB2021-10001", "JB2021-10002"]),
        (["JB2021-999999", "JB2021-0001"], ["JB2021-0002", "JB2021-0003"]),
    ],
)
def test_the_next_number_follows_the_greatest_as_a_number(office, typed, following):
    assert [numbered(office, number) for number in typed] == typed
    assert [numbered(office) for _ in following] == following


def test_what_was_stored_before_the_form_was_asked_for_can_go_on_and_stops_nothing(office):
    row = factories.instruction()
    with writing():
        Instruction.objects.filter(pk=row.pk).update(number="JB2021-补一")
    row.refresh_from_db()
    assert numbered(office) == "JB2021-0001"
    services.change(record=row, values={"helpers": "县税务局"}, version=1, actor=factories.SYSTEM)
    assert office("patch", f"{row.pk}/", {"number": "JB2021-补二"}, version=2).json()["errors"] == {"number": [FORM]}
    assert office("patch", f"{row.pk}/", {"number": "JB2021-0030"}, version=2).json()["number"] == "JB2021-0030"


def test_a_year_begins_anew(office):
    assert [NUMBERS.next(Instruction, year) for year in (2021, 2022)] == ["JB2021-0001", "JB2022-0001"]
    assert numbered(office) == "JB2021-0001"
    assert [NUMBERS.next(Instruction, year) for year in (2021, 2022)] == ["JB2021-0002", "JB2022-0001"]
