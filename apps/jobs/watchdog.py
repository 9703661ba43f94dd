"""A process that does jobs and no longer hears of them ends itself, so that its supervisor starts another.

After Redis was away a Celery worker may stay connected and deaf (celery #8030, #8091, #9054); `run_jobs` may hang in a job or
on a connection nobody answers. Neither can tell from inside, but the database can: a job is waiting while nothing happens here.
"""

import logging
import os
import threading
import time

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from apps.jobs import services

logger = logging.getLogger(__name__)
DEAF = 70  # exit code: EX_SOFTWARE


class Statements:
    """Counts what the serving thread asks of the database; install it with `connection.execute_wrapper`.

    A runner polls every second and a job reads, writes or beats: one that asks nothing for minutes hangs.
    """

    def __init__(self):
        self.count = 0

    def __call__(self, execute, *statement):
        answer = execute(*statement)
        self.count += 1
        return answer


class Watchdog:
    """Looks at this process now and then; its patience starts anew with every sign of life.

    `sign()` returns what changes with each of them (a count), or None while the process is at work and must not be ended.
    """

    def __init__(self, sign):
        self.sign, self.last, self.quiet_since = sign, None, time.monotonic()

    def is_deaf(self):
        """Say whether a job has been waiting for JOB_DEAF, while this process gave no sign of life."""
        now = self.sign()
        if now is None or now != self.last or not services.servable().exists():
            self.last, self.quiet_since = now, time.monotonic()
        return time.monotonic() - self.quiet_since >= settings.JOB_DEAF.total_seconds()


def start(sign):
    """Watch this process from a thread of its own, for as long as it lives."""
    threading.Thread(target=watch, args=[Watchdog(sign)], name="watchdog", daemon=True).start()


def watch(dog):
    """Watch for ever; end the process, not the thread, when it is deaf. What it held is taken over when the lease is over."""
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
            logger.critical("a job has waited for %s and this process hears nothing; ending it", settings.JOB_DEAF)
            os._exit(DEAF)
