from apps.core.errors import Refused
from apps.jobs.kinds import job_kind
from apps.ledger import reminders, verification

MORNING = 6  # o'clock: before the office opens
NIGHT = 2  # with the journal, whose word on the history this rests on


@job_kind("ledger.remind", label="时限提醒", about="{day}", daily_at=MORNING)
def remind(job):
    """Warn of the deadlines that came near or passed."""
    with job.finishing({}) as result:
        written = reminders.remind()
        result |= {"text": f"新增时限提醒 {written} 条。", "提醒": written}
    return result


@job_kind("ledger.verify", label="台账核对", about="{day}", daily_at=NIGHT)
def verify(job):
    """Compare what lies there with history and journal every night; a difference is a failed job that names it."""
    verdict = verification.verify(progress=job.beat)
    if verdict.wrong:
        raise Refused(f"有 {verdict.wrong} 处与写入时不符，请立即告知审计管理员：{'；'.join(verdict.faults)}。")
    return {"text": f"{verdict.compared}，与写入时相符。"}
