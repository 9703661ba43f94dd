"""What the calendar asks for: accounts nobody uses (reliability.md B5), posts that lapsed, signs of an intrusion (G7)."""

import datetime as dt

from django.contrib.sessions.models import Session
from django.db.models.functions import Now
from django.urls import reverse

from apps.accounts import alarms, handover, services, throttle
from apps.jobs.kinds import job_kind
from apps.journal import services as journal


@job_kind("people.close_unused", label="停用长期未用账号", about="{day}", daily_at=3)
def close_unused(job):
    with job.finishing({"link": reverse("accounts:people") + "?show=unused"}) as result:
        closed = services.close_unused(actor=job.actor)
        result["text"] = f"停用 {len(closed)} 个账号：{'、'.join(map(str, closed))}" if closed else "没有长期未用的账号"


@job_kind("people.clear_sessions", label="清理过期会话", about="{day}", daily_at=4)
def clear_sessions(job):
    """Delete the sessions past their end: a browser that was only closed leaves its own behind (reliability.md F4).

    And the failed sign-ins no lock counts any more: what was typed for a name may have been a password.
    """
    with job.finishing({}) as result:
        gone, _ = Session.objects.filter(expire_date__lt=Now()).delete()
        throttle.forget_old()
        result["text"] = f"清理 {gone} 个过期会话。" if gone else "没有过期的会话。"


@job_kind("alarms.watch", label="异常巡查", about="{day}", daily_at=(1, 7, 9, 11, 13, 15, 17, 19, 21, 23))
def watch(job):
    """Look through the journal of these days for what somebody should look at."""
    with job.finishing({"link": reverse("accounts:alarms")}) as result:
        journal.enter_counted()
        fresh = alarms.watch(day=dt.date.fromisoformat(job.params["day"]), actor=job.actor)
        result["text"] = f"新增告警 {len(fresh)} 条：{'；'.join(map(str, fresh))}" if fresh else "没有新的异常"


@job_kind("people.keep_lapsed", label="到期岗位交接单", about="{day}", daily_at=0)
def keep_lapsed(job):
    """Keep the hand-over sheet of every post whose term ended by itself."""
    with job.finishing({}) as result:
        kept = handover.keep_lapsed(actor=job.actor)
        result["text"] = f"存入交接单 {len(kept)} 份：{'、'.join(f'{post.user}（{post}）' for post in kept)}" if kept else "没有到期的岗位"
