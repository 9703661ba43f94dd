"""The sign-in page: one answer for every refusal, a lock that is no weapon (reliability.md A3, A5, G6)."""

import datetime as dt
from collections import Counter

import pytest
from django.conf import global_settings
from django.contrib.auth.hashers import MD5PasswordHasher, PBKDF2PasswordHasher
from django.contrib.sessions.models import Session
from django.urls import reverse

from apps.accounts import services
from apps.accounts.choices import Role
from apps.accounts.forms import REFUSAL
from apps.accounts.models import User
from apps.core.actor import Actor
from apps.journal.models import JournalEntry
from apps.journal.rules import REFUSALS_A_MINUTE
from apps.journal.services import enter_counted
from jinyun import settings as project
from tests.accounts.conftest import PASSWORD
from tests.factories import person

pytestmark = pytest.mark.django_db
WRONG = "Wrong-2021!"


def told(response):
    """Return the refusals of a sign-in page."""
    return response.context["form"].non_field_errors()


def test_the_page_carries_the_notice(client):
    response = client.get(reverse("accounts:sign-in"))
    assert response.status_code == 200
    assert "严禁处理、传输国家秘密" in response.content.decode()


@pytest.mark.parametrize(
    ("role", "page"),
    [
        (Role.PER_MU, "workbench:home"),
        (Role.SECURITY_ADMIN, "accounts:people"),
        (Role.AUDIT_ADMIN, "accounts:people"),
        (None, "accounts:profile"),
    ],
)
def test_signing_in_leads_to_the_first_page(sign_in, journal, role, page):
    person("lin", role)
    response = sign_in("lin")
    assert (response.status_code, response.url) == (302, reverse(page))
    assert journal() == [("登录", "lin", "成功")]


def test_every_refusal_says_the_same(sign_in, clerk, secadmin):
    services.deactivate(user=person("closed", Role.PER_MU), actor=Actor.of(secadmin))
    lapsed = person("lapsed", Role.PER_MU)
    services.set_password(user=lapsed, password=PASSWORD, must_change=True)
    User.objects.filter(pk=lapsed.pk).update(password_changed_at=lapsed.password_changed_at - dt.timedelta(days=7))
    proposed = services.propose_user(username="proposed", name="新人", actor=Actor.system("测试"))
    assert not proposed.has_usable_password()
    refused = [sign_in("clerk", WRONG), sign_in("nobody"), sign_in("closed"), sign_in("lapsed"), sign_in("proposed", "!")]
    assert [(answer.status_code, told(answer)) for answer in refused] == [(200, [REFUSAL])] * 5


def test_an_unknown_name_is_not_written_down(sign_in, clerk, journal):
    sign_in("clerk", WRONG)
    sign_in("Secret-typed-into-the-wrong-box")
    assert journal() == [("登录失败", "clerk", "失败"), ("登录失败", "未登记的用户名", "失败")]


def test_five_failures_lock_the_name_at_this_address_only(sign_in, client, clerk, journal):
    person("colleague", Role.PER_MU)
    answers = [sign_in("clerk", WRONG).status_code for _ in range(5)]
    assert answers == [200, 200, 200, 200, 429]
    locked = sign_in("clerk")
    assert locked.status_code == 429
    assert "请 15 分钟后再试" in locked.content.decode()
    assert "_auth_user_id" not in client.session
    assert Counter(journal()) == {("登录失败", "clerk", "失败"): 4, ("登录锁定", "clerk", "失败"): 2}
    assert sign_in("clerk", REMOTE_ADDR="10.0.0.7").status_code == 302
    assert sign_in("colleague").status_code == 302


def test_a_success_forgets_earlier_failures(sign_in, client, clerk):
    for _ in range(3):
        assert [sign_in("clerk", WRONG).status_code for _ in range(4)] == [200] * 4
        assert sign_in("clerk").status_code == 302
        client.logout()


def test_the_security_administrator_unlocks(sign_in, client, clerk, secadmin, journal):
    for _ in range(5):
        sign_in("clerk", WRONG)
    services.unlock(user=clerk, actor=Actor.of(secadmin))
    assert journal()[-1] == ("解除锁定", "clerk（clerk）", "成功")
    assert sign_in("clerk").status_code == 302


class TestSlowLock:
    """One name tried from many addresses (reliability.md 2.4): slower than the lock by name and address, and no weapon."""

    @staticmethod
    def fail_everywhere(sign_in, times, name="clerk"):
        """Fail `times` times, four times from each address."""
        return [sign_in(name, WRONG, REMOTE_ADDR=f"10.1.{n // 4}.1").status_code for n in range(times)]

    def test_thirty_failures_from_everywhere_lock_the_name_where_it_is_not_known(self, sign_in, client, clerk, journal):
        assert sign_in("clerk", REMOTE_ADDR="10.0.0.7").status_code == 302
        client.logout()
        assert self.fail_everywhere(sign_in, 30) == [200] * 30
        assert sign_in("clerk", REMOTE_ADDR="10.2.0.1").status_code == 429
        assert sign_in("clerk", REMOTE_ADDR="10.0.0.7").status_code == 302  # his own desk
        assert set(journal()[-3:-1]) == {("登录失败", "clerk", "失败"), ("登录锁定", "clerk", "失败")}

    def test_other_names_are_not_touched(self, sign_in, clerk):
        person("colleague", Role.PER_MU)
        self.fail_everywhere(sign_in, 30)
        assert sign_in("colleague", REMOTE_ADDR="10.2.0.1").status_code == 302

    def test_twenty_nine_do_not_lock(self, sign_in, clerk):
        self.fail_everywhere(sign_in, 29)
        assert sign_in("clerk", REMOTE_ADDR="10.2.0.1").status_code == 302

    def test_it_opens_after_an_hour_by_itself(self, sign_in, clerk, later):
        self.fail_everywhere(sign_in, 30)
        assert sign_in("clerk", REMOTE_ADDR="10.2.0.1").status_code == 429
        later(minutes=61)
        assert sign_in("clerk", REMOTE_ADDR="10.2.0.2").status_code == 302

    def test_the_security_administrator_lifts_it(self, sign_in, clerk, secadmin):
        self.fail_everywhere(sign_in, 30)
        services.unlock(user=clerk, actor=Actor.of(secadmin))
        assert sign_in("clerk", REMOTE_ADDR="10.2.0.1").status_code == 302


class TestManyNamesFromOneAddress:
    """One common password tried on name after name: a lock no single name ever meets (reliability.md A3)."""

    @pytest.fixture(autouse=True)
    def few(self, settings):
        settings.ADDRESS_FAILURE_LIMIT = 12

    @staticmethod
    def spray(sign_in, times, address="10.9.0.1"):
        return [sign_in(f"name{n}", WRONG, REMOTE_ADDR=address).status_code for n in range(times)]

    def test_the_address_is_locked_but_for_those_at_home_there(self, sign_in, client, clerk):
        person("colleague", Role.PER_MU)
        assert sign_in("clerk", REMOTE_ADDR="10.9.0.1").status_code == 302
        client.logout()
        assert self.spray(sign_in, 12) == [200] * 12
        assert self.spray(sign_in, 1) == [429]
        assert sign_in("colleague", REMOTE_ADDR="10.9.0.1").status_code == 429  # the right password, too: it says nothing
        assert sign_in("clerk", REMOTE_ADDR="10.9.0.1").status_code == 302
        client.logout()
        assert sign_in("colleague", REMOTE_ADDR="10.9.0.2").status_code == 302

    def test_one_less_does_not_lock_and_an_hour_opens(self, sign_in, client, clerk, later):
        self.spray(sign_in, 11)
        assert sign_in("clerk", REMOTE_ADDR="10.9.0.1").status_code == 302
        client.logout()
        assert self.spray(sign_in, 2) == [200, 429]
        later(minutes=61)
        assert sign_in("nobody", WRONG, REMOTE_ADDR="10.9.0.1").status_code == 200


def test_a_script_at_the_door_does_not_fill_the_journal(sign_in):
    """Of one address 60 failed sign-ins a minute are entered; the others are counted and entered as one."""
    for n in range(REFUSALS_A_MINUTE + 3):
        assert sign_in(f"name{n}", WRONG).status_code == 200
    assert JournalEntry.objects.filter(act="登录失败").count() == REFUSALS_A_MINUTE
    enter_counted()
    assert JournalEntry.objects.get(act="其余被拒").target == "3 次"


class CountingHasher(MD5PasswordHasher):
    """Counts how often a password was hashed."""

    count = 0

    def encode(self, password, salt):
        type(self).count += 1
        return super().encode(password, salt)


def test_an_unknown_name_costs_as_much_as_a_known_one(settings, sign_in, secadmin):
    """T37: the time of an answer does not say who exists."""
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    person("clerk", Role.PER_MU)
    services.deactivate(user=person("closed", Role.PER_MU), actor=Actor.of(secadmin))
    costs = []
    for name in ("clerk", "nobody", "closed"):
        CountingHasher.count = 0
        sign_in(name, WRONG)
        costs.append(CountingHasher.count)
    assert costs == [1, 1, 1]


@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [
        (0, "6.6.6.6", "127.0.0.1"),  # no proxy: nobody may say where he is
        (1, "6.6.6.6, 10.0.0.7", "10.0.0.7"),  # what the client wrote stands left of what the proxy saw
        (2, "6.6.6.6, 10.0.0.7, 10.0.0.1", "10.0.0.7"),
        (2, "10.0.0.7", "127.0.0.1"),
        (1, "not an address", "127.0.0.1"),
        (1, "2001:db8::1", "2001:db8::1"),
    ],
)
def test_the_address_is_believed_from_trusted_proxies_only(settings, sign_in, clerk, proxies, header, address):
    settings.PROXY_COUNT = proxies
    sign_in("clerk", headers={"X-Forwarded-For": header})
    assert JournalEntry.objects.get(act="登录").address == address


def test_a_made_up_address_does_not_help_against_the_lock(settings, sign_in, clerk):
    settings.PROXY_COUNT = 1
    answers = [sign_in("clerk", WRONG, headers={"X-Forwarded-For": f"6.6.6.{n}, 10.0.0.7"}).status_code for n in range(5)]
    assert answers == [200, 200, 200, 200, 429]


def test_the_session_key_changes_at_sign_in(client, sign_in, clerk):
    client.get(reverse("accounts:sign-in"))
    client.session.save()
    session = client.session
    session["mark"] = 1
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before
    sign_in("clerk")
    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


def test_next_does_not_lead_away(client, clerk):
    answer = client.post(reverse("accounts:sign-in"), {"username": "clerk", "password": PASSWORD, "next": "https://elsewhere.example/"})
    assert answer.url == reverse("workbench:home")


def test_a_stored_password_is_pbkdf2_with_enough_rounds():
    """OWASP Password Storage Cheat Sheet: PBKDF2-HMAC-SHA256 with at least 600,000 rounds."""
    hashers = getattr(project, "PASSWORD_HASHERS", global_settings.PASSWORD_HASHERS)
    assert hashers[0] == "django.contrib.auth.hashers.PBKDF2PasswordHasher"
    assert PBKDF2PasswordHasher.iterations >= 600_000
