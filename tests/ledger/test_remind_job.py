"""The daily job that reminds of deadlines: asked for by the calendar once a day, by however many sweepers."""

import datetime as dt
import threading

import pytest
from django.utils import timezone

from apps.jobs import services as jobs
from apps.jobs.choices import State
from apps.jobs.models import Job
from apps.ledger import reminders
from apps.ledger.models import Reminder
from tests import factories
from tests.racing import all_before_the_write, without

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(settings):
    settings.OFFICE_TODAY = dt.date(2021, 10, 15)
    return factories.land_case(deadline="2021-10-18")


def at(day, hour):
    return timezone.make_aware(dt.datetime(2021, 10, day, hour))


def mine():
    return Job.objects.filter(kind="ledger.remind")


def test_two_sweeps_of_a_day_make_one_job_and_it_reminds_once(case):
    jobs.plan(at(15, 5))
    assert mine().count() == 0  # before the hour
    jobs.plan(at(15, 6)), jobs.plan(at(15, 9))
    assert list(mine().values_list("key", "params")) == [("2021-10-15", {"day": "2021-10-15"})]
    jobs.drain(threading.Event())
    job = mine().get()
    assert (job.state, job.result) == (State.DONE, {"text": "新增时限提醒 1 条。", "提醒": 1})
    assert list(Reminder.objects.values_list("ledger", "record_id", "mark")) == [("land-cases", case.pk, 7)]
    jobs.plan(at(15, 18)), jobs.plan(at(16, 6))
    jobs.drain(threading.Event())
    assert [job.result["提醒"] for job in mine().order_by("key")] == [1, 0]


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_two_runs_that_both_saw_nothing_write_one_reminder(case):
    """The unique row decides, and neither run fails. The control: without it each writes its own."""
    assert all_before_the_write(Reminder, reminders.remind, reminders.remind) == [1, 1]
    assert list(Reminder.objects.values_list("record_id", "mark")) == [(case.pk, 7)]
    Reminder.objects.all().delete()
    with without(Reminder, "remind_once"):
        assert all_before_the_write(Reminder, reminders.remind, reminders.remind) == [1, 1]
        assert Reminder.objects.count() == 2
