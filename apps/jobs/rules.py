import datetime as dt

MAX_ATTEMPTS = 5
SILENCE = dt.timedelta(minutes=5)  # without a sweep for so long, people are told
FIRST_DELAY = dt.timedelta(seconds=5)
LONGEST_DELAY = dt.timedelta(minutes=5)

GAVE_UP = "多次尝试仍未完成，数据没有变动。请稍后重试；仍不成功请告知系统管理员。"
CANCELLED = "已由{name}取消，数据没有变动。"
SUPERSEDED = "已由较新的同一作业接替。"
INTERRUPTED = "作业多次中断，数据没有变动。请告知系统管理员。"


def retry_delay(attempts):
    """Return how long to wait after the n-th failed attempt: 5 s, doubled each time, at most 5 min (default)."""
    return min(FIRST_DELAY * 2 ** (attempts - 1), LONGEST_DELAY)


def percent(done, total):
    """Return whole percent for a progress bar; None while the amount of work is not known."""
    return min(100, done * 100 // total) if total else None
