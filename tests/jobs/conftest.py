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
def work():
    work = Work()
    job_kind(work.kind, label="测试作业")(work)
    yield work
    del KINDS[work.kind]
