"""What exists only in the fault run: jobs that take a while, short pauses, a poisonous kind, and the broken build."""

import datetime as dt
import os
import resource
import threading
import time

from django.apps import AppConfig
from django.conf import settings
from django.db.models import F
from django.db.models.functions import Now


class HarnessConfig(AppConfig):
    name = "tests.faults.harness"
    label = "harness"

    def ready(self):
        from apps.jobs import rules
        from apps.jobs.kinds import job_kind

        rules.FIRST_DELAY, rules.LONGEST_DELAY = dt.timedelta(seconds=1), dt.timedelta(seconds=3)
        job_kind("faults.poison", label="毒作业")(lambda job: os.abort())
        job_kind("faults.glutton", label="吃内存的作业")(eat)
        job_kind("faults.hang", label="停住的作业")(hang)
        job_kind("faults.nap", label="慢作业", about="{n}")(nap)
        if settings.FAULTS_SLOW:
            take_longer(settings.FAULTS_SLOW)
        if settings.FAULTS_BROKEN:
            forget_lease_and_fence()


def nap(job):
    """Work for params["seconds"], a beat every half second."""
    steps = int(job.params["seconds"] * 2)
    for step in range(steps):
        time.sleep(0.5)
        job.beat(step + 1, steps)
    return {"text": "完成"}


def eat(job):
    """Ask for more memory than the machine gives."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (2 * 1024**3, before[1]))
    try:
        return {"text": len(bytearray(3 * 1024**3))}
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def hang(job):
    """Never come back, the first two times."""
    if job.attempts <= 2:
        threading.Event().wait()
    return {"text": "完成"}


def take_longer(seconds):
    """Let a while pass between the claim and the work."""
    from apps.jobs.models import JobQuerySet

    claim = JobQuerySet.claim

    def claim_slowly(self, pk):
        job = claim(self, pk)
        if job is not None:
            time.sleep(seconds)
        return job

    JobQuerySet.claim = claim_slowly


def forget_lease_and_fence():
    """Let everybody take any unfinished job, and everybody write to it at any time."""
    from apps.jobs.choices import OPEN, State
    from apps.jobs.models import Job, JobQuerySet

    def claim(self, pk):
        taken = self.filter(pk=pk, state__in=OPEN).update(
            state=State.RUNNING, attempts=F("attempts") + 1, lease_until=Now() + settings.JOB_LEASE, started_at=Now(), not_before=None
        )
        job = self.get(pk=pk) if taken else None
        if job is not None:
            time.sleep(settings.FAULTS_SLOW)
        return job

    JobQuerySet.claim = claim
    Job._hold = lambda self, **values: Job.objects.filter(pk=self.pk).update(**values)
