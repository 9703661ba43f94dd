"""The office's malware scanner sees every upload first; one that does not work lets nothing in (reliability.md D7)."""

import sys

import pytest
from django.urls import reverse

from apps.accounts.choices import Role
from apps.core import scanner
from apps.core.errors import Refused
from apps.exchange.models import Batch
from apps.journal.models import JournalEntry
from tests import factories as make
from tests.exchange.books import CODE, NAME, book

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"  # the test string of eicar.org, in two halves
INFECTED = "^文件未通过病毒检查，没有保存。"
OUT_OF_ORDER = "^病毒检查暂时不可用，文件没有保存。"
SCRIPT = "import sys; data = sys.stdin.buffer.read(); sys.exit(1 if b'EICAR-STANDARD' in data else 0)"


@pytest.fixture
def installed(settings):
    """A scanner that knows one virus, called as clamdscan is: file on standard input, 0 clean, 1 infected."""
    settings.UPLOAD_SCANNER = [sys.executable, "-c", SCRIPT]


def test_a_clean_file_passes(installed):
    scanner.scan(b"PK clean")


def test_an_infected_file_is_refused(installed):
    with pytest.raises(Refused, match=INFECTED):
        scanner.scan(b"PK" + EICAR)


@pytest.mark.parametrize(
    "command", [["/nowhere/scanner"], [sys.executable, "-c", "raise SystemExit(2)"], [sys.executable, "-c", "import os; os.abort()"]]
)
def test_a_scanner_that_does_not_work_lets_nothing_in(settings, command):
    settings.UPLOAD_SCANNER = command
    with pytest.raises(Refused, match=OUT_OF_ORDER):
        scanner.scan(b"PK clean")


def test_neither_does_one_that_never_ends(settings, monkeypatch):
    monkeypatch.setattr(scanner, "PATIENCE", 0.3)
    settings.UPLOAD_SCANNER = [sys.executable, "-c", "import time; time.sleep(30)"]
    with pytest.raises(Refused, match=OUT_OF_ORDER):
        scanner.scan(b"PK clean")


def test_without_one_nothing_is_asked(settings):
    assert settings.UPLOAD_SCANNER == []
    scanner.scan(EICAR)


@pytest.mark.django_db
def test_an_infected_workbook_leaves_only_a_line_in_the_journal(installed, settings, client, tmp_path):
    client.force_login(make.person("clerk", Role.PER_MU))
    page = reverse("exchange:upload", args=["enterprises"])
    file = book(tmp_path / "virus.xlsx", [CODE, NAME], [make.credit_code(), "示例乙"])
    file.write_bytes(file.read_bytes() + EICAR)
    with file.open("rb") as upload:
        answer = client.post(page, {"file": upload}, follow=True)
    assert [str(message) for message in answer.context["messages"]] == [
        "文件未通过病毒检查，没有保存。请用杀毒软件检查本机后重新制作文件。"
    ]
    assert not Batch.objects.exists()
    assert [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()] == []
    entry = JournalEntry.objects.get(act="上传表格")
    assert (entry.target, entry.result) == ("企业：virus.xlsx", "拒绝")
