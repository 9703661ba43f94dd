"""The kinds of jobs that exist, filled by `kinds.job_kind` from every app's tasks.py."""

from collections.abc import Callable
from dataclasses import dataclass

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

    def key_at(self, day, hour):
        """Return the key of the planned job of `day` (text) due by `hour`, None before its first; missed ones are skipped."""
        come = max((each for each in self.hours if each <= hour), default=None)
        return None if come is None else day if len(self.hours) == 1 else f"{day} {come}时"

    def title(self, params):
        """Return the name of one job of this kind: 亩均重算 2020年."""
        return f"{self.label} {self.about.format(**params)}".strip()


def kind_of(code):
    """Return the declared Kind; raise UnknownKind."""
    try:
        return KINDS[code]
    except KeyError:
        raise UnknownKind(f"No tasks.py declares the job kind {code!r}; known: {', '.join(sorted(KINDS))}") from None
