"""A process killed at each phase of an import: the batch is untouched or complete, and what was promised is done once (T23)."""

import datetime as dt
import signal
import sqlite3

import pytest
from django.db import connection
from django.db.models.functions import Now

from apps.core.actor import Actor
from apps.enterprises.models import YearlyFact
from apps.exchange import applying, child, retention, services, staging
from apps.exchange.models import Batch, StagedRow
from apps.jobs import runner
from apps.jobs import services as jobs
from apps.jobs.models import Job
from apps.journal import selectors as journal
from apps.journal.models import JournalEntry
from tests import factories
from tests.exchange.books import FACT, book, staged, taken_in
from tests.jobs.crash import after, before, in_child
from tests.offices import DATABASE, working_in

pytestmark = pytest.mark.django_db(transaction=True)
KILLED = -signal.SIGKILL

UPLOAD = {
    "file stored": before(services, "_scan"),
    "job promised, nothing committed": before(services, "_enter"),
    "all written, nothing committed": after(services, "_enter"),
}
STAGE = {
    "guard and parse: the child works": before(child.Child, "readline"),
    "a beat among the rows": before(Job, "beat"),
    "rows judged": after(staging, "_counted_off"),
    "rows stored": before(staging, "_conclude"),
    "trial written": after(applying, "write"),
    "before the commit": after(Job, "note"),
    "after the commit": after(runner, "run"),
}
CONFIRM = {
    "nothing written": before(applying, "write"),
    "ledger written": after(applying, "write"),
    "before the commit": after(Job, "note"),
    "after the commit": after(runner, "run"),
}


@pytest.fixture
def office(tmp_path):
    """A database that several processes share: PostgreSQL itself, or a file with the tables of the suite's SQLite in memory."""
    if connection.vendor != "sqlite":
        yield
        return
    path = tmp_path / "office.sqlite3"
    connection.ensure_connection()
    with sqlite3.connect(path) as copy:
        connection.connection.backup(copy)
    copy.close()
    with working_in(**DATABASE, NAME=str(path)):
        yield


@pytest.fixture
def clerk(office):
    return factories.person("permu", "per_mu")


@pytest.fixture
def sheet(clerk, tmp_path):
    firm = factories.enterprise("示例甲机械有限公司")
    factories.yearly(firm, 2019, output=5)
    Job.objects.all().delete()
    rows = [[firm.credit_code, firm.name, year, "规上", year - 2000, 3] for year in (2019, 2020, 2021)]
    return book(tmp_path / "a.xlsx", FACT, *rows)


def killed(work, plant=lambda: None):
    connection.close()  # no process inherits an open one
    return in_child(work, plant)


def look(work, plant=lambda: None):
    """Let a worker do what is due, in a process of its own."""
    Job.objects.update(lease_until=Now() - dt.timedelta(seconds=1), not_before=None)
    return killed(work, plant)


def due():
    for pk in list(jobs.servable().filter(kind__startswith="exchange.").values_list("pk", flat=True)):
        runner.run(pk)


def written():
    return list(YearlyFact.objects.order_by("year").values_list("year", "output", "version"))


def verdicts():
    return list(StagedRow.objects.order_by("row").values_list("row", "verdict", "base_version", "changes"))


BEFORE = [(2019, 5, 1)]
AFTER = [(2019, 19, 2), (2020, 20, 1), (2021, 21, 1)]
VERDICTS = [
    (2, "changed", 1, [["工业总产值（万元）", "5", "19"], ["评价税收（万元）", "", "3"]]),
    (3, "new", None, []),
    (4, "new", None, []),
]


@pytest.mark.parametrize("point", UPLOAD)
def test_killed_at_the_upload(point, clerk, sheet, settings):
    """Nothing was promised; the file that lies there is nobody's and goes with the next clearing."""
    assert killed(lambda: taken_in("enterprise-facts", sheet, clerk), UPLOAD[point]) == KILLED
    left = [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]
    assert (Batch.objects.count(), Job.objects.count(), JournalEntry.objects.filter(act="上传表格").count(), len(left)) == (0, 0, 0, 1)
    retention.GRACE, grace = dt.timedelta(0), retention.GRACE
    try:
        jobs.run_here(jobs.enqueue(kind="exchange.clear", key="x", params={"day": "x"}, actor=factories.SYSTEM).pk)
    finally:
        retention.GRACE = grace
    assert not left[0].exists()


@pytest.mark.parametrize("point", STAGE)
def test_killed_while_it_is_judged(point, clerk, sheet):
    batch = taken_in("enterprise-facts", sheet, clerk)
    assert look(due, STAGE[point]) == KILLED
    batch.refresh_from_db()
    expected = ("ready", VERDICTS) if point == "after the commit" else ("reading", [])
    assert ((batch.state, verdicts()), written()) == (expected, BEFORE)
    assert look(due) == 0
    batch.refresh_from_db()
    assert (batch.state, batch.counts, verdicts()) == ("ready", {"new": 2, "changed": 1, "unchanged": 0, "error": 0}, VERDICTS)
    assert (written(), JournalEntry.objects.filter(act="核对表格").count(), journal.verify().intact) == (BEFORE, 1, True)


@pytest.mark.parametrize("point", CONFIRM)
def test_killed_while_it_is_written(point, clerk, sheet):
    batch = staged("enterprise-facts", sheet, clerk)
    services.confirm(batch=batch, actor=Actor.of(clerk))
    assert look(due, CONFIRM[point]) == KILLED
    batch.refresh_from_db()
    whole = point == "after the commit"
    assert (batch.state, written()) == (("done", AFTER) if whole else ("ready", BEFORE))
    assert Job.objects.filter(kind="grading.regrade").count() == (3 if whole else 0)
    assert look(due) == 0
    services.confirm(batch=batch, actor=Actor.of(clerk))
    assert look(due) == 0
    batch.refresh_from_db()
    assert (batch.state, written()) == ("done", AFTER)
    assert JournalEntry.objects.filter(act="导入").count() == 1
    assert journal.verify().intact
