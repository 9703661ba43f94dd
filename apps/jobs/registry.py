"""The kinds of jobs that exist, filled by `kinds.job_kind` from every app's tasks.py."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from apps.jobs.rules import days_due

KINDS = {}


class UnknownKind(LookupError):
    """No app declares this kind of job in its tasks.py."""


@dataclass(frozen=True)
class Kind:
    """code: "grading.regrade", also the Celery task's name.  label, about: what people read.  handler: called with the job.

    hours: the hours (of the office's zone) from each of which the calendar asks for one such job a day.
    """

    code: str
    label: str
    about: str
    handler: Callable
    task: object
    hours: tuple = ()

    @property
    def subject(self):
        """The rights subject whose readers may follow jobs of this kind."""
        return self.code.partition(".")[0]

    def due(self, at, last):
        """Return [(key, day as text)] of the planned jobs to be asked for `at` a local moment.

        last: the key of the last one, None where none ever was. Missed days of a daily job are made up for; of one that
        comes several times a day only the latest is worth its while.
        """
        if len(self.hours) == 1:
            days = days_due(at, self.hours[0], last and dt.date.fromisoformat(last))
            return [(day.isoformat(), day.isoformat()) for day in days]
        today, come = at.date().isoformat(), [hour for hour in self.hours if hour <= at.hour]
        return [(f"{today} {max(come)}时", today)] if come else []

    def title(self, params):
        """Return the name of one job of this kind: 亩均重算 2020年."""
        return f"{self.label} {self.about.format(**params)}".strip()


def kind_of(code):
    """Return the declared Kind; raise UnknownKind."""
    try:
        return KINDS[code]
    except KeyError:
        raise UnknownKind(f"No tasks.py declares the job kind {code!r}; known: {', '.join(sorted(KINDS))}") from None
