import datetime as dt

MAX_ATTEMPTS = 5
MAX_DEATHS = 3  # of its workers: what kills them does not get all its attempts
SILENCE = dt.timedelta(minutes=5)  # without a sweep for so long, people are told
FIRST_DELAY = dt.timedelta(seconds=5)
LONGEST_DELAY = dt.timedelta(minutes=5)
CATCH_UP = 7  # missed days that are made up for (default); after a longer absence the last of them do what there is to do

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


def days_due(at, hour, last):
    """Return the days of a daily job that are to be asked for `at` a local moment, oldest first.

    last: the latest day that was asked for, None where none ever was: then the calendar begins today. A day is due from
    its `hour` on; days that passed while the office was down are made up for, the last CATCH_UP of them. A `last` that is
    yet to come is a clock's mistake and holds up nothing.
    """
    newest = at.date() if at.hour >= hour else at.date() - dt.timedelta(days=1)
    if last is None:
        return [newest] if newest == at.date() else []
    missed = min((newest - last).days, CATCH_UP) if last <= newest else 1
    return [newest - dt.timedelta(days=back) for back in reversed(range(missed))]
