from celery import shared_task
from celery.signals import worker_init, worker_ready
from celery.worker import state

from apps.core.errors import Refused
from apps.jobs import services, watchdog
from apps.jobs.kinds import BellTask, job_kind
from apps.journal import selectors as journal

NIGHT = 2  # o'clock


@shared_task(name="jobs.sweep", base=BellTask)
def sweep():
    services.sweep()


@worker_init.connect
def watch_itself(**signal):
    """From before it reaches Redis: a worker may hang there too. One that is at work is never ended."""
    watchdog.start(lambda: None if state.active_requests else state.total_count.total())


@worker_ready.connect
def sweep_at_start(**signal):
    """A worker that comes up looks at once for what was left behind."""
    sweep.delay()


@job_kind("journal.verify", label="日志核对", about="{day}", daily_at=NIGHT)
def verify_journal(job):
    """Walk the journal's chain every night; a break is a failed job that names the first bad entry."""
    verdict = journal.verify(progress=job.beat)
    if verdict.history_bad:
        raise Refused(f"日志第 {verdict.history_bad[0]} 条所写的历史行或附件登记已被改动或缺失。请立即告知审计管理员。")
    if not verdict.intact:
        raise Refused(f"日志第 {verdict.first_bad} 条起与封存的不符，可能被篡改。请立即告知审计管理员。")
    return {"text": f"日志 {verdict.entries} 条，前后相符。", "链尾": verdict.tail}
