"""If the journal cannot be written the act fails and nothing is changed (reliability C4)."""

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from apps.enterprises.models import Enterprise
from apps.journal.models import JournalEntry
from apps.ledger import services as ledger
from tests import factories
from tests.commands import run

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm():
    return factories.enterprise("示例企业甲")


@pytest.fixture
def clerk(client):
    client.force_login(factories.person("permu", "per_mu"))
    client.raise_request_exception = False
    return client


def close_the_journal(connection):
    """Let the database take no further entry, as with a full disk."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what is pending stands in the way of the next line
            cursor.execute("ALTER TABLE journal_journalentry ADD CONSTRAINT closed CHECK (seq < 0) NOT VALID")
        else:
            cursor.execute(
                "CREATE TRIGGER closed BEFORE INSERT ON journal_journalentry BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
            )


@pytest.fixture
def out_of_order(firm, clerk):
    close_the_journal(connection)


def rename(client, firm):
    """Send the edit page back with another name."""
    page = reverse("ledger:change", args=["enterprises", firm.pk])
    form = client.get(page).context["form"]
    values = {name: form[name].value() for name in form.fields} | {"name": "改名"}
    return client.post(page, {name: value for name, value in values.items() if value is not None})


def test_the_form_would_have_been_saved(clerk, firm):
    assert rename(clerk, firm).status_code == 302
    assert Enterprise.objects.get().name == "改名"


def test_the_act_fails_with_a_page_and_nothing_changed(out_of_order, clerk, firm):
    entries = JournalEntry.objects.count()
    answer = rename(clerk, firm)
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    page = answer.content.decode()
    assert "您刚才的操作没有保存" in page
    assert "journal" not in page and "Traceback" not in page and "disk" not in page
    kept = Enterprise.objects.get()
    assert (kept.name, kept.version, kept.history.count(), JournalEntry.objects.count()) == ("示例企业甲", 1, 1, entries)


def test_a_script_gets_its_own_form(out_of_order, clerk, firm):
    answer = clerk.post(
        reverse("ledger:archive", args=["enterprises", firm.pk]), {"version": 1, "reason": "停产"}, HTTP_ACCEPT="application/json"
    )
    assert (answer.status_code, list(answer.json())) == (503, ["message"])
    assert Enterprise.objects.get().archived_at is None


def test_nobody_signs_in_unseen(out_of_order):
    stranger = Client(raise_request_exception=False)
    answer = stranger.post("/people/sign-in/", {"username": "permu", "password": "Jinyun-2021!"})
    assert (answer.status_code, "_auth_user_id" in stranger.session) == (503, False)


def test_a_service_raises_and_rolls_back(out_of_order, firm):
    with pytest.raises(OperationalError, match="日志暂时不能写入"):
        ledger.change(record=firm, values={"name": "改名"}, version=1, actor=factories.SYSTEM)
    assert Enterprise.objects.get().name == "示例企业甲"


def test_an_export_that_cannot_be_entered_is_not_handed_out(out_of_order, clerk):
    answer = clerk.get(reverse("exchange:export", args=["enterprises"]))
    assert (answer.status_code, answer.get("Content-Disposition")) == (503, None)


def test_a_command_says_so(out_of_order, tmp_path):
    code, document = run("export_ledger", "enterprises", str(tmp_path / "out.xlsx"), "--as", "permu")
    assert (code, "日志暂时不能写入" in document["message"]) == (1, True)


def test_a_refusal_is_answered_all_the_same(out_of_order, clerk):
    assert clerk.get(reverse("journal:list")).status_code == 403
