"""The journal kept apart from the database, and what it was set to (reliability.md C1, C3)."""

import datetime as dt
import json

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import transaction

from apps.core import clock
from apps.journal.models import JournalEntry
from apps.journal.selectors import verify
from apps.journal.services import record
from tests import factories
from tests.commands import run

pytestmark = pytest.mark.django_db
START = dt.datetime(2026, 1, 1, 9, tzinfo=dt.timezone(dt.timedelta(hours=8)))


@pytest.fixture
def ten_days(monkeypatch):
    """One entry a day from 2026-01-01 on."""
    for number in range(10):
        monkeypatch.setattr(clock, "now", lambda number=number: START + dt.timedelta(days=number))
        with transaction.atomic():
            record(act="测试", actor=factories.SYSTEM, target=f"第{number}日", detail={"中文": [1, "二"]})


def lines_of(path):
    return path.read_text(encoding="utf-8").splitlines()


def test_an_archive_stands_by_itself_and_takes_nothing_away(ten_days, tmp_path):
    out = tmp_path / "2026.jsonl"
    code, told = run("journal_archive", out, "--before", "2026-01-06")
    assert (code, told["entries"], told["first"], told["last"], told["prev"]) == (0, 5, 1, 5, "")
    assert (JournalEntry.objects.count(), verify().intact) == (11, True)  # ten and the archiving
    assert JournalEntry.objects.latest("seq").detail["sha256"] == told["sha256"]
    assert run("journal_verify", "--archive", out) == (
        0,
        {"entries": 5, "first_bad": None, "tail": JournalEntry.objects.get(seq=5).digest, "history_bad": []},
    )


@pytest.mark.parametrize(
    ("spoil", "first_bad"),
    [
        (lambda lines: [line.replace("第2日", "第3日") for line in lines], 3),
        (lambda lines: lines[:2] + lines[3:], 2),
        (lambda lines: [lines[0], lines[2], lines[1], *lines[3:]], 1),
        (lambda lines: lines[:-1], 5),
    ],
    ids=["changed", "removed", "swapped", "cut"],
)
def test_a_spoilt_archive_is_found(ten_days, tmp_path, spoil, first_bad):
    out = tmp_path / "2026.jsonl"
    run("journal_archive", out, "--before", "2026-01-06")
    out.write_text("\n".join(spoil(lines_of(out))) + "\n", encoding="utf-8")
    code, told = run("journal_verify", "--archive", out)
    assert (code, told["first_bad"]) == (1, first_bad)


def test_a_head_that_was_rewritten_and_what_is_no_archive_are_refused(ten_days, tmp_path):
    out = tmp_path / "2026.jsonl"
    run("journal_archive", out, "--before", "2026-01-06")
    head, *lines = lines_of(out)
    shorter = json.loads(head) | {"last": 4, "entries": 4, "tail": json.loads(lines[3])["digest"]}
    out.write_text("\n".join([json.dumps(shorter), *lines[:4]]) + "\n", encoding="utf-8")
    assert run("journal_verify", "--archive", out)[0] == 1
    for text in ("", "[]\n", "not json\n", "{}\n"):
        out.write_text(text)
        code, told = run("journal_verify", "--archive", out)
        assert (code, told["status"], told["message"]) == (1, "refused", "这不是日志归档文件，或文件已损坏。")


def test_nothing_is_overwritten_and_a_broken_chain_is_not_archived(ten_days, tmp_path, monkeypatch, settings):
    out = tmp_path / "2026.jsonl"
    out.write_text("mine")
    assert (run("journal_archive", out, "--before", "2026-01-06")[0], out.read_text()) == (1, "mine")
    assert run("journal_archive", tmp_path / "none", "--before", "2020-01-01")[0] == 1
    settings.JOURNAL_KEY = "another"
    assert run("journal_archive", tmp_path / "broken", "--before", "2026-01-06")[0] == 1
    assert not (tmp_path / "broken").exists()


def test_without_a_day_the_term_of_keeping_counts(ten_days, tmp_path, settings):
    settings.JOURNAL_KEEP_DAYS = 100_000
    assert run("journal_archive", tmp_path / "a")[0] == 1


@pytest.mark.parametrize(("days", "fine"), [(179, False), (180, True)])
def test_a_term_below_six_months_is_refused(settings, days, fine):
    settings.JOURNAL_KEEP_DAYS = days
    if fine:
        call_command("check")
    else:
        with pytest.raises(SystemCheckError, match="journal.E001"):
            call_command("check")


def test_a_changed_setting_is_one_entry_and_the_same_again_is_none(settings):
    assert "PASSWORD_PROFILE" in run("settings_seen")[1]["changed"]
    assert run("settings_seen") == (0, {"status": "done", "changed": []})
    settings.SESSION_PLACES, settings.FIELD_KEYS = 9, ["a-new-secret-key-1"]
    assert run("settings_seen")[1]["changed"] == ["FIELD_KEYS", "SESSION_PLACES"]
    entry = JournalEntry.objects.latest("seq")
    assert (entry.act, entry.detail["changed"]["SESSION_PLACES"]) == ("设置变更", [3, 9])
    assert JournalEntry.objects.filter(act="设置变更").count() == 2
    assert "a-new-secret-key-1" not in str(entry.detail)
    assert verify().intact


def test_a_method_that_was_exchanged_shows(monkeypatch, tmp_path):
    from apps.grading import methods

    run("settings_seen")
    for path in methods.FOLDER.glob("*.toml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "jinyun-sample.toml").write_bytes(b"# another\n")
    monkeypatch.setattr(methods, "FOLDER", tmp_path)
    assert run("settings_seen")[1]["changed"] == ["评价办法"]
