"""A full volume is a sentence, leaves no partial file and no partial batch, and is over when there is space (reliability T13)."""

import subprocess
import tempfile
from pathlib import Path

import pytest
from django.conf import settings as office
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client

from apps.accounts import tokens
from apps.core.actor import Actor
from apps.core.disk import NO_SPACE
from apps.core.errors import Refused
from apps.enterprises.models import Enterprise
from apps.exchange.models import Batch, StagedRow
from apps.journal.models import JournalEntry
from apps.ledger.models import Paper
from tests import factories
from tests.exchange.books import FACT, book, run

MIB = 1024**2


def fill(folder):
    """Leave no byte on the volume."""
    with (folder / "filler").open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            return


def leftovers(folder):
    return [path for path in folder.rglob("*") if path.is_file() and path.name != "filler"]


@pytest.fixture
def small(tmp_path):
    """A volume of 4 MiB of its own."""
    place = tmp_path / "small"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "none", str(place)], check=True)
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.fixture
def firm(db):
    return factories.enterprise("示例甲机械有限公司", platform=factories.platform())


@pytest.fixture
def clerk(client, firm):
    client.force_login(factories.person("permu", "per_mu"))
    return client


@pytest.fixture
def upload(clerk, tmp_path, firm):
    path = book(tmp_path / "facts.xlsx", FACT, [firm.credit_code, firm.name, 2020, "规上", 100, 3])

    def send():
        with path.open("rb") as file:
            return clerk.post("/exchange/enterprise-facts/upload/", {"file": file}, follow=True)

    return send


@pytest.mark.services
def test_the_volume_of_uploads(small, settings, upload):
    settings.MEDIA_ROOT, settings.MIN_FREE = small, 0
    fill(small)
    assert NO_SPACE in upload().content.decode()
    assert (leftovers(small), Batch.objects.count(), JournalEntry.objects.filter(act="上传表格").count()) == ([], 0, 0)
    (small / "filler").unlink()
    assert "确认入库" in upload().content.decode()
    assert Batch.objects.count() == len(leftovers(small)) == 1


@pytest.mark.services
def test_a_large_file_finds_the_volume_full_while_it_comes_in(small, settings, clerk):
    """It is never whole anywhere: neither in memory nor on the temporary volume. Sent as a browser does, with the form's token."""
    settings.MEDIA_ROOT = small
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = clerk.cookies
    browser.get("/exchange/enterprise-facts/upload/")
    sent = {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value, "file": ContentFile(b"x" * 5 * MIB, name="a.xlsx")}
    answer = browser.post("/exchange/enterprise-facts/upload/", sent, follow=True)
    assert NO_SPACE in answer.content.decode()
    assert (leftovers(small), Batch.objects.count()) == ([], 0)


@pytest.mark.services
def test_a_large_paper_over_the_api_finds_the_volume_full_while_it_comes_in(small, settings, firm):
    settings.MEDIA_ROOT = small
    case, officer = factories.land_case(), factories.person("bureau", "natural")
    script = Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {token_of(officer)}"})
    sent = {"slot": "approval", "file": ContentFile(b"%PDF-" + b"x" * 5 * MIB, name="a.pdf")}
    answer = script.post(f"/api/ledgers/land-cases/{case.pk}/papers/", sent)
    assert (answer.status_code, answer.json()) == (409, {"message": NO_SPACE})
    assert (leftovers(small), Paper.objects.count()) == ([], 0)


def token_of(user):
    return tokens.make(name="数据对接", post=user.posts.get(), days=7, actor=Actor.of(user))


@pytest.mark.services
def test_a_volume_that_fills_up_while_it_is_written(small, settings):
    """What no check beforehand can see: the space is gone in the middle of the file."""
    settings.MEDIA_ROOT, settings.MIN_FREE = small, -5 * MIB
    with pytest.raises(Refused, match=NO_SPACE):
        default_storage.save("uploads/x", ContentFile(b"x" * 5 * MIB))
    assert leftovers(small) == []


@pytest.mark.services
def test_the_temporary_volume_at_an_upload(small, monkeypatch, upload):
    monkeypatch.setattr(tempfile, "tempdir", str(small))
    fill(small)
    assert NO_SPACE in upload().content.decode()
    assert (Batch.objects.get().state, StagedRow.objects.count(), leftovers(small)) == ("refused", 0, [])
    (small / "filler").unlink()
    assert "确认入库" in upload().content.decode()


@pytest.mark.services
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the zip library tries once more when it is collected
def test_the_temporary_volume_at_an_export(small, monkeypatch, clerk):
    monkeypatch.setattr(tempfile, "tempdir", str(small))
    fill(small)
    answer = clerk.get("/exchange/enterprises/export/")
    assert (answer.status_code, NO_SPACE in answer.content.decode(), leftovers(small)) == (409, True, [])
    assert not JournalEntry.objects.filter(act="导出").exists()
    (small / "filler").unlink()
    assert clerk.get("/exchange/enterprises/export/").status_code == 200


@pytest.mark.services
def test_the_volume_an_export_is_written_to(small, clerk):
    fill(small)
    code, document = run("export_ledger", "enterprises", small / "out.xlsx", "--as", "permu")
    assert (code, document["message"], leftovers(small)) == (1, NO_SPACE, [])


def test_a_name_taken_meanwhile_is_not_overwritten():
    names = [default_storage._save("papers/批复.pdf", ContentFile(text)) for text in (b"first", b"second")]
    assert [default_storage.open(name).read() for name in names] == [b"first", b"second"]
    assert len(leftovers(Path(office.MEDIA_ROOT))) == 2


def test_uploads_stop_while_there_is_still_some_space(settings, upload):
    settings.MIN_FREE = 1024**5
    assert NO_SPACE in upload().content.decode()
    assert (Batch.objects.count(), leftovers(Path(office.MEDIA_ROOT)), Enterprise.objects.count()) == (0, [], 1)
