"""Accounts nobody uses are found and closed once a day, and stand on a list (reliability.md B5)."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts import services
from apps.accounts.choices import Role
from apps.accounts.models import Post, User
from apps.accounts.rules import why_unused
from apps.core import clock
from apps.core.actor import Actor
from apps.jobs import services as jobs
from apps.jobs.models import Job
from apps.journal.models import JournalEntry
from tests.factories import person

pytestmark = pytest.mark.django_db
KIND = "people.close_unused"
SYSTEM = Actor.system("计划任务")
D = dt.timedelta


@pytest.mark.parametrize(
    ("idle", "postless", "reason"),
    [
        (D(89, 86_399), None, None),
        (D(90), None, "连续 90 日未登录。"),
        (D(0), D(89), None),
        (D(0), D(90), "岗位结束已满 90 日。"),
        (D(90), D(90), "连续 90 日未登录。"),
    ],
)
def test_the_rule(idle, postless, reason):
    assert why_unused(idle, postless, D(90)) == reason


@pytest.fixture
def keeper(secadmin):
    """A security administrator who signs in every day."""
    User.objects.filter(pk=secadmin.pk).update(last_login=clock.now() + D(3650))
    return secadmin


def closed():
    return {user.username: user.closed_because for user in User.objects.filter(is_active=False)}


def test_ninety_days_without_a_sign_in(keeper, clerk, later):
    later(days=89, hours=23)
    assert services.close_unused(actor=SYSTEM) == []
    later(days=90, minutes=1)
    assert services.close_unused(actor=SYSTEM) == [clerk]
    assert closed() == {"clerk": "连续 90 日未登录。"}
    entry = JournalEntry.objects.latest("seq")
    assert (entry.act, entry.post, entry.target, entry.detail) == (
        "停用人员",
        "计划任务",
        "clerk（clerk）",
        {"reason": "连续 90 日未登录。"},
    )


def test_a_sign_in_counts(keeper, clerk, sign_in, later):
    User.objects.filter(pk=clerk.pk).update(last_login=clock.now() + D(1))
    later(days=90, minutes=1)
    assert services.close_unused(actor=SYSTEM) == []


@pytest.mark.parametrize(("ended", "names"), [(89, set()), (90, {"clerk"}), (None, set()), (-1, set())])
def test_ninety_days_without_a_post(keeper, clerk, ended, names):
    old = clock.now() - D(400)
    User.objects.filter(pk=clerk.pk).update(last_login=clock.now(), active_since=old)
    clerk.posts.update(end=None if ended is None else clock.today() - D(ended))
    assert {user.username for user in services.close_unused(actor=SYSTEM)} == names


def test_a_closed_account_ends_its_sessions_and_opens_again_for_ninety_days(keeper, clerk, client, later):
    client.force_login(clerk)
    User.objects.filter(pk=clerk.pk).update(last_login=clock.now() - D(91), active_since=clock.now() - D(91))
    clerk.posts.update(end=clock.today() - D(91))
    services.close_unused(actor=SYSTEM)
    assert client.get(reverse("accounts:profile")).status_code == 302
    user = services.activate(user=clerk, actor=Actor.of(keeper))
    assert (user.is_active, user.closed_because) == (True, "")
    assert services.close_unused(actor=SYSTEM) == []
    later(days=89)
    assert services.close_unused(actor=SYSTEM) == []
    later(days=90, minutes=1)
    assert services.close_unused(actor=SYSTEM) == [clerk]


def test_the_last_security_administrator_and_the_sample_stay(secadmin, clerk, later):
    User.objects.filter(pk=clerk.pk).update(is_sample=True)
    later(days=4000)
    assert services.close_unused(actor=SYSTEM) == []
    person("other", Role.SECURITY_ADMIN)
    User.objects.update(active_since=clock.now() - D(3650))
    assert len(services.close_unused(actor=SYSTEM)) == 1
    assert User.objects.filter(is_active=True, posts__role=Role.SECURITY_ADMIN).count() == 1


def test_the_calendar_asks_for_it_once_a_day(keeper, clerk):
    noon = timezone.localtime(clock.now()).replace(hour=12)
    User.objects.filter(pk=clerk.pk).update(active_since=clock.now() - D(91))
    for _ in range(3):
        jobs.plan(noon)
    day = timezone.localtime(clock.now()).date().isoformat()
    job = Job.objects.get(kind=KIND)
    assert (job.key, str(job)) == (day, f"停用长期未用账号 {day}")
    jobs.run_here(job.pk)
    assert closed() == {"clerk": "连续 90 日未登录。"}
    job.refresh_from_db()
    assert job.words == "停用 1 个账号：clerk"


def test_the_list_shows_who_is_closed_and_who_is_next(client, keeper, clerk, later):
    for username, days in (("fresh", 10), ("soon", 80), ("gone", 95)):
        person(username, Role.PER_MU)
        User.objects.filter(username=username).update(active_since=clock.now() - D(days))
    services.close_unused(actor=SYSTEM)
    client.force_login(keeper)
    page = client.get(reverse("accounts:people"), {"show": "unused"})
    assert {row.record.username for row in page.context["table"].rows} == {"soon", "gone"}
    assert "90 日未登录" in page.content.decode()
    assert "连续 90 日未登录。" in client.get(reverse("accounts:person", args=[User.objects.get(username="gone").pk])).content.decode()
    assert Post.objects.filter(user__username="gone").exists()
