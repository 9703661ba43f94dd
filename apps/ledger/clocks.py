"""Deadlines (时限): how long is left, as a light with its reason in words. Pure rules.

The light of a deadline: green while there is time, yellow when it is near, red when it has passed, grey without one
(domain 4.6, default). Warnings go out once at each mark before the deadline and once when it has passed.
"""

from dataclasses import dataclass

from apps.ledger import workdays
from apps.ledger.lights import GREEN, GREY, RED, YELLOW

OVERDUE = -1  # the mark of the warning that a deadline has passed


@dataclass(frozen=True)
class Clock:
    """Which field holds the deadline and how it is counted.

    due: name of a date field.  working: days are working days, else calendar days.  near: from so many days before the
    deadline the light is yellow.  marks: days before the deadline at which people are reminded (domain 2.5: 90, 30, 7).
    """

    due: str
    working: bool = False
    near: int = 30
    marks: tuple = (90, 30, 7)

    @property
    def unit(self):
        return "个工作日" if self.working else "天"

    def left(self, due, today):
        """Return the days left until `due`, negative when it has passed."""
        return workdays.between(today, due) if self.working else (due - today).days

    def ahead(self, today, days):
        """Return the day that lies `days` after `today`."""
        return workdays.add(today, days) if self.working else today + workdays.DAY * days

    def horizon(self, today):
        """Return the last day whose deadline counts as near on `today`."""
        return self.ahead(today, self.near)


@dataclass(frozen=True)
class Light:
    colour: str
    words: str


def read(clock, due, today, *, closed=False, paused=False):
    """Return the Light of a deadline on `today`."""
    if closed:
        return Light(GREEN, "已办结")
    if paused:
        return Light(GREY, "时限暂停")
    if due is None:
        return Light(GREY, "未定时限")
    left = clock.left(due, today)
    if due < today:
        return Light(RED, f"逾期{max(-left, 1)}{clock.unit}")
    if left <= clock.near:
        return Light(YELLOW, "今天到期" if due == today else f"还剩{left}{clock.unit}")
    return Light(GREEN, f"还剩{left}{clock.unit}")


def mark_reached(clock, due, today):
    """Return the closest mark reached: OVERDUE after the deadline, else the smallest mark not below the days left; None before all."""
    if due is None:
        return None
    if due < today:
        return OVERDUE
    left = clock.left(due, today)
    return min((mark for mark in clock.marks if left <= mark), default=None)


def deadline_faults(row, stored, today, due):
    """Return field -> sentence for a deadline, or a later one asked for, that is given now and lies before `today`.

    row: anything with the attributes `extension_to` and that named `due`.  stored: their values in the database, {} for a new
    row, and those that the system computed: what nobody types now may have passed meanwhile. An extension must lie after the
    deadline it extends.
    """
    given = {name: getattr(row, name) for name in (due, "extension_to")}
    faults = {name: "不能早于今天。" for name, value in given.items() if value is not None and value != stored.get(name) and value < today}
    if given["extension_to"] and given[due] and given["extension_to"] <= given[due]:
        faults["extension_to"] = "应晚于现在的时限。"
    return faults
