"""Sessions end: idle, absolute, on deactivation, on changed rights or password, at sign-out (reliability.md A4, A5)."""

import datetime as dt

import pytest
from axes.models import AccessAttempt, AccessFailureLog
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts import services
from apps.accounts.choices import Role
from apps.core import clock
from apps.core.actor import Actor
from apps.jobs import services as jobs
from apps.jobs.models import Job
from tests.accounts.conftest import PASSWORD
from tests.factories import SYSTEM

pytestmark = pytest.mark.django_db
PAGE = "/people/me/"
SIGN_IN = f"/people/sign-in/?next={PAGE}"


@pytest.fixture
def signed_in(sign_in, client, clerk):
    assert sign_in("clerk").status_code == 302
    return client


def lets_in(client, **extra):
    response = client.get(PAGE, **extra)
    assert (response.status_code, response.headers.get("Location")) in {(200, None), (302, SIGN_IN)}
    return response.status_code == 200


def test_idle_for_30_minutes(later, signed_in, journal):
    """`later` comes first: it stops the clock, so that the sign-in is at the moment it counts from, however long that takes."""
    later(minutes=29, seconds=59)
    assert lets_in(signed_in)
    later(minutes=59, seconds=58)
    assert lets_in(signed_in)
    later(minutes=89, seconds=59)
    assert not lets_in(signed_in)
    assert journal()[-1] == ("会话终止", "clerk", "成功")
    assert "长时间未操作" in signed_in.get(SIGN_IN).content.decode()
    later(minutes=60)
    assert not lets_in(signed_in)


def test_twelve_hours_at_most(later, signed_in):
    for minute in range(25, 720, 25):
        later(minutes=minute)
        assert lets_in(signed_in)
    later(minutes=719, seconds=58)
    assert lets_in(signed_in)
    later(hours=12)
    assert not lets_in(signed_in)
    assert not Session.objects.exists()


def test_a_page_that_asks_by_itself_is_no_sign_of_life(signed_in, later):
    later(minutes=20)
    assert lets_in(signed_in, headers={"Accept": "application/json"})
    later(minutes=31)
    assert not lets_in(signed_in)


def test_a_session_without_marks_is_none(signed_in):
    session = signed_in.session
    del session["epoch"]
    session.save()
    assert not lets_in(signed_in)


def test_sign_out_clears_the_session_on_the_server(signed_in, journal):
    key = signed_in.session.session_key
    response = signed_in.post(reverse("accounts:sign-out"))
    assert response.url == reverse("accounts:sign-in")
    assert journal()[-1] == ("退出", "clerk", "成功")
    signed_in.cookies["sessionid"] = key
    assert not lets_in(signed_in)


def test_a_night_clears_what_is_over(signed_in):
    Session.objects.update(expire_date=timezone.now() - dt.timedelta(seconds=1))
    sign_in_page = Client().post(reverse("accounts:sign-in"), {"username": "clerk", "password": PASSWORD})
    assert sign_in_page.status_code == 302
    jobs.plan(clock.now().replace(hour=22))  # 6 o'clock in the office's zone
    job = jobs.run_here(Job.objects.get(kind="people.clear_sessions").pk)
    assert (job.state, job.result["text"], Session.objects.count()) == ("done", "清理 1 个过期会话。", 1)


def test_a_night_forgets_failed_sign_ins_no_lock_counts_any_more(sign_in, later):
    """What was typed for a name may have been a password."""
    rows = (AccessAttempt, AccessFailureLog)
    sign_in("Typed-into-the-wrong-box", "x")
    for minutes, left in ((10, [1, 1]), (59, [0, 1]), (61, [0, 0])):
        later(minutes=minutes)
        job = jobs.enqueue(kind="people.clear_sessions", key=str(minutes), params={"day": "2021-01-01"}, actor=SYSTEM)
        assert (jobs.run_here(job.pk).state, [row.objects.count() for row in rows]) == ("done", left), minutes


def test_sign_out_takes_a_post(signed_in):
    assert signed_in.get(reverse("accounts:sign-out")).status_code == 405
    assert lets_in(signed_in)


@pytest.mark.parametrize("act", ["deactivate", "reset_password", "end_sessions"])
def test_an_administrators_act_ends_every_session_at_once(signed_in, clerk, secadmin, act):
    getattr(services, act)(user=clerk, actor=Actor.of(secadmin))
    assert not lets_in(signed_in)


def test_activation_does_not_bring_a_session_back(signed_in, clerk, secadmin):
    actor = Actor.of(secadmin)
    services.deactivate(user=clerk, actor=actor)
    services.activate(user=clerk, actor=actor)
    assert not lets_in(signed_in)


def test_a_granted_post_ends_the_session(signed_in, clerk, secadmin):
    services.grant_post(user=clerk, role=Role.LEADER, start=clock.today(), actor=Actor.of(secadmin))
    assert not lets_in(signed_in)


def test_an_ended_post_ends_the_session(signed_in, clerk, secadmin):
    services.end_post(post=clerk.posts.get(), actor=Actor.of(secadmin))
    assert not lets_in(signed_in)


def test_an_act_on_one_person_leaves_the_others_alone(signed_in, sysadmin, secadmin):
    services.deactivate(user=sysadmin, actor=Actor.of(secadmin))
    assert lets_in(signed_in)


def test_changing_ones_password_ends_ones_other_sessions_and_keeps_this_one(signed_in, clerk):
    elsewhere = Client()
    elsewhere.force_login(clerk)
    assert lets_in(elsewhere)
    key = signed_in.session.session_key
    new = {"old_password": PASSWORD, "new_password1": "Water-Hill-77", "new_password2": "Water-Hill-77"}
    assert signed_in.post(reverse("accounts:password"), new).status_code == 302
    assert (lets_in(signed_in), lets_in(elsewhere)) == (True, False)
    assert signed_in.session.session_key != key


def test_the_cookie_is_out_of_reach_of_scripts(sign_in, clerk):
    cookie = sign_in("clerk").cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", "")


def test_a_fourth_session_of_one_person_ends_the_first(sign_in, clerk, settings):
    """reliability.md A4: one documented limit of parallel sessions."""
    assert settings.SESSION_PLACES == 3
    clients = [Client() for _ in range(4)]
    for client in clients:
        assert client.post(reverse("accounts:sign-in"), {"username": "clerk", "password": PASSWORD}).status_code == 302
    assert [lets_in(client) for client in clients] == [False, True, True, True]
    assert "您的账号已在别处登录" in clients[0].get(SIGN_IN).content.decode()
