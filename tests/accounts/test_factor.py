"""The second factor of administrators and approvers, and the password once more before delicate acts (reliability.md A7, A8)."""

import datetime as dt
import itertools
import re
from base64 import b32decode
from binascii import hexlify

import pytest
from axes.models import AccessAttempt, AccessFailureLog
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django_otp.oath import TOTP

from apps.accounts import factors, services, tokens
from apps.accounts.choices import ADMINISTRATORS, Role
from apps.accounts.models import Authenticator, User
from apps.core import clock
from apps.core.actor import Actor
from apps.core.errors import Refused
from apps.journal.models import JournalEntry
from apps.journal.rules import REFUSALS_A_MINUTE
from jinyun import settings as project
from tests.accounts.conftest import PASSWORD
from tests.commands import run
from tests.factories import person
from tests.routes import not_led_to

pytestmark = pytest.mark.django_db
PRIVILEGED = ADMINISTRATORS | {Role.APPROVER}
ENROL, VERIFY, PROVE = (reverse(f"accounts:{page}") for page in ("enrol", "verify", "prove"))
SIGN_IN, SIGN_OUT = reverse("accounts:sign-in"), reverse("accounts:sign-out")
STEP = 30  # seconds


@pytest.fixture(autouse=True)
def the_rule_of_the_office(settings):
    settings.SECOND_FACTOR_ROLES = [str(role) for role in PRIVILEGED]


@pytest.fixture
def phone(monkeypatch):
    """Return a function that gives the code a phone shows for a secret (bytes); each call is one step later."""
    start = itertools.count(1_800_000_000, STEP)

    def code(secret):
        now = next(start)
        monkeypatch.setattr("time.time", lambda: now)
        shown = TOTP(secret)
        shown.time = now
        return f"{shown.token():06d}"

    return code


def bound(user, phone):
    """Give `user` a factor and return its secret."""
    sealed = factors.new_secret()
    secret = Authenticator(sealed=sealed).bin_key
    factors.bind(user=user, sealed=sealed, code=phone(secret), actor=Actor.of(user))
    user.refresh_from_db()
    return secret


def test_the_setting_names_the_three_administrators_and_the_approvers():
    assert set(project.SECOND_FACTOR_ROLES) == {str(role) for role in PRIVILEGED}


@pytest.mark.parametrize("role", Role)
def test_who_must_have_one(role):
    assert person("someone", role).needs_factor is (role in PRIVILEGED)


def test_a_post_not_acted_in_counts_too_and_the_sample_does_not():
    user = person("someone", Role.PER_MU)
    user.posts.create(role=Role.APPROVER, start="2019-01-01")
    assert User.objects.get(pk=user.pk).needs_factor
    User.objects.update(is_sample=True)
    assert not User.objects.get(pk=user.pk).needs_factor


def test_a_post_that_begins_while_he_works_asks_for_it_from_that_day(client, sign_in, settings):
    """He goes on in his other post: the factor is asked for whichever he acts in. A token of before opens nothing either."""
    settings.OFFICE_TODAY = dt.date(2021, 10, 15)
    user = person("someone", Role.PER_MU)
    user.posts.create(role=Role.APPROVER, start="2021-10-16")
    text = tokens.make(name="对接", post=user.posts.get(role=Role.PER_MU), days=7, actor=Actor.of(user))
    sign_in("someone")

    def opens():
        api = Client().get("/api/ledgers/enterprises/", headers={"Authorization": f"Bearer {text}"})
        page = client.get(reverse("workbench:home"))
        return page.status_code, page.headers.get("Location"), api.status_code

    assert opens() == (200, None, 200)
    settings.OFFICE_TODAY = dt.date(2021, 10, 16)
    assert opens() == (302, ENROL, 401)


@pytest.mark.deep
@pytest.mark.parametrize("role", sorted(PRIVILEGED))
def test_without_a_factor_no_route_opens_but_its_binding(client, sign_in, role):
    """The identity "privileged without factor" of T31: every route and method."""
    person("someone", role)
    assert sign_in("someone").status_code == 302
    assert not_led_to(ENROL, client, "get", "post") == set()
    assert client.get(ENROL).status_code == 200


def test_a_script_is_told(client, sign_in):
    person("someone", Role.APPROVER)
    sign_in("someone")
    answer = client.get(reverse("workbench:home"), headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()) == (403, {"message": "请先绑定二次验证。"})


def test_binding_signing_in_again_and_the_journal(client, sign_in, phone, journal):
    user = person("someone", Role.APPROVER)
    sign_in("someone")
    page = client.get(ENROL)
    text = re.search(r"<code[^>]*>([A-Z2-7 ]+)</code>", page.content.decode())[1]
    assert 'src="data:image/png;base64,' in page.content.decode()
    assert page.headers["Cache-Control"] == "no-store"
    secret = b32decode(text.replace(" ", ""))
    assert client.get(ENROL).context["secret"]["text"] == text  # looking again changes nothing
    assert not Authenticator.objects.exists()

    key = client.session.session_key
    assert client.post(ENROL, {"code": phone(secret)}).url == reverse("workbench:home")
    assert client.session.session_key != key
    assert client.get(reverse("workbench:home")).status_code == 200
    client.post(SIGN_OUT)

    sign_in("someone")
    assert client.get(reverse("workbench:home")).url == VERIFY
    key = client.session.session_key
    assert client.post(VERIFY, {"code": phone(secret)}).url == reverse("workbench:home")
    assert client.session.session_key != key
    assert client.get(reverse("workbench:home")).status_code == 200
    acts = ["登录", "绑定二次验证", "退出", "登录", "二次验证"]
    assert [(act, result) for act, _, result in journal()] == [(act, "成功") for act in acts]
    assert not JournalEntry.objects.filter(detail__icontains=hexlify(secret).decode()).exists()
    assert user.authenticator_set.get().confirmed


def test_a_bound_factor_is_asked_before_everything_else(client, sign_in, phone):
    """Also before a due password: a one-time password alone opens nothing."""
    user = person("someone", Role.APPROVER)
    bound(user, phone)
    password = services.reset_password(user=user, actor=Actor.system("测试"))
    sign_in("someone", password)
    assert not_led_to(VERIFY, client, "get") == set()


def test_the_same_code_opens_once(client, sign_in, phone):
    user = person("someone", Role.APPROVER)
    secret = bound(user, phone)
    sign_in("someone")
    code = phone(secret)
    assert client.post(VERIFY, {"code": code}).status_code == 302
    client.post(SIGN_OUT)
    sign_in("someone")
    again = client.post(VERIFY, {"code": code})
    assert (again.status_code, again.context["form"].errors) == (200, {"code": [factors.WRONG]})
    assert client.get(reverse("workbench:home")).url == VERIFY


def test_the_code_that_bound_does_not_open(client, sign_in, phone):
    user = person("someone", Role.APPROVER)
    sealed = factors.new_secret()
    code = phone(Authenticator(sealed=sealed).bin_key)
    factors.bind(user=user, sealed=sealed, code=code, actor=Actor.of(user))
    sign_in("someone")
    assert client.post(VERIFY, {"code": code}).context["form"].errors == {"code": [factors.WRONG]}


@pytest.mark.parametrize(
    ("typed", "message"),
    [("", "请输入验证码。"), ("12345", "验证码是 6 位数字。"), ("1234567", "验证码是 6 位数字。"), ("abcdef", "验证码是 6 位数字。")],
)
def test_what_is_no_code_is_told(client, sign_in, typed, message):
    person("someone", Role.APPROVER)
    sign_in("someone")
    assert client.post(ENROL, {"code": typed}).context["form"].errors == {"code": [message]}


def test_a_code_may_be_typed_in_full_width_with_blanks(client, sign_in, phone):
    person("someone", Role.APPROVER)
    sign_in("someone")
    secret = b32decode(client.get(ENROL).context["secret"]["text"].replace(" ", ""))
    code = phone(secret)
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code)
    assert client.post(ENROL, {"code": f"{wide[:3]} {wide[3:]}"}).status_code == 302


def test_a_wrong_code_binds_nothing(client, sign_in, phone, journal):
    person("someone", Role.APPROVER)
    sign_in("someone")
    secret = b32decode(client.get(ENROL).context["secret"]["text"].replace(" ", ""))
    wrong = f"{(int(phone(secret)) + 1) % 1_000_000:06d}"
    assert "没有绑定" in client.post(ENROL, {"code": wrong}).context["form"].errors["code"][0]
    assert not Authenticator.objects.exists()
    assert [act for act, *_ in journal()] == ["登录"]


def test_guessing_is_slowed_down_and_journalled(client, sign_in, phone, journal):
    user = person("someone", Role.APPROVER)
    secret = bound(user, phone)
    sign_in("someone")
    for _ in range(3):
        client.post(VERIFY, {"code": "000000"})
    assert client.post(VERIFY, {"code": phone(secret)}).status_code == 200  # right, but too soon
    assert journal()[-4:] == [("二次验证", "someone（someone）", "失败")] * 4


def test_a_script_that_guesses_codes_does_not_fill_the_journal(client, sign_in, phone):
    bound(person("someone", Role.APPROVER), phone)
    sign_in("someone")
    for _ in range(REFUSALS_A_MINUTE + 3):
        client.post(VERIFY, {"code": "000000"})
    assert JournalEntry.objects.filter(act="二次验证").count() == REFUSALS_A_MINUTE


def test_unlocking_ends_the_wait_after_wrong_codes_too(client, sign_in, phone):
    """Who knows the password only could else keep the person out for as long as he tried."""
    user = person("someone", Role.APPROVER)
    secret = bound(user, phone)
    sign_in("someone")
    for _ in range(3):
        client.post(VERIFY, {"code": "000000"})
    services.unlock(user=user, actor=Actor.of(person("keeper", Role.SECURITY_ADMIN)))
    assert client.post(VERIFY, {"code": phone(secret)}).status_code == 302


def test_who_has_only_the_password_pushes_nobody_out(client, sign_in, phone, settings):
    """A sign-in takes its place among the three with the code, not before."""
    user = person("someone", Role.APPROVER)
    secret = bound(user, phone)
    clients = [client, *(Client() for _ in range(settings.SESSION_PLACES))]
    home = reverse("workbench:home")
    for other in clients[1:]:
        other.post(SIGN_IN, {"username": "someone", "password": PASSWORD})
        other.post(VERIFY, {"code": phone(secret)})
    for _ in range(settings.SESSION_PLACES):
        client.cookies.clear()
        sign_in("someone")
    assert [other.get(home).status_code for other in clients[1:]] == [200] * settings.SESSION_PLACES
    assert client.get(home).url == VERIFY
    client.post(VERIFY, {"code": phone(secret)})
    assert [other.get(home).status_code for other in clients] == [200, 302, 200, 200]


def test_replacing_takes_a_fresh_password_and_ends_other_sessions(client, sign_in, phone, later):
    user = person("someone", Role.APPROVER)
    old = bound(user, phone)
    sign_in("someone")
    client.post(VERIFY, {"code": phone(old)})
    later(minutes=9)
    assert client.get(ENROL).status_code == 200
    later(minutes=11)
    assert client.get(ENROL).url == f"{PROVE}?next={ENROL}"
    assert client.post(ENROL, {"code": "123456"}).url == f"{PROVE}?next={ENROL}"
    assert client.post(PROVE, {"password": PASSWORD, "next": ENROL}).url == ENROL
    new = b32decode(client.get(ENROL).context["secret"]["text"].replace(" ", ""))
    epoch = User.objects.get(pk=user.pk).session_epoch
    assert client.post(ENROL, {"code": phone(new)}).status_code == 302
    assert user.authenticator_set.get().bin_key == new
    assert User.objects.get(pk=user.pk).session_epoch == epoch + 1
    assert client.get(reverse("workbench:home")).status_code == 200


class TestProof:
    def test_a_wrong_password_counts_like_a_failed_sign_in(self, client, sign_in, clerk, journal):
        sign_in("clerk")
        answers = [client.post(PROVE, {"password": "Wrong-2021!"}) for _ in range(5)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429]
        assert answers[0].context["form"].errors == {"password": ["密码不正确。"]}
        assert journal()[1] == ("再次验证", "clerk", "失败")
        client.post(SIGN_OUT)
        assert sign_in("clerk").status_code == 429

    def test_a_wrong_old_password_counts_too(self, client, sign_in, clerk):
        sign_in("clerk")
        fields = {"old_password": "Wrong-2021!", "new_password1": "Water-Hill-77", "new_password2": "Water-Hill-77"}
        assert [client.post(reverse("accounts:password"), fields).status_code for _ in range(5)] == [200, 200, 200, 200, 429]

    def test_no_typed_password_is_written_down(self, client, sign_in, clerk):
        sign_in("clerk", "Secret-one-1")
        client.force_login(clerk)
        fields = {"old_password": "Secret-two-2", "new_password1": "Secret-three-3", "new_password2": "Secret-four-4"}
        client.post(reverse("accounts:password"), fields)
        client.post(PROVE, {"password": "Secret-five-5"})
        written = [*AccessAttempt.objects.values(), *AccessFailureLog.objects.values(), *JournalEntry.objects.values()]
        assert len(written) >= 6
        assert "Secret-" not in str(written)

    def test_it_leads_nowhere_else(self, client, sign_in, clerk):
        sign_in("clerk")
        assert client.post(PROVE, {"password": PASSWORD, "next": "https://elsewhere.example/"}).url == reverse("accounts:profile")

    def test_a_script_is_told(self, client, sign_in, phone, later):
        user = person("someone", Role.APPROVER)
        secret = bound(user, phone)
        sign_in("someone")
        client.post(VERIFY, {"code": phone(secret)})
        later(minutes=11)
        answer = client.get(ENROL, headers={"Accept": "application/json"})
        assert (answer.status_code, answer.json()) == (403, {"message": "请先在页面上重新验证密码，再办理此项。"})


class TestRemoval:
    @pytest.fixture
    def keeper(self, client, sign_in, phone):
        """A security administrator at work."""
        keeper = person("keeper", Role.SECURITY_ADMIN)
        secret = bound(keeper, phone)
        sign_in("keeper")
        assert client.post(VERIFY, {"code": phone(secret)}).status_code == 302
        return keeper

    def test_the_security_administrator_removes_it_and_the_next_sign_in_binds_anew(self, client, keeper, sign_in, phone, journal):
        user = person("someone", Role.APPROVER)
        bound(user, phone)
        page = client.get(reverse("accounts:person", args=[user.pk])).content.decode()
        assert "解除二次验证" in page
        answer = client.post(reverse("accounts:remove-factor", args=[user.pk]))
        assert answer.url == reverse("accounts:person", args=[user.pk])
        assert journal()[-1] == ("解除二次验证", "someone（someone）", "成功")
        assert not user.authenticator_set.exists()
        client.post(SIGN_OUT)
        sign_in("someone")
        assert client.get(reverse("workbench:home")).url == ENROL

    def test_it_takes_a_fresh_password(self, client, keeper, phone, later):
        user = person("someone", Role.APPROVER)
        bound(user, phone)
        later(minutes=11)
        back = reverse("accounts:person", args=[user.pk])
        assert client.post(reverse("accounts:remove-factor", args=[user.pk])).url == f"{PROVE}?next={back}"
        assert user.authenticator_set.count() == 1

    def test_nobody_removes_his_own(self, keeper):
        with pytest.raises(Refused, match="^不能办理本人的账号和岗位。$"):
            factors.remove(user=keeper, actor=Actor.of(keeper))

    @pytest.mark.parametrize("role", [role for role in Role if role != Role.SECURITY_ADMIN])
    def test_nobody_else_removes_one(self, role, phone):
        user = person("someone", Role.APPROVER)
        bound(user, phone)
        with pytest.raises(Refused, match="^您的岗位没有这项权限。$"):
            factors.remove(user=user, actor=Actor.of(person("other", role)))
        assert user.authenticator_set.count() == 1

    def test_the_console_rescues_a_security_administrator_only(self, keeper, client, journal, sign_in):
        code, document = run("rescue_keeper", "keeper")
        assert code == 0
        assert [act for act, *_ in journal()[-2:]] == ["救助安全管理员", "重置密码"]
        assert client.get(reverse("accounts:people")).url.startswith(SIGN_IN)
        sign_in("keeper", document["password"])
        assert client.get(reverse("accounts:people")).url == reverse("accounts:password")
        assert not keeper.authenticator_set.exists()

    def test_a_former_one_is_called_back_where_none_is_left(self, sign_in, client, journal):
        """His term ended by itself: nobody could appoint another, and the office would stand still for ever."""
        keeper = person("keeper", Role.SECURITY_ADMIN)
        keeper.posts.update(end=clock.today())
        code, document = run("rescue_keeper", "keeper")
        assert (code, [act for act, *_ in journal()]) == (0, ["授予岗位", "救助安全管理员", "重置密码"])
        sign_in("keeper", document["password"])
        assert client.get(reverse("accounts:people")).url == reverse("accounts:password")
        assert keeper.posts.in_force().get().role == Role.SECURITY_ADMIN

    def test_a_former_one_is_not_called_back_while_another_is_there(self):
        keeper = person("keeper", Role.SECURITY_ADMIN)
        keeper.posts.update(end=clock.today())
        person("second", Role.SECURITY_ADMIN)
        assert run("rescue_keeper", "keeper")[0] == 1
        assert not keeper.posts.in_force().exists()

    @pytest.mark.parametrize("username", ["someone", "nobody"])
    def test_the_console_rescues_nobody_else(self, username, capsys):
        user = person("someone", Role.SYSTEM_ADMIN)
        with pytest.raises(SystemExit) as stopped:
            call_command("rescue_keeper", username)
        assert stopped.value.code == 1
        assert "只能救助在任的安全管理员" in capsys.readouterr().err
        assert user.check_password(PASSWORD)


def test_a_person_of_the_sample_binds_nothing(client, clerk):
    User.objects.update(is_sample=True)
    client.force_login(User.objects.get())
    assert client.get(ENROL).status_code == 403
    assert "二次验证</a>" not in client.get(reverse("accounts:profile")).content.decode()


def test_verify_is_for_those_who_have_one(client, clerk):
    client.force_login(clerk)
    assert client.get(VERIFY).url == reverse("workbench:home")
