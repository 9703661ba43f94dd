"""A worker that dies at a named point: a real process, ended by SIGKILL or os._exit where the test says."""

import os
import signal
from contextlib import contextmanager

from django.db import connection

from apps.jobs import runner, services
from apps.jobs.models import Job, JobQuerySet


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def before(owner, name):
    return _around(owner, name, first=die)


def after(owner, name):
    return _around(owner, name, last=die)


def _around(owner, name, first=None, last=None):
    """Return a function that makes `owner.name` call `first` before and `last` after itself."""

    def plant():
        plain = getattr(owner, name)

        def planted(*args, **kwargs):
            if first:
                first()
            result = plain(*args, **kwargs)
            if last:
                last()
            return result

        setattr(owner, name, planted)

    return plant


def around_finishing(*, entered=False, written=False):
    """Die inside the last transaction: before any result is written, or with all written and nothing committed."""

    def plant():
        plain = Job.finishing

        @contextmanager
        def planted(job, result):
            with plain(job, result) as report:
                if entered:
                    die()
                yield report
                if written:
                    die()

        Job.finishing = planted

    return plant


POINTS = {
    "before the claim": before(JobQuerySet, "claim"),
    "after the claim": after(JobQuerySet, "claim"),
    "before a beat": before(Job, "beat"),
    "after a beat": after(Job, "beat"),
    "job marked done, nothing written": around_finishing(entered=True),
    "results written": around_finishing(written=True),
    "before the journal": before(Job, "note"),
    "after the journal": after(Job, "note"),
    "after the commit": after(runner, "run"),
    "attempt failed, not yet settled": before(runner, "_settle"),
    "attempt failed and settled": after(runner, "_settle"),
    "before the sweep": before(services, "look_after"),
    "after the sweep": after(services, "look_after"),
}


def in_child(work, plant=lambda: None):
    """Run `work` in a child with what `plant` plants; return its wait status (negative signal, or exit code).

    The child must not touch the parent's connection, not even to close it: it takes one of its own.
    """
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    try:
        connection.connection = None
        plant()
        work()
        connection.close()
        os._exit(0)
    except BaseException:
        os._exit(99)
