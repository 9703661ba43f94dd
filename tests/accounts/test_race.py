"""Two administrators register the same name at the same moment: one is done, the other reads why not."""

from functools import partial

import pytest
from django.urls import reverse

from apps.accounts.choices import Role
from apps.accounts.models import Organisation, User
from apps.journal.models import JournalEntry
from tests import factories
from tests.ledger.contract import signed_in
from tests.racing import at_once

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
ROUNDS = 8


@pytest.fixture
def clients():
    return [signed_in(factories.person(name, Role.SYSTEM_ADMIN)) for name in ("sysadmin", "sysadmin2")]


@pytest.mark.parametrize(
    ("page", "typed", "late"),
    [
        ("propose", lambda number: {"username": f"clerk{number}", "name": "某人"}, "用户名“clerk{}”刚刚已由他人登记，请换一个用户名。"),
        ("organisations", lambda number: {"name": f"单位{number}"}, "单位“单位{}”刚刚已由他人登记，请刷新后核对。"),
    ],
)
def test_one_is_registered_and_the_other_reads_why_not(clients, page, typed, late):
    seen_late = 0
    for number in range(ROUNDS):
        url, form = reverse(f"accounts:{page}"), typed(number)
        answers = at_once(*[partial(client.post, url, form, follow=True) for client in clients])
        pages = [answer.content.decode() for answer in answers]
        done = [page for page in pages if "已登记：" in page]
        refused = [page for page in pages if late.format(number) in page or "已经登记过，请核对。" in page]
        assert (len(done), len(refused)) == (1, 1)
        seen_late += late.format(number) in refused[0]
    model = User if page == "propose" else Organisation
    assert model.objects.count() == ROUNDS + (2 if page == "propose" else 0)
    assert JournalEntry.objects.filter(act__in=("登记人员", "登记单位")).count() == ROUNDS
    assert seen_late, "no round was close enough to prove anything"
