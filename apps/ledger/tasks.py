from apps.jobs.kinds import job_kind
from apps.ledger import reminders

MORNING = 6  # o'clock: before the office opens


@job_kind("ledger.remind", label="时限提醒", about="{day}", daily_at=MORNING)
def remind(job):
    """Warn of the deadlines that came near or passed."""
    with job.finishing({}) as result:
        written = reminders.remind()
        result |= {"text": f"新增时限提醒 {written} 条。", "提醒": written}
    return result
