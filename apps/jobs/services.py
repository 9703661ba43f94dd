import datetime as dt
import logging
import threading
from contextlib import suppress
from itertools import takewhile

from django.conf import settings
from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper, Max, Q
from django.db.models.functions import Now
from django.utils import timezone
from kombu.exceptions import OperationalError

from apps.core.errors import Refused
from apps.jobs import runner
from apps.jobs.choices import ENDED_EARLY, OPEN, State
from apps.jobs.models import Fenced, Job, Sweep
from apps.jobs.registry import KINDS, kind_of
from apps.jobs.rules import CANCELLED, INTERRUPTED, SILENCE
from apps.journal import services as journal

logger = logging.getLogger(__name__)
BELL_TIME = dt.timedelta(seconds=5)  # a pending job this old was not heard; ring again
LOOK_AGAIN = 0.5  # seconds


@transaction.atomic
def enqueue(*, kind, key, params, actor):
    """Promise a job inside the caller's transaction and return it.

    While one of the same kind and key is pending that one is returned: it has read nothing yet. It stays locked
    until the caller commits, so no worker starts it before the caller's rows are there. `key` names the business
    object ("2020"); equal keys mean equal `params`. Raises UnknownKind.
    """
    kind_of(kind)
    journal.hold()
    asked = {"params": params, "requested_by": actor.user, "requested_post": actor.post}
    job, created = Job.objects.select_for_update(no_key=True).get_or_create(kind=kind, key=key, state=State.PENDING, defaults=asked)
    if not created and job.not_before:
        Job.objects.filter(pk=job.pk).update(not_before=None)
    transaction.on_commit(lambda: ring(job), robust=True)
    return job


def again(*, job, actor):
    """Ask once more for what a failed or cancelled job was to do and return the new job. Raises Refused for any other job."""
    if job.state not in ENDED_EARLY:
        raise Refused("只有失败或取消的作业可以重新提交。")
    return enqueue(kind=job.kind, key=job.key, params=job.params, actor=actor)


@transaction.atomic
def cancel(*, job, actor):
    """Call off a job that has not ended and return it; its worker, where it has one, stops at its next beat and writes nothing.

    Raises Refused where it has ended, or is writing its results at this moment.
    """
    journal.hold()
    row = Job.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=job.pk, state__in=OPEN).first()
    if row is None:
        raise Refused("作业已经结束，或正在写入结果，不能取消。")
    row.state, row.error = State.CANCELLED, CANCELLED.format(name=actor.user or actor.post)
    row.lease_until, row.finished_at = None, Now()
    row.save(update_fields=["state", "error", "lease_until", "finished_at"])
    row.note("作业取消", actor, result="取消")
    return row


def ring(job):
    """Send the job's id to the Celery workers, where there are any; return whether the message was taken.

    A broker that is down is no error: the row is there and the sweeper rings again. Raises PublishedInTransaction.
    """
    if not settings.REDIS_URL:
        return False
    try:
        kind_of(job.kind).task.apply_async([job.pk], retry=False)
    except OperationalError as error:
        logger.warning("job %s (%s) waits for the sweeper: %s", job.pk, job, error)
        return False
    return True


def run_here(job_id):
    """Run the job in this process and return it as it is then.

    One attempt, without the pause between attempts. Where another worker has it, or its twin, wait for that one:
    the caller wants the result, not the honour.
    """
    while True:
        Job.objects.filter(pk=job_id, state=State.PENDING).update(not_before=None)
        job = Job.objects.get(pk=job_id)
        had = job.state in OPEN and runner.run(job_id)
        job.refresh_from_db()
        if had or job.state not in OPEN:
            return job
        bury()
        threading.Event().wait(LOOK_AGAIN)


def sweep():
    """Look after the queue and ring again for what no worker heard or finished; return {"rung": n, "failed": n}."""
    failed = look_after()
    unheard = Q(state=State.RUNNING) | Q(created_at__lt=Now() - BELL_TIME)
    rung = sum(1 for _ in takewhile(ring, servable().filter(unheard)))
    return {"rung": rung, "failed": failed}


def look_after():
    """Leave a pulse, ask for what the calendar wants, fail what died too often; return how many were failed.

    The day is the database's, as every time in the queue: a host whose clock is wrong does not plan ahead.
    """
    Sweep.objects.update_or_create(pk=1, defaults={"at": Now()})
    plan(Sweep.objects.get(pk=1).at)
    return bury()


def plan(at):
    """Ask for the planned jobs whose hour has come `at` that moment, or came while nobody looked.

    Each is asked for once however many sweepers there are and however their clocks step: its day, and its hour where
    there are several a day, is its key.
    """
    local = timezone.localtime(at)
    last = dict(Job.objects.filter(planned=True).order_by().values_list("kind").annotate(Max("key")))
    for kind in KINDS.values():
        for key, day in kind.due(local, last.get(kind.code)):
            asked = {"params": {"day": day}, "requested_post": "计划任务"}
            Job.objects.get_or_create(kind=kind.code, key=key, planned=True, defaults=asked)


def pulse():
    """Return (moment of the last sweep or None, whether it is so long ago that somebody should look)."""
    silent = ExpressionWrapper(Q(at__lt=Now() - SILENCE), output_field=BooleanField())
    return Sweep.objects.annotate(silent=silent).values_list("at", "silent").first() or (None, True)


def bury():
    """Fail the jobs whose workers died at every attempt and return how many there were."""
    dead = list(Job.objects.exhausted())
    for job in dead:
        with suppress(Fenced):
            runner.give_up(job, INTERRUPTED)
    return len(dead)


def servable():
    """Return the due jobs whose kind this release knows; a job of a kind not yet deployed here waits."""
    return Job.objects.due().filter(kind__in=KINDS)


def drain(stop):
    """Run the due jobs one after the other until none is left or `stop` (threading.Event) is set; return how many."""
    count = 0
    while done := sum(runner.run(pk) for pk in list(servable().values_list("pk", flat=True)) if not stop.is_set()):
        count += done
    return count
