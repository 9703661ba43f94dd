"""The daily look for accounts nobody uses (reliability.md B5)."""

from django.urls import reverse

from apps.accounts import services
from apps.jobs.kinds import job_kind


@job_kind("people.close_unused", label="停用长期未用账号", about="{day}", daily_at=3)
def close_unused(job):
    with job.finishing({"link": reverse("accounts:people") + "?show=unused"}) as result:
        closed = services.close_unused(actor=job.actor)
        result["text"] = f"停用 {len(closed)} 个账号：{'、'.join(map(str, closed))}" if closed else "没有长期未用的账号"
