import itertools

import pytest

from apps.core.actor import Actor
from apps.jobs.kinds import job_kind
from apps.jobs.registry import KINDS
from apps.jobs.services import enqueue


class Work:
    """A kind of job for tests: remembers its calls and does what `does` says."""

    numbers = itertools.count(1)

    def __init__(self):
        self.kind = f"test.work{next(self.numbers)}"  # a Celery task's name can be given once
        self.calls = []
        self.does = lambda job: {"text": "完成"}

    def __call__(self, job):
        self.calls.append(job.params)
        return self.does(job)

    def ask(self, key="2020", **params):
        """Enqueue one and return it."""
        return enqueue(kind=self.kind, key=key, params=params, actor=Actor.system("测试"))


@pytest.fixture
def declare():
    """Return a function that makes a Work known as a kind of job while the test lasts."""
    known = []

    def declare(work, **options):
        job_kind(work.kind, label="测试作业", **options)(work)
        known.append(work.kind)
        return work

    yield declare
    for kind in known:
        del KINDS[kind]


@pytest.fixture
def work(declare):
    return declare(Work())
