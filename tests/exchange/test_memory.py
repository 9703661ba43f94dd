"""Nothing in the web process grows with the file (issue: a sheet of 20 MB from ten people at once)."""

import tracemalloc

import pytest
from django.core.files.base import File
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.core.actor import Actor
from apps.core.uploads import ToTheVolume
from apps.exchange import services
from apps.exchange.models import Batch
from apps.ledger import registry

MIB = 1024**2


@pytest.fixture
def heavy(tmp_path):
    path = tmp_path / "heavy.xlsx"
    with path.open("wb") as file:
        file.truncate(19 * MIB)
    return path


def peak(work):
    """Return how many MiB of Python's memory `work` took at most."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1] / MIB
    finally:
        tracemalloc.stop()


def test_taking_a_file_in(permu, heavy):
    def take():
        with heavy.open("rb") as file:
            services.upload(ledger=registry.get("enterprises"), file=File(file), filename="a.xlsx", actor=Actor.of(permu))

    assert peak(take) < 3
    assert Batch.objects.get().file.size == 19 * MIB


def test_receiving_a_file(rf, heavy, settings):
    def receive():
        handler = ToTheVolume(rf.get("/"))
        handler.new_file("file", "a.xlsx", "application/octet-stream", None)
        with heavy.open("rb") as file:
            for number, chunk in enumerate(iter(lambda: file.read(handler.chunk_size), b"")):
                handler.receive_data_chunk(chunk, number * handler.chunk_size)
        handler.file_complete(19 * MIB).close()

    assert peak(receive) < 3
    assert [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()] == []


def test_a_file_above_a_mebibyte_comes_in_by_the_page(clerk, settings):
    file = SimpleUploadedFile("a.csv", b"x,y\n" * MIB)
    page = clerk.post(reverse("exchange:upload", args=["enterprises"]), {"file": file}, follow=True).content.decode()
    assert "等待开始" in page
    batch = Batch.objects.get()
    assert (batch.file.size, [path.name for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]) == (4 * MIB, [batch.file.name[8:]])
