"""Redis is a bell: when it is away nothing is lost and nobody waits (reliability T01, T06)."""

import time

import pytest
from celery import Celery
from celery.signals import before_task_publish
from django.db.models.functions import Now

from apps.jobs import services
from apps.jobs.choices import State
from apps.jobs.models import Job
from jinyun.celery import app as office_app

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def nobody(settings):
    """The settings of an office whose Redis is away: nothing listens there."""
    settings.REDIS_URL = settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    app = Celery("away")
    app.config_from_object("django.conf:settings", namespace="CELERY")
    yield app.set_current()
    office_app.set_current()


def test_a_broker_that_is_away_neither_fails_nor_delays_the_act(work, nobody):
    began = time.monotonic()
    job = work.ask()
    assert services.ring(job) is False
    assert time.monotonic() - began < 2
    Job.objects.update(created_at=Now() - services.BELL_TIME * 2)
    assert services.sweep() == {"rung": 0, "failed": 0}
    assert services.run_here(job.pk).state == State.DONE


def test_without_a_broker_nothing_is_sent(work, settings):
    settings.REDIS_URL = ""
    sent = []

    @before_task_publish.connect
    def note(sender, **message):
        sent.append(sender)

    assert services.ring(work.ask()) is False
    assert sent == []
