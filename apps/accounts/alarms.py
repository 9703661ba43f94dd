"""Intrusion signals (reliability.md G7): what the journal already knows, looked through now and then, told once."""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from apps.accounts.choices import ADMINISTRATORS, AlarmKind, Role
from apps.accounts.models import Alarm, Post
from apps.accounts.rules import burst, is_odd_hour
from apps.core import clock
from apps.core.errors import Refused
from apps.journal import services as journal
from apps.journal.models import JournalEntry

LOOK_BACK = dt.timedelta(days=7)  # after a long weekend without jobs nothing is missed; told once all the same
WINDOW = dt.timedelta(minutes=10)
STATUSES = frozenset({401, 403, 404, 429})
FAILED_SIGN_IN = Q(act__in=("登录失败", "登录锁定")) | Q(act="再次验证", result="失败")
RESETS = frozenset({"重置密码", "解除二次验证"})
WATCHED = ADMINISTRATORS | {Role.APPROVER}


@transaction.atomic
def watch(*, day, actor):
    """Look through the journal of the days up to `day` (date) and return the Alarms that are new, each journalled."""
    since = (day - LOOK_BACK).isoformat()
    found = [*_refusals(since), *_odd_hours(since), *_exports(since), *_wrong_codes(since), *_taken_over(since)]
    fresh = []
    for kind, on, user, address, words in found:
        alarm, made = Alarm.objects.get_or_create(kind=kind, on=on, user_id=user, address=address, defaults={"words": words})
        if not made and kind == AlarmKind.TAKEN_OVER and len(words) > len(alarm.words):  # one more person: it waits again
            alarm.words, alarm.handled_by, alarm.handled_at, made = words, None, None, True
            alarm.save(update_fields=["words", "handled_by", "handled_at"])
        if made:
            fresh.append(alarm)
    for alarm in fresh:
        journal.record(act="异常告警", actor=actor, target=str(alarm), detail={"words": alarm.words})
    return fresh


@transaction.atomic
def handle(*, alarm, comment, actor):
    """Put down what was found out about an alarm and return it. Raises Refused: no right, one's own, no words, handled already."""
    if not actor.user.may("handle", "alarms"):
        raise Refused("您的岗位不能处理异常告警。")
    alarm = Alarm.objects.select_for_update(no_key=True).get(pk=alarm.pk)
    if alarm.user_id == actor.user.pk:
        raise Refused("与本人有关的告警由另一位管理员处理。")
    if alarm.handled_at:
        raise Refused("这条告警已经处理。")
    if not comment.strip():
        raise Refused("请写明核实的情况。")
    alarm.handled_by, alarm.handled_at, alarm.comment = actor.user, clock.now(), comment
    alarm.save(update_fields=["handled_by", "handled_at", "comment"])
    journal.record(act="处理告警", actor=actor, target=str(alarm), detail={"comment": comment})
    return alarm


def unhandled(user):
    """Return how many alarms wait for this person, None where they are not his to read."""
    return Alarm.objects.filter(handled_at=None).exclude(user=user).count() if user.may("read", "alarms") else None


def _refusals(since):
    """Yield refusals of one person, or of one address where nobody was signed in, failed sign-ins among them."""
    tries = {}
    entries = JournalEntry.objects.filter(Q(act=journal.REFUSAL) | FAILED_SIGN_IN, at__gte=since).order_by("seq")
    for act, at, user, address, detail in entries.values_list("act", "at", "user", "address", "detail"):
        if act != journal.REFUSAL or detail.get("status") in STATUSES:
            tries.setdefault((at[:10], user, "" if user else address), []).append(dt.datetime.fromisoformat(at))
    for (on, user, address), moments in tries.items():
        count = burst(moments, settings.ALARM_REFUSALS, WINDOW)
        if count:
            yield AlarmKind.REFUSALS, on, user, address, f"{WINDOW.seconds // 60} 分钟内被拒 {count} 次"


def _wrong_codes(since):
    """Yield people at whose sign-in the password was right and one code after the other was not: the password is known to somebody."""
    tries = {}
    entries = JournalEntry.objects.filter(act="二次验证", result="失败", at__gte=since).order_by("seq")
    for at, user in entries.values_list("at", "user"):
        tries.setdefault((at[:10], user), []).append(dt.datetime.fromisoformat(at))
    for (on, user), moments in tries.items():
        count = burst(moments, settings.ALARM_CODES, WINDOW)
        if count:
            yield AlarmKind.WRONG_CODES, on, user, "", f"{WINDOW.seconds // 60} 分钟内密码正确而验证码 {count} 次不对"


def _taken_over(since):
    """Yield keepers who reset somebody's password and took his factor away, too: they could sign in as him. So does the console."""
    done, people = {}, {}
    entries = JournalEntry.objects.filter(Q(act__in=RESETS, user__isnull=False) | Q(act="救助安全管理员"), at__gte=since).order_by("seq")
    for act, at, user, target in entries.values_list("act", "at", "user", "target"):
        acts = done.setdefault((user, target), set())
        acts |= {act} if act in RESETS else RESETS
        if acts == RESETS:
            people.setdefault((at[:10], user), {})[target] = True
            acts.clear()
    for (on, user), targets in people.items():
        yield AlarmKind.TAKEN_OVER, on, user, "", f"请向本人核实：{'、'.join(targets)}"[:200]


def _odd_hours(since):
    """Yield the first sign-in outside the office's hours, a day, of people in posts that can do most harm."""
    told = set()
    entries = JournalEntry.objects.filter(act="登录", at__gte=since, user__in=Post.objects.filter(role__in=WATCHED).values("user"))
    for at, user, address in entries.order_by("seq").values_list("at", "user", "address"):
        moment = dt.datetime.fromisoformat(at)
        on = moment.date()
        if (on, user) not in told and is_odd_hour(moment, settings.OFFICE_HOURS) and _watched_on(on).filter(user=user).exists():
            told.add((on, user))
            yield AlarmKind.ODD_HOUR, on.isoformat(), user, "", f"{moment:%H:%M} 自 {address or '服务器'} 登录"


def _watched_on(day):
    return Post.objects.in_force(day).filter(role__in=WATCHED)


def _exports(since):
    """Yield people who took more rows out in a day than settings.ALARM_EXPORT_ROWS."""
    rows = {}
    for at, user, detail in JournalEntry.objects.filter(act="导出", at__gte=since, user__isnull=False).values_list("at", "user", "detail"):
        rows[at[:10], user] = rows.get((at[:10], user), 0) + detail.get("rows", 0)
    for (on, user), count in rows.items():
        if count > settings.ALARM_EXPORT_ROWS:
            yield AlarmKind.MASS_EXPORT, on, user, "", f"当日导出 {count} 行"
