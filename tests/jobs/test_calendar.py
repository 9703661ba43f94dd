"""The calendar asks for a job once a day, however many sweepers and clocks there are (reliability T08)."""

import datetime as dt

import pytest
from django.utils import timezone

from apps.jobs import services
from apps.jobs.choices import State
from apps.jobs.models import Job, Sweep
from apps.journal.models import JournalEntry
from tests.jobs.conftest import Work

pytestmark = pytest.mark.django_db
EIGHT = dt.timezone(dt.timedelta(hours=8))  # Asia/Shanghai knows no summer time


@pytest.fixture
def nightly(declare):
    return declare(Work(), daily_at=2)


def at(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=EIGHT)


def planned(work):
    return list(Job.objects.filter(kind=work.kind).order_by("pk").values_list("key", flat=True))


def test_nothing_before_its_hour(nightly):
    services.plan(at("2026-02-01 01:59:59"))
    assert planned(nightly) == []


def test_once_a_day_also_when_it_was_done_meanwhile(nightly):
    services.plan(at("2026-01-31 02:00:00"))
    services.run_here(Job.objects.get(kind=nightly.kind).pk)
    services.plan(at("2026-01-31 02:00:30"))
    assert (planned(nightly), nightly.calls) == (["2026-01-31"], [{"day": "2026-01-31"}])


def test_the_last_second_of_a_month_belongs_to_its_last_day(nightly):
    for moment in ("2026-01-31 23:59:59", "2026-02-01 00:00:00", "2026-02-01 02:00:00"):
        services.plan(at(moment))
    assert planned(nightly) == ["2026-01-31", "2026-02-01"]


def test_nights_missed_while_the_office_was_down_are_made_up_for(nightly):
    """Each under its own day, also the one whose hour passed only just before midnight."""
    services.plan(at("2026-01-29 02:00:00"))
    for moment in ("2026-02-01 00:30:00", "2026-02-01 00:31:00", "2026-02-01 02:00:00"):
        services.plan(at(moment))
    assert planned(nightly) == ["2026-01-29", "2026-01-30", "2026-01-31", "2026-02-01"]
    for job in Job.objects.filter(kind=nightly.kind).order_by("pk"):
        services.run_here(job.pk)
    assert nightly.calls == [{"day": day} for day in planned(nightly)]


def test_after_a_long_absence_a_week_is_made_up_for(nightly):
    services.plan(at("2025-12-31 02:00:00"))
    services.plan(at("2026-02-24 09:00:00"))
    assert planned(nightly) == ["2025-12-31", *(f"2026-02-{day}" for day in range(18, 25))]


def test_a_new_kind_makes_up_for_nothing(nightly):
    services.plan(at("2026-02-01 01:00:00"))
    services.plan(at("2026-02-01 03:00:00"))
    assert planned(nightly) == ["2026-02-01"]


def test_a_clock_that_was_years_ahead_holds_up_nothing(nightly):
    services.plan(at("2030-01-01 12:00:00"))
    services.plan(at("2026-01-30 12:00:00"))
    services.plan(at("2026-01-31 12:00:00"))
    assert planned(nightly) == ["2030-01-01", "2026-01-30", "2026-01-31"]


@pytest.mark.parametrize("step", [dt.timedelta(hours=1), dt.timedelta(days=1)])
def test_a_clock_that_steps_back_and_forth_asks_for_nothing_twice(nightly, step):
    noon = at("2026-01-30 12:00:00")
    for moment in (noon, noon + step, noon, noon - step, noon):
        services.plan(moment)
    days = sorted(planned(nightly))
    assert days == sorted(set(days))
    assert len(days) == (1 if step < dt.timedelta(days=1) else 3)


def test_the_day_is_the_databases(nightly):
    services.look_after()
    local = timezone.localtime(Sweep.objects.get().at)
    assert planned(nightly) == ([local.date().isoformat()] if local.hour >= 2 else [])


def test_a_failed_one_can_be_asked_for_again(nightly):
    services.plan(at("2026-01-31 02:00:00"))
    first = Job.objects.get(kind=nightly.kind)
    Job.objects.filter(pk=first.pk).update(state=State.FAILED)
    first.refresh_from_db()
    again = services.again(job=first, actor=first.actor)
    services.plan(at("2026-01-31 03:00:00"))
    assert (again.planned, Job.objects.filter(kind=nightly.kind).count()) == (False, 2)


def verified():
    services.plan(at("2026-01-31 02:00:00"))
    return services.run_here(Job.objects.get(kind="journal.verify").pk)


def test_the_journal_is_verified_every_night(work):
    services.run_here(work.ask().pk)
    done = verified()
    tail = JournalEntry.objects.get(seq=1).digest
    assert (done.state, done.result) == (State.DONE, {"text": "日志 1 条，前后相符。", "链尾": tail})


def test_a_broken_journal_is_a_failed_job_that_names_the_place(work, settings):
    services.run_here(work.ask().pk)
    settings.JOURNAL_KEY = "another"
    failed = verified()
    assert (failed.state, failed.error) == (State.FAILED, "日志第 1 条起与封存的不符，可能被篡改。请立即告知审计管理员。")
