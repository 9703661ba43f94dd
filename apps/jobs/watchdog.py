"""A Celery worker that no longer hears its bell ends itself, so that systemd starts another.

After Redis was away a worker may stay connected and deaf (celery #8030, #8091, #9054). It cannot tell from inside, but the
database can: a job is waiting while this worker has nothing to do and hears nothing.
"""

import logging
import os
import threading
import time

from celery.worker import state
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from apps.jobs import services

logger = logging.getLogger(__name__)
DEAF = 70  # exit code: EX_SOFTWARE


class Watchdog:
    """Looks at this worker now and then; all its counts start anew with whatever the worker hears or does."""

    def __init__(self):
        self.heard, self.quiet_since = -1, time.monotonic()

    def is_deaf(self):
        """Say whether a job has been waiting for JOB_DEAF, while this worker was idle and heard no message."""
        heard = state.total_count.total()
        if heard != self.heard or state.active_requests or not services.servable().exists():
            self.heard, self.quiet_since = heard, time.monotonic()
        return time.monotonic() - self.quiet_since >= settings.JOB_DEAF.total_seconds()


def watch():
    """Watch for ever; end the process, not the thread, when the worker is deaf. It is idle: nothing is cut off."""
    dog = Watchdog()
    while True:
        threading.Event().wait(settings.JOB_DEAF.total_seconds() / 10)
        try:
            deaf = dog.is_deaf()
        except (OperationalError, InterfaceError):
            logger.exception("the database does not answer; watching on")
            continue
        finally:
            connection.close()
        if deaf:
            logger.critical("a job has waited for %s and this worker hears nothing; ending it", settings.JOB_DEAF)
            os._exit(DEAF)
