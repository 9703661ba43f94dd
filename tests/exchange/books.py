"""Workbooks as offices send them, and the doors they come through."""

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from apps.core.actor import Actor
from apps.exchange import services
from apps.ledger import registry
from tests.commands import run

CODE, NAME = "统一社会信用代码", "企业名称"
FACT = [CODE, NAME, "年份", "规模", "工业总产值（万元）", "评价税收（万元）"]


def book(path, *rows, sheet="数据"):
    """Write `rows` to an .xlsx and return its path."""
    workbook = Workbook()
    workbook.active.title = sheet
    for row in rows:
        workbook.active.append(row)
    workbook.save(path)
    return path


def load(kind, path, user, *options):
    """Import a file as `user`; return (exit code, document)."""
    return run("import_workbook", kind, path, "--as", user.username, *options)


def upload(client, path, kind="enterprise-facts", **data):
    """Send a file through the upload page; return the answer."""
    file = SimpleUploadedFile(path.name, path.read_bytes())
    return client.post(reverse("exchange:upload", args=[kind]), {"file": file, **data}, follow=True)


def page_of(batch):
    return reverse("exchange:batch", args=[batch.pk])


def taken_in(kind, path, user, name=None):
    """Take in a file as `user`; return its batch, whose job waits."""
    file = ContentFile(path.read_bytes())
    return services.upload(ledger=registry.get(kind), file=file, filename=name or path.name, actor=Actor.of(user))


def staged(kind, path, user, name=None):
    """Take in a file and have it judged; return the batch."""
    return services.finished(taken_in(kind, path, user, name))


def imported(kind, path, user):
    """Take in a file and write it; return the batch."""
    return services.finished(services.confirm(batch=staged(kind, path, user), actor=Actor.of(user)))


def places(document):
    """Return [(row, column)] of the errors of a document."""
    return [(error["row"], error["column"]) for error in document["errors"]]


def cells(path, sheet=None):
    """Return the values of a sheet of a workbook as lists."""
    workbook = load_workbook(path)
    return [list(row) for row in (workbook[sheet] if sheet else workbook.worksheets[0]).iter_rows(values_only=True)]
