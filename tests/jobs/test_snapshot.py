"""Whoever reads while a year is recalculated sees the run before or the run after, each whole (reliability T11)."""

import threading
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client

from apps.grading import services as grading
from apps.grading.models import CurrentRun
from apps.grading.rules.method import GRADES
from apps.jobs import services
from apps.jobs.choices import State
from tests import factories
from tests.racing import rounds

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
READS, FIRMS, RUNS = 5 * rounds(20), 20, 6


def add_a_firm(tax=Decimal(80)):
    firm = factories.enterprise()
    factories.occupation(firm, area=Decimal(20))
    factories.yearly(firm, 2020, tax=tax, value_added=Decimal(300))


def ask():
    return grading.request_run(year=2020, method="jinyun-sample", actor=factories.SYSTEM)


def recalculate(stop, failures):
    """Evaluate the year again and again, each time with one enterprise more."""
    try:
        while not stop.is_set():
            add_a_firm()
            job = services.run_here(ask().pk)
            if job.state != State.DONE:
                failures.append(job.error)
    finally:
        connection.close()


def test_readers_see_whole_runs_only():
    for number in range(FIRMS):
        add_a_firm(Decimal(80 + number))
    services.run_here(ask().pk)
    client = Client()
    client.force_login(factories.person("permu", "per_mu"))
    stop, failures = threading.Event(), []
    writer = threading.Thread(target=recalculate, args=(stop, failures))
    writer.start()
    seen = []
    try:
        while writer.is_alive() and (len(seen) < READS or len(set(seen)) < RUNS):
            shown = client.get("/grading/overview/?year=2020").context
            run = shown["run"]
            assert (shown["population"], shown["participants"], shown["excluded"]) == (run.population, run.participants, run.excluded)
            assert dict(shown["grades"]) == {grade: run.grades[grade] for grade in GRADES}
            seen.append(run.pk)
    finally:
        stop.set()
        writer.join()
    assert (failures, seen == sorted(seen)) == ([], True), "a reader went back to an earlier run"
    assert len(set(seen)) >= RUNS, "nothing happened while people read"
    assert seen[-1] <= CurrentRun.objects.get().run_id
