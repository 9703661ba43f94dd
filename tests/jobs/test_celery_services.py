"""Every kind of job once through a real Celery worker on PostgreSQL and Redis; Redis may lose every message."""
import os
import signal
import subprocess
import sys
import time

import pytest
import redis
from django.conf import settings
from django.db import connection

from apps.accounts.choices import Role
from apps.core.actor import Actor
from apps.jobs import services
from apps.jobs.choices import OPEN, State
from apps.jobs.models import Job
from apps.jobs.registry import KINDS
from tests import factories

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
DEADLINE = 60  # seconds
EXAMPLES = {
    "grading.regrade": {"year": 2020},
    "grading.refresh": {},
}


def wait_for(job, states=(State.DONE, State.FAILED, State.CANCELLED)):
    """Return the job as soon as it stands in one of `states`; fail after the deadline."""
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        job.refresh_from_db()
        if job.state in states:
            return job
        WAIT.wait(0.1)
    pytest.fail(f"{job} is still {job.state} after {DEADLINE} s")
