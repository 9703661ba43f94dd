from celery import shared_task
from celery.signals import worker_ready

from apps.jobs import daily, services
from apps.jobs.kinds import BellTask


@shared_task(name="jobs.sweep", base=BellTask)
def sweep():
    daily.plan()
    services.sweep()


@worker_ready.connect
def sweep_at_start(**signal):
    """A worker that comes up looks at once for what was left behind."""
    sweep.delay()
