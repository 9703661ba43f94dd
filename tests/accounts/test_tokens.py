"""Personal access tokens: made on a page, shown once, kept hashed, dead with what they rest on (reliability.md T36, T38, A5)."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts import services
from apps.accounts.choices import Role
from apps.accounts.models import AccessToken, Post
from apps.core import clock
from apps.core.actor import Actor
from apps.platforms.models import Town
from tests import factories

pytestmark = pytest.mark.django_db
PAGE = reverse("accounts:tokens")
LIST = "/api/ledgers/towns/"
DEAD = {"message": "访问令牌无效、已过期或已撤销，请在“个人设置”的“访问令牌”中重新建立。"}


@pytest.fixture
def page(client, clerk):
    client.force_login(clerk)
    return client


@pytest.fixture
def make(page, clerk):
    """Return a function that makes a token on the page and returns its text."""

    def post(name="数据对接", days=30, held=None):
        answer = page.post(PAGE, {"name": name, "post": (held or clerk.posts.get()).pk, "days": days})
        return answer.context["text"]

    return post


def call(text, method="get", path=LIST, **extra):
    """Call the API with a token and nothing else: no cookie, no CSRF token."""
    headers = {"Authorization": f"Bearer {text}", **extra.pop("headers", {})}
    return getattr(Client(enforce_csrf_checks=True), method)(path, headers=headers, **extra)


def test_a_token_is_shown_once_and_kept_as_a_hash(page, make, clerk, journal):
    text = make()
    token = AccessToken.objects.get()
    assert (len(text), text[:3], token.user, token.post, token.name) == (67, "jy_", clerk, clerk.posts.get(), "数据对接")
    assert text[15:] not in "".join(str(value) for value in AccessToken.objects.values_list().get())
    listed = page.get(PAGE)
    assert ([one.name for one in listed.context["tokens"]], text in listed.content.decode()) == (["数据对接"], False)
    assert journal()[-1] == ("建立访问令牌", "数据对接", "成功")
    assert "no-store" in page.post(PAGE, {"name": "又一个", "post": token.post_id, "days": 7})["Cache-Control"]


def test_a_token_reads_and_writes_in_its_post(make, clerk):
    text = make()
    assert call(text).status_code == 200
    body = '{"code": "331199007", "name": "新设镇", "kind": "town"}'
    assert call(text, "post", data=body, content_type="application/json").status_code == 201
    entry = Town.objects.get().history.get()
    assert (entry.history_user, entry.post, entry.channel) == (clerk, "亩均办", "接口")


def test_a_token_acts_in_the_post_it_was_made_for(make, clerk):
    park = factories.platform()
    second = Post.objects.create(user=clerk, role=Role.PARK, platform=park, start=dt.date(2018, 1, 1))
    factories.enterprise("园内企业", platform=park), factories.enterprise("园外企业")
    texts = [make(held=post) for post in clerk.posts.order_by("pk")]
    names = [[row["label"] for row in call(text, path="/api/ledgers/enterprises/?sort=name").json()["results"]] for text in texts]
    assert [sorted(found) for found in names] == [["园内企业", "园外企业"], ["园内企业"]]
    services.end_post(post=second, actor=factories.SYSTEM)
    assert [call(text).status_code for text in texts] == [401, 401]


def test_a_post_that_ends_by_itself_ends_the_token(make, clerk, settings):
    text = make()
    settings.OFFICE_TODAY = dt.date(2021, 10, 15)
    clerk.posts.update(end=dt.date(2021, 10, 16))
    assert call(text).status_code == 200
    settings.OFFICE_TODAY = dt.date(2021, 10, 16)
    assert (call(text).status_code, call(text).json()) == (401, DEAD)


def by_security_admin(act):
    return lambda clerk: act(user=clerk, actor=Actor.of(factories.person("guard", Role.SECURITY_ADMIN)))


@pytest.mark.parametrize(
    "act",
    [
        by_security_admin(services.deactivate),
        by_security_admin(services.reset_password),
        by_security_admin(services.end_sessions),
        lambda clerk: services.grant_post(user=clerk, role=Role.LEADER, start=dt.date(2021, 1, 1), actor=factories.SYSTEM),
        lambda clerk: services.end_post(post=clerk.posts.get(), actor=factories.SYSTEM),
        lambda clerk: services.change_password(user=clerk, password="Jinyun-2022!", actor=Actor.of(clerk)),
    ],
    ids=["deactivated", "password reset", "sessions ended", "post granted", "post ended", "own new password"],
)
def test_a_token_dies_with_what_it_rests_on(make, clerk, act):
    text = make()
    assert call(text).status_code == 200
    act(clerk)
    answer = call(text)
    assert (answer.status_code, answer.json(), answer["WWW-Authenticate"]) == (401, DEAD, "Bearer")


def test_a_token_expires(make, monkeypatch):
    text = make(days=7)
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now + dt.timedelta(days=6, hours=23))
    assert call(text).status_code == 200
    monkeypatch.setattr(timezone, "now", lambda: now + dt.timedelta(days=7, seconds=1))
    assert call(text).status_code == 401
    assert not AccessToken.objects.exists()


def test_a_token_is_revoked_by_its_owner_only(page, make, journal):
    text = make()
    url = reverse("accounts:revoke-token", args=[AccessToken.objects.get().reference])
    stranger = Client()
    stranger.force_login(factories.person("stranger", Role.PER_MU))
    assert (stranger.post(url).status_code, call(text).status_code) == (404, 200)
    assert page.get(url).status_code == 405
    assert page.post(url).url == PAGE
    assert journal()[-1] == ("撤销访问令牌", "数据对接", "成功")
    assert call(text).status_code == 401


def test_a_due_password_shuts_the_api_for_tokens_and_sessions(page, make, clerk):
    text = make()
    type(clerk).objects.update(must_change_password=True)
    for answer in (call(text), page.get(LIST), page.patch(f"{LIST}1/", "{}", "application/json")):
        assert (answer.status_code, answer.json()) == (403, {"message": "请先修改密码。"})


def test_a_password_too_old_shuts_the_api(make, clerk, monkeypatch):
    text = make(days=90)
    later = timezone.now() + dt.timedelta(days=89, hours=23)
    type(clerk).objects.update(password_changed_at=clock.now() - dt.timedelta(minutes=30))
    monkeypatch.setattr(clock, "now", lambda: later)
    assert call(text).status_code == 200
    monkeypatch.setattr(clock, "now", lambda: later + dt.timedelta(minutes=59))
    assert (call(text).status_code, call(text).json()) == (403, {"message": "请先修改密码。"})


def test_a_session_writes_only_with_its_csrf_token(clerk):
    client = Client(enforce_csrf_checks=True)
    client.force_login(clerk)
    body = {"data": '{"code": "331199007", "name": "新设镇", "kind": "town"}', "content_type": "application/json"}
    answer = client.post(LIST, **body)
    assert (answer.status_code, answer.json()) == (403, {"message": "缺少有效的 CSRF 令牌（X-CSRFToken 请求头）。"})
    client.get(PAGE)
    assert client.post(LIST, **body, headers={"X-CSRFToken": client.cookies["csrftoken"].value}).status_code == 201


def test_a_session_that_is_over_is_told_in_json(page, clerk):
    type(clerk).objects.update(session_epoch=7)
    answer = page.get(LIST)
    assert (answer.status_code, answer.json()) == (401, {"message": "请先登录，或在 Authorization 请求头中给出访问令牌。"})


def test_administrators_have_no_post_to_make_a_token_for(client):
    guard = factories.person("guard", Role.SECURITY_ADMIN)
    client.force_login(guard)
    answer = client.post(PAGE, {"name": "x", "post": guard.posts.get().pk, "days": 7})
    assert (list(answer.context["form"].errors), AccessToken.objects.count()) == (["post"], 0)


@pytest.mark.parametrize("wrong", [{"post": "10000"}, {"days": "3650"}, {"name": ""}, {"name": "x" * 41}])
def test_a_token_that_cannot_be_made_is_refused_at_its_field(page, clerk, wrong):
    answer = page.post(PAGE, {"name": "x", "post": clerk.posts.get().pk, "days": 7} | wrong)
    assert (answer.status_code, list(answer.context["form"].errors), AccessToken.objects.count()) == (200, list(wrong), 0)


def test_so_many_tokens_and_no_more(page, make, settings):
    settings.TOKENS_PER_PERSON = 2
    make(), make()
    answer = page.post(PAGE, {"name": "x", "post": AccessToken.objects.first().post_id, "days": 7})
    assert answer.context["form"].non_field_errors() == ["每人最多 2 个有效令牌，请先撤销不用的。"]
    assert AccessToken.objects.count() == 2


def test_so_many_requests_a_minute_and_no_more(page, make, settings):
    from django.core.cache import cache

    cache.clear()
    settings.API_RATE = "3/min"
    text = make()
    assert [call(text).status_code for _ in range(2)] + [page.get(LIST).status_code] == [200, 200, 200]
    answer = call(text)
    assert (answer.status_code, "请求过于频繁" in answer.json()["message"], int(answer["Retry-After"]) <= 61) == (429, True, True)
    other = factories.person("other", Role.LEADER)
    page.force_login(other)
    assert page.get(LIST).status_code == 200


def test_a_token_from_before_the_second_factor_opens_nothing(make, clerk, settings):
    text = make()
    assert call(text).status_code == 200
    settings.SECOND_FACTOR_ROLES = [clerk.role]
    assert call(text).status_code == 401


def test_making_one_takes_a_fresh_password(page, clerk, settings):
    settings.PROOF_LIFE = dt.timedelta(0)
    answer = page.get(reverse("accounts:tokens"))
    assert (answer.status_code, answer.url.split("?")[0]) == (302, reverse("accounts:prove"))
