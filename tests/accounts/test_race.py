"""At the same moment: two administrators register the same name; two sign-ins type the same code of one phone."""

from functools import partial

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django_otp.oath import TOTP

from apps.accounts import factors
from apps.accounts.choices import Role
from apps.accounts.models import Authenticator, Organisation, User
from apps.core.actor import Actor
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


def verify_without_the_lock(*, user, code, actor):
    """What a check without a lock does: look, think, write."""
    with transaction.atomic(), connection.cursor() as cursor:
        device = user.authenticator_set.get()
        cursor.execute("SELECT pg_sleep(0.005)")
        return device.verify_token(code) or None


def opened_by_one_code(verify):
    """Let one code be typed twice at the same moment, many times; return how many of each pair it opened to."""
    opened = []
    for number in range(ROUNDS):
        user = factories.person(f"approver{number}", Role.APPROVER)
        device = Authenticator.objects.create(user=user, name="手机", sealed=factors.new_secret())
        act = partial(verify, user=user, code=f"{TOTP(device.bin_key).token():06d}", actor=Actor.of(user))
        outcomes = at_once(act, act)
        assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
        opened.append(sum(outcome is not None for outcome in outcomes))
    return opened


def test_a_code_typed_twice_at_the_same_moment_opens_once():
    assert opened_by_one_code(factors.verify) == [1] * ROUNDS


def test_without_the_lock_it_opens_twice():
    """The control: if it does not, the test above proves nothing."""
    assert max(opened_by_one_code(verify_without_the_lock)) == 2
