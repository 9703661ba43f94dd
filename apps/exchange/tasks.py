"""The jobs about uploaded files and about exports, and the daily looks that remove what is kept for a while only."""

from apps.exchange import files, retention, services
from apps.exchange.asking import CONFIRM, STAGE
from apps.jobs.kinds import job_kind


@job_kind(STAGE, label="表格核对", about="{file}")
def stage(job):
    services.stage(job=job)


@job_kind(CONFIRM, label="表格入库", about="{file}")
def confirm(job):
    services.write(job=job)


@job_kind("exchange.clear", label="清理导入文件", about="{day}", daily_at=4)
def clear(job):
    retention.clear(job=job)


@job_kind(files.KIND, label="导出", about="{name}")
def export(job):
    files.make(job=job)


@job_kind("exchange.expire", label="清理导出文件", about="{day}", daily_at=3)
def expire(job):
    files.expire(job=job)
