"""Kinds of jobs that are due once a day: the schedule is the declaration and a row, not the memory of a timer."""

from django.db import transaction
from django.utils import timezone

from apps.core import clock
from apps.core.actor import Actor
from apps.jobs import services
from apps.jobs.models import Job
from apps.jobs.registry import KINDS


def plan():
    """Promise today's job of every daily kind whose hour has come and that has none yet; called wherever the sweep is.

    The day is the business key, so two sweepers, or one that starts ten times a day, still make one job. Return how many.
    """
    now = timezone.localtime(clock.now())
    due = [kind.code for kind in KINDS.values() if kind.daily_at is not None and now.hour >= kind.daily_at]
    return sum(_promise(code, now.date().isoformat()) for code in due)


@transaction.atomic
def _promise(code, day):
    if Job.objects.filter(kind=code, key=day).exists():
        return False
    services.enqueue(kind=code, key=day, params={"day": day}, actor=Actor.system("计划任务"))
    return True
