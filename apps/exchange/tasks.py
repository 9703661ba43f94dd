"""The jobs of exports: make one, and every day remove those whose time is over."""

from apps.exchange import files
from apps.jobs.kinds import job_kind


@job_kind(files.KIND, label="导出", about="{name}")
def make(job):
    files.make(job=job)


@job_kind("exchange.expire", label="清理导出文件", about="{day}", daily_at=3)
def expire(job):
    files.expire(job=job)
