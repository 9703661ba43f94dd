"""Every kind of job, done twice and by two at once, leaves what it leaves when done once (reliability T02, T03)."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from celery import current_app
from django.apps import apps
from django.db import connection, transaction

from apps.jobs import runner, services
from apps.jobs.choices import State
from apps.jobs.kinds import PublishedInTransaction
from apps.jobs.registry import KINDS
from apps.journal.models import JournalEntry
from tests import factories
from tests.jobs.examples import EXAMPLES

OURS = sorted(name for name in current_app.tasks if not name.startswith(("celery.", "test.")))
pytestmark = pytest.mark.django_db


def everything():
    """Return every row of every table but the sessions."""
    models = [model for model in apps.get_models() if model._meta.app_label != "sessions"]
    return {model._meta.label: list(model.objects.order_by("pk").values()) for model in models}


def ask(kind):
    return services.enqueue(kind=kind, key="example", params=EXAMPLES[kind](), actor=factories.SYSTEM)


def runs_noted(job):
    return JournalEntry.objects.filter(act="作业完成", detail__job=job.pk).count()


def test_every_kind_has_an_example():
    assert set(EXAMPLES) == set(KINDS)


@pytest.mark.parametrize("kind", EXAMPLES)
def test_a_second_message_changes_nothing(kind):
    job = ask(kind)
    KINDS[kind].task(job.pk)
    job.refresh_from_db()
    once = everything()
    KINDS[kind].task(job.pk)
    assert everything() == once
    assert (job.state, job.error, runs_noted(job)) == (State.DONE, "", 1)


@pytest.mark.parametrize("kind", EXAMPLES)
def test_an_attempt_cut_off_before_its_end_leaves_nothing(kind, monkeypatch):
    """The worker dies when all is written and nothing committed; what comes after is as if it had never been."""
    job = ask(kind)
    before = everything()

    def dies(job, act, actor, **detail):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("apps.jobs.models.Job.note", dies)
        runner.run(job.pk)
    after = everything()
    row = next(row for row in after["jobs.Job"] if row["id"] == job.pk)
    assert (row["state"], row["attempts"]) == (State.RUNNING, 1)
    del before["jobs.Job"], after["jobs.Job"]
    assert after == before


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", EXAMPLES)
def test_two_at_once_are_one(kind):
    job = ask(kind)
    together = threading.Barrier(2)

    def worker(_):
        try:
            together.wait()
            return runner.run(job.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as workers:
        assert sorted(workers.map(worker, range(2))) == [False, True]
    job.refresh_from_db()
    assert (job.state, job.attempts, runs_noted(job)) == (State.DONE, 1, 1)


@pytest.mark.parametrize("name", OURS)
def test_no_task_is_published_inside_a_transaction(name):
    with transaction.atomic(), pytest.raises(PublishedInTransaction):
        current_app.tasks[name].delay()


def test_every_kind_is_among_the_tasks_that_were_tried():
    assert {*KINDS, "jobs.sweep"} == set(OURS)
