import logging

from django.db import transaction

from apps.core.errors import Refused
from apps.jobs.choices import State
from apps.jobs.models import Fenced, Job
from apps.jobs.registry import kind_of
from apps.jobs.rules import GAVE_UP

logger = logging.getLogger(__name__)


def run(job_id):
    """Claim the job and let its kind's handler do it: one attempt. Return whether the job was to be had.

    It is not when it is done, taken or not due: messages may come late, twice or never.
    A handler that did not open `job.finishing` itself is finished here with what it returned.
    """
    job = Job.objects.claim(job_id)
    if job is None:
        return False
    try:
        result = kind_of(job.kind).handler(job)
        if job.state == State.RUNNING:
            with job.finishing(result=result or {}):
                pass
    except Fenced as lost:
        logger.warning("%s", lost)
    except Exception as error:
        _settle(job, error)
    return True


def give_up(job, sentence):
    """End the job as failed and say so in the journal. Raises Fenced when another worker has it."""
    with transaction.atomic():
        job.fail(sentence)
        job.note("作业失败", job.actor, result="失败", reason=sentence)


def _settle(job, error):
    """Record that the attempt failed: a refusal is an answer, anything else is tried again."""
    try:
        if isinstance(error, Refused):
            give_up(job, str(error))
            return
        logger.error("job %s (%s), attempt %s of %s", job.pk, job, job.attempts, job.max_attempts, exc_info=error)
        if job.attempts < job.max_attempts:
            job.retry_later()
        else:
            give_up(job, GAVE_UP)
    except Fenced as lost:
        logger.warning("%s", lost)
