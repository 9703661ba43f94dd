"""What an installation must not show: debug pages, default accounts, secrets in its logs (reliability C5, G2, T46)."""

import logging
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.journal.models import JournalEntry
from tests import factories

CANARY = "Kanarienvogel-7391!"


def manage(tmp_path, *command, **environment):
    """Run manage.py as a production host would, with nothing of this process's settings."""
    own = {"PATH": os.environ["PATH"], "JINYUN_ENV": "production", "VAR_DIR": str(tmp_path), "ALLOWED_HOSTS": "office.example"}
    call = [sys.executable, "manage.py", *command]
    return subprocess.run(call, cwd=settings.BASE_DIR, env={**own, **environment}, capture_output=True, text=True, check=False)


def test_the_deployment_check_is_clean(tmp_path):
    done = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING", SECRET_KEY="".join(chr(33 + n) for n in range(64)))
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert "no issues" in done.stdout


def test_production_does_not_start_without_a_secret(tmp_path):
    done = manage(tmp_path, "check")
    assert done.returncode != 0
    assert "SECRET_KEY is not set" in done.stderr


def test_debug_is_off_unless_somebody_turns_it_on():
    assert settings.DEBUG is False


@pytest.mark.django_db
def test_the_migrations_leave_no_account():
    assert User.objects.count() == 0


@pytest.fixture
def log(caplog):
    """Everything any part of the program says, down to DEBUG."""
    caplog.set_level(logging.DEBUG)
    for name in ("django", "django.request", "django.security", "axes", "apps"):
        caplog.set_level(logging.DEBUG, logger=name)
    return caplog


@pytest.mark.django_db
def test_no_secret_reaches_log_or_journal(log, client, monkeypatch):
    clerk = factories.person("clerk", "per_mu")
    clerk.set_password(CANARY)
    clerk.save()
    client.raise_request_exception = False
    sign_in, change = reverse("accounts:sign-in"), reverse("accounts:password")
    client.post(sign_in, {"username": "clerk", "password": f"{CANARY}x"})  # wrong
    client.post(sign_in, {"username": CANARY, "password": "y"})  # typed into the wrong box
    client.post(sign_in, {"username": "clerk", "password": CANARY})
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post(change, {"old_password": CANARY, "new_password1": f"{CANARY}n", "new_password2": f"{CANARY}m"})
    client.get(reverse("journal:list"))  # 403
    Client().get("/ledger/enterprises/", HTTP_COOKIE=f"{settings.SESSION_COOKIE_NAME}={CANARY}")  # a made-up one

    def broken(*args, **kwargs):
        raise RuntimeError("out of order")

    monkeypatch.setattr("apps.accounts.services.change_password", broken)
    answer = client.post(change, {"old_password": CANARY, "new_password1": f"{CANARY}n", "new_password2": f"{CANARY}n"})
    assert answer.status_code == 500
    assert CANARY not in answer.content.decode()
    said = log.text + "".join(str(getattr(record, "exc_text", "")) for record in log.records)
    assert "out of order" in said, "the test must see what the program logs"
    assert CANARY not in said
    assert cookie not in said
    kept = [f"{entry.actor}{entry.target}{entry.detail}" for entry in JournalEntry.objects.all()]
    assert [text for text in kept if CANARY in text or cookie in text] == []


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/x%0A2021-10-15 forged", "/x%0D%0Aforged", "/ledger/enterprises/1%0Aforged/"])
def test_an_address_forges_no_line_of_the_log(log, client, path):
    client.get(path)
    assert [record for record in log.records if "forged" in record.getMessage()] != []
    assert [record for record in log.records if "\n" in record.getMessage() or "\r" in record.getMessage()] == []
