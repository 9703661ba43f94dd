"""What a script reads while something is out of order: 503 or 500, a number to tell, nothing of the inside (reliability C4, E3)."""

import logging
import re
import sqlite3

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.urls import include, path
from rest_framework.views import APIView

from apps.accounts.choices import Role
from apps.core import failures
from apps.core.outage import Unavailable
from apps.enterprises.models import Enterprise
from apps.journal.models import JournalEntry
from tests import factories
from tests.journal.test_outage import close_the_journal
from tests.ledger.api_contract import Script

pytestmark = pytest.mark.django_db
SECRET = "secret-of-the-inside"
NUMBER = re.compile(r"事件编号：([0-9A-F]{8})。")
AWAY, CLOSED, BROKEN = (
    "数据库暂时不能使用。您刚才的操作没有保存，请稍后再试。",
    "日志暂时不能写入。您刚才的操作没有保存，请稍后再试。",
    "系统出错，您刚才的操作没有保存。",
)
HELD = "记录正在被他人处理，未保存任何内容，请稍后重试。"


def locked_out(tmp_path):
    """Return the error of SQLite where another writer does not let go, as Django passes it on."""
    with sqlite3.connect(tmp_path / "held.sqlite3") as holder, sqlite3.connect(tmp_path / "held.sqlite3", timeout=0) as late:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError) as busy:
            late.execute("BEGIN IMMEDIATE")
    error = OperationalError(SECRET)
    error.__cause__ = busy.value
    return error


def wrapped(error):
    unavailable = Unavailable("日志暂时不能写入。")
    unavailable.__cause__ = error
    return unavailable


class Fails(APIView):
    authentication_classes = permission_classes = ()
    error = None

    def get(self, request):
        raise self.error


@pytest.fixture
def errors(tmp_path):
    busy = locked_out(tmp_path)
    return {
        "broken": ZeroDivisionError(SECRET),
        "away": OperationalError(SECRET),
        "lost": InterfaceError(SECRET),
        "closed": Unavailable("日志暂时不能写入。"),
        "held": busy,
        "held journal": wrapped(busy),
    }


urlpatterns = [path("api/fails/", Fails.as_view()), path("fails/", lambda request: Fails().get(request)), path("", include("jinyun.urls"))]
handler500 = failures.server_error


@pytest.fixture
def answer(client, settings, errors, monkeypatch):
    settings.ROOT_URLCONF = __name__
    client.raise_request_exception = False

    def ask(name, address="/api/fails/"):
        monkeypatch.setattr(Fails, "error", errors[name])
        return client.get(address)

    return ask


@pytest.mark.parametrize(
    ("name", "status", "words"), [("broken", 500, BROKEN), ("away", 503, AWAY), ("lost", 503, AWAY), ("closed", 503, CLOSED)]
)
def test_each_failure_is_answered_as_on_a_page(answer, name, status, words):
    given = answer(name)
    assert given.status_code == status
    assert NUMBER.sub("", given.json()["message"]) == words
    assert (given.headers.get("Retry-After"), list(given.json())) == ("30" if status == 503 else None, ["message"])


def test_the_number_stands_in_the_log_with_the_error(answer, caplog):
    with caplog.at_level(logging.ERROR, "django.request"):
        number = NUMBER.search(answer("away").json()["message"])[1]
    [record] = [record for record in caplog.records if record.name == "django.request"]
    assert failures.NamesIncident().filter(record)
    line = logging.Formatter("{levelname} {name}: {message}", style="{").format(record)
    assert line.startswith(f"ERROR django.request: {number} Service Unavailable: /api/fails/")
    assert SECRET in line


@pytest.mark.parametrize("name", ["held", "held journal"])
def test_a_database_somebody_else_is_writing_to_is_said_to_be_held(answer, name):
    """SQLite: its one writer did not let go within the twenty seconds; on PostgreSQL tests/ledger/test_lock_order.py."""
    given = answer(name)
    assert (given.status_code, given.json()) == (409, {"message": HELD})
    page = answer(name, "/fails/")
    assert (page.status_code, HELD in page.content.decode()) == (409, True)


def test_a_change_fails_with_the_journal_and_nothing_is_changed():
    firm = factories.enterprise("示例企业甲")
    script = Script(factories.person("permu", Role.PER_MU), f"/api/ledgers/enterprises/{firm.pk}/")
    script.client.raise_request_exception = False
    assert script("patch", body={"name": "改名"}, version=1).status_code == 200  # else what follows would prove nothing
    close_the_journal(connection)
    entries = JournalEntry.objects.count()
    given = script("patch", body={"name": "又改名"}, version=2)
    assert (given.status_code, given["Retry-After"]) == (503, "30")
    assert NUMBER.sub("", given.json()["message"]) == CLOSED
    kept = Enterprise.objects.get()
    assert (kept.name, kept.version, kept.history.count(), JournalEntry.objects.count()) == ("改名", 2, 2, entries)
