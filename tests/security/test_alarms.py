"""Signs of an intrusion become alarms somebody must handle (reliability.md G7)."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts import factors, services
from apps.accounts.alarms import handle, unhandled
from apps.accounts.choices import AlarmKind, Role
from apps.accounts.models import Alarm, Authenticator
from apps.accounts.rules import burst, is_odd_hour
from apps.core import clock
from apps.core.actor import Actor
from apps.jobs import services as jobs
from apps.jobs.choices import State
from apps.jobs.models import Job
from apps.journal.models import JournalEntry
from tests import factories
from tests.commands import run

pytestmark = pytest.mark.django_db
PASSWORD = "Jinyun-2021!"
ALARMS = reverse("accounts:alarms")
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def auditor():
    return factories.person("auditor", Role.AUDIT_ADMIN)


@pytest.fixture
def at(monkeypatch):
    """Return a function that sets the clock to an hour of yesterday or today (office time)."""
    today = timezone.localtime().replace(minute=30, second=0, microsecond=0)

    def move(hour, day=0):
        moment = today.replace(hour=hour) + dt.timedelta(days=day)
        monkeypatch.setattr(clock, "now", lambda: moment)
        return moment.date()

    return move


def look():
    """Let the calendar ask for the look of this hour, do it, and return what the alarms say."""
    jobs.plan(timezone.localtime().replace(hour=1))
    for job in Job.objects.filter(kind="alarms.watch", state=State.PENDING):
        assert jobs.run_here(job.pk).state == State.DONE
    Job.objects.filter(kind="alarms.watch").delete()
    return list(Alarm.objects.order_by("pk").values_list("kind", "user__username", "address", "words"))


def test_the_rules():
    start = dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC)
    moments = [start, start + MINUTE, start + 11 * MINUTE, start + 12 * MINUTE, start + 13 * MINUTE]
    assert [burst(moments, most, 10 * MINUTE) for most in (3, 4)] == [3, None]
    assert burst([], 1, MINUTE) is None
    assert [is_odd_hour(start.replace(hour=hour), (7, 21)) for hour in (6, 7, 20, 21)] == [True, False, False, True]


def test_a_burst_of_refusals_raises_one_alarm_of_the_person(client, settings):
    settings.ALARM_REFUSALS = 5
    client.force_login(factories.person("park", Role.PARK, platform=factories.platform()))
    stranger = factories.enterprise("他园企业", platform=factories.platform("锦绣园"))
    for _ in range(4):
        client.get(reverse("ledger:detail", args=["enterprises", stranger.pk]))
    assert look() == []
    client.get(reverse("journal:list"))
    assert look() == [("refusals", "park", "", "10 分钟内被拒 5 次")]
    client.get(reverse("journal:list"))
    assert len(look()) == 1
    entry = JournalEntry.objects.get(act="异常告警")
    assert (entry.post, entry.channel, "park" in entry.target) == ("计划任务", "后台作业", True)


def test_an_address_that_tries_name_after_name_is_one_alarm(client, settings):
    settings.ALARM_REFUSALS = 6
    for number in range(6):
        client.post(reverse("accounts:sign-in"), {"username": f"name{number}", "password": "x"}, REMOTE_ADDR="10.9.8.7")
    assert look() == [("refusals", None, "10.9.8.7", "10 分钟内被拒 6 次")]


def test_what_everybody_meets_in_a_day_is_no_alarm(client, settings):
    settings.ALARM_REFUSALS = 2
    keeper = factories.person("keeper", Role.SECURITY_ADMIN)
    client.force_login(keeper)
    for _ in range(3):  # a rule refuses: 409
        client.post(reverse("accounts:activate", args=[factories.person(f"p{_}").pk]))
    assert [kind for kind, *_ in look() if kind == AlarmKind.REFUSALS] == []


def test_an_administrator_at_night_is_an_alarm_and_a_clerk_is_not(client, at, settings):
    settings.OFFICE_HOURS = (7, 21)
    people = [factories.person("sysadmin", Role.SYSTEM_ADMIN), factories.person("approver", Role.APPROVER)]
    people.append(factories.person("clerk", Role.PER_MU))
    for hour in (3, 4, 12):
        at(hour, day=-1)
        for user in people:
            client.post(reverse("accounts:sign-in"), {"username": user.username, "password": PASSWORD})
            client.post(reverse("accounts:sign-out"))
    found = look()
    assert [(kind, name, words[:5]) for kind, name, _, words in found] == [
        ("odd_hour", "sysadmin", "03:30"),
        ("odd_hour", "approver", "03:30"),
    ]


def test_who_takes_much_out_in_a_day_is_an_alarm(client, settings):
    client.force_login(factories.person("clerk", Role.PER_MU))
    for _ in range(3):
        factories.enterprise()
    settings.ALARM_EXPORT_ROWS = 5
    client.get(reverse("exchange:export", args=["enterprises"]))
    assert [row for row in look() if row[0] == "mass_export"] == []
    client.get(reverse("exchange:export", args=["enterprises"]))
    assert [row for row in look() if row[0] == "mass_export"] == [("mass_export", "clerk", "", "当日导出 6 行")]


def test_a_right_password_and_wrong_codes_are_an_alarm(client, settings):
    settings.SECOND_FACTOR_ROLES, settings.ALARM_CODES = ["approver"], 3
    someone = factories.person("someone", Role.APPROVER)
    Authenticator.objects.create(user=someone, name="手机", sealed=factors.new_secret())
    client.post(reverse("accounts:sign-in"), {"username": "someone", "password": PASSWORD})
    for _ in range(2):
        client.post(reverse("accounts:verify"), {"code": "000000"})
    assert [row for row in look() if row[0] == "wrong_codes"] == []
    client.post(reverse("accounts:verify"), {"code": "000000"})
    assert [row for row in look() if row[0] == "wrong_codes"] == [("wrong_codes", "someone", "", "10 分钟内密码正确而验证码 3 次不对")]


def test_wrong_passwords_asked_for_again_count_among_the_refusals(client, settings):
    settings.ALARM_REFUSALS = 3
    client.force_login(factories.person("clerk", Role.PER_MU))
    for _ in range(3):
        client.post(reverse("accounts:prove"), {"password": "x"}, REMOTE_ADDR="10.9.8.7")
    assert look() == [("refusals", None, "10.9.8.7", "10 分钟内被拒 3 次")]


def test_a_keeper_who_could_sign_in_as_somebody_is_an_alarm_for_another(client, auditor):
    keeper, other = (factories.person(name, Role.SECURITY_ADMIN) for name in ("keeper", "other"))
    people = [factories.person(name, Role.APPROVER) for name in ("one", "two")]
    for user in people:
        Authenticator.objects.create(user=user, name="手机", sealed=factors.new_secret())
    one, two = people
    services.reset_password(user=one, actor=Actor.of(keeper))
    factors.remove(user=two, actor=Actor.of(keeper))
    factors.remove(user=one, actor=Actor.of(other))  # two keepers, each one half
    assert [row for row in look() if row[0] == "taken_over"] == []
    services.reset_password(user=two, actor=Actor.of(keeper))
    assert [row for row in look() if row[0] == "taken_over"] == [("taken_over", "keeper", "", "请向本人核实：two（two）")]
    assert (unhandled(keeper), unhandled(auditor)) == (0, 1)
    handle(alarm=Alarm.objects.get(kind="taken_over"), comment="本人知情", actor=Actor.of(auditor))
    look()
    assert unhandled(auditor) == 0  # told once
    Authenticator.objects.create(user=one, name="手机", sealed=factors.new_secret())
    factors.remove(user=one, actor=Actor.of(keeper))
    assert [row[3] for row in look() if row[0] == "taken_over"] == ["请向本人核实：two（two）、one（one）"]
    assert unhandled(auditor) == 1


def test_a_rescue_on_the_server_is_an_alarm(auditor):
    factories.person("keeper", Role.SECURITY_ADMIN)
    assert run("rescue_keeper", "keeper")[0] == 0
    assert look() == [("taken_over", None, "", "请向本人核实：keeper（keeper）")]


def alarm(**values):
    return Alarm.objects.create(
        **{"kind": AlarmKind.REFUSALS, "on": "2026-01-05", "address": "10.9.8.7", "words": "10 分钟内被拒 40 次", **values}
    )


def test_an_alarm_is_handled_once_with_words(client, auditor):
    client.force_login(auditor)
    raised = alarm()
    page = client.get(ALARMS).content.decode()
    assert ("10.9.8.7" in page, unhandled(auditor), '<span class="tag tag-bad">1</span>' in page) == (True, 1, True)
    handle = reverse("accounts:handle-alarm", args=[raised.pk])
    client.post(handle, {"reason": " "})
    assert unhandled(auditor) == 1
    client.post(handle, {"reason": "扫描设备，已隔离"})
    raised.refresh_from_db()
    assert (raised.handled_by, raised.comment, unhandled(auditor)) == (auditor, "扫描设备，已隔离", 0)
    assert JournalEntry.objects.filter(act="处理告警").get().detail == {"comment": "扫描设备，已隔离"}
    assert "已经处理" in client.post(handle, {"reason": "又一次"}, follow=True).content.decode()
    assert ("10.9.8.7" in client.get(ALARMS).content.decode(), "已隔离" in client.get(ALARMS, {"show": "all"}).content.decode()) == (
        False,
        True,
    )


def test_nobody_handles_his_own(client, auditor):
    raised = alarm(user=auditor, address="")
    client.force_login(auditor)
    answer = client.post(reverse("accounts:handle-alarm", args=[raised.pk]), {"reason": "没事"}, follow=True)
    assert ("另一位管理员" in answer.content.decode(), unhandled(auditor)) == (True, 0)
    keeper = factories.person("keeper", Role.SECURITY_ADMIN)
    assert unhandled(keeper) == 1
    client.force_login(keeper)
    client.post(reverse("accounts:handle-alarm", args=[raised.pk]), {"reason": "值班，已核实"})
    assert unhandled(keeper) == 0


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)])
def test_nobody_else_sees_them(client, role):
    raised = alarm()
    client.force_login(factories.person("other", role))
    handle = reverse("accounts:handle-alarm", args=[raised.pk])
    assert [client.get(ALARMS).status_code, client.post(handle, {"reason": "x"}).status_code] == [403, 403]
    assert Alarm.objects.filter(handled_at=None).count() == 1
