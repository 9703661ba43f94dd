"""How an app declares a kind of job in its tasks.py; everybody else names the kind by its code."""

from celery import Task, shared_task
from django.db import connection

from apps.jobs import runner
from apps.jobs.registry import KINDS, Kind


class PublishedInTransaction(RuntimeError):
    """A message was sent inside an open transaction: a worker could read the database before it is written."""


class BellTask(Task):
    """A task whose message can only be sent when everything it speaks of is committed."""

    def apply_async(self, *args, **kwargs):
        blocks = connection.atomic_blocks
        if blocks and not blocks[-1]._from_testcase:  # as Django's own `atomic(durable=True)` asks
            raise PublishedInTransaction(self.name)
        return super().apply_async(*args, **kwargs)


def job_kind(code, *, label, about="", daily_at=None):
    """Declare a kind: `handler(job)` does the work and returns or finishes with a dict; a Celery task is made.

    In the result "text" is the sentence people read and "link" the page to look at; other entries are figures.
    The task is named `code` and takes the job's id. `about` says of which thing a job is: "{year}年", a format filled
    from its params. With `daily_at` (an hour, or several) the sweeper asks for one from each hour on, its params {"day": "2026-01-31"}.
    """

    def declare(handler):
        @shared_task(name=code, base=BellTask, ignore_result=True)
        def ring(job_id):
            runner.run(job_id)

        hours = () if daily_at is None else (daily_at,) if isinstance(daily_at, int) else tuple(daily_at)
        KINDS[code] = Kind(code, label, about, handler, ring, hours)
        return handler

    return declare
