"""A file of the corpus through a door people use, and what must be true of the office afterwards."""

import re
from decimal import Decimal

from apps.exchange import services
from apps.exchange.choices import BatchState
from apps.exchange.models import Batch
from apps.exchange.selectors import document
from apps.journal.models import JournalEntry
from apps.ledger import registry
from tests.exchange.books import load, page_of, upload

INTERNALS = re.compile(r"Traceback|Error|Exception|None|\bapps\.|object at|/tmp|/work|Decimal\(|<class|openpyxl|xlrd|python")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def by_command(kind, file, folder):
    """Import a file as a script would; return (document, batch)."""
    path = folder / file.name
    path.write_bytes(file.content)
    code, told = load(kind.code, path, kind.writer)
    assert (code == 0) == (told["status"] == "done"), told
    return told, Batch.objects.get(pk=told["batch"])


def by_page(kind, file, client, folder):
    """Send a file through the upload page, open the verdict, confirm it where there is a button; return (document, batch)."""
    client.force_login(kind.writer)
    path = folder / file.name
    path.write_bytes(file.content)
    known = set(Batch.objects.values_list("pk", flat=True))
    answer = upload(client, path, kind.code)
    assert answer.status_code == 200
    found = Batch.objects.exclude(pk__in=known).first()
    if found is None:  # the form itself refuses it: nothing was kept
        return {"status": "refused", "message": "".join(answer.context["form"].errors["file"]), "errors": [], "notes": []}, None
    if found.state == BatchState.READING:  # too large to be judged while somebody waits
        services.finished(found)
        answer = client.get(page_of(found))
    page = answer.content.decode()
    assert "<script>alert" not in page and "<img src=x" not in page
    if found.state == BatchState.READY:
        assert "确认入库" in page and not _written(kind, found).exists()
        assert client.post(page_of(found), follow=True).status_code == 200
        found.refresh_from_db()
    return document(found), found


def kept():
    """Return what an import may change: rows and history of every ledger, acts of import."""
    found = {}
    for ledger in registry.all():
        found[ledger.code] = (ledger.model._base_manager.count(), ledger.model.history.count())
    return found, list(JournalEntry.objects.filter(act="导入").values_list("pk", flat=True))


def _written(kind, batch):
    return kind.model.history.filter(batch=batch.pk).values_list("id", flat=True)


def check(kind, file, through):
    """Send a File of a kind through a door (by_command or by_page, bound) and assert its verdict. Nothing else may be true."""
    before = kept()
    told, batch = through(kind, file)
    sentences = [told["message"]] if "message" in told else [fault["message"] for fault in told["errors"]]
    for sentence in [*sentences, *told["notes"]]:
        assert CHINESE.search(sentence) and not INTERNALS.search(sentence), sentence
        assert sentence.endswith("。"), sentence
    if file.verdict == "R":
        assert (told["status"], told["errors"]) == ("refused", []), told
        _says(file, told["message"])
    elif file.verdict == "E":
        assert told["status"] == "errors", told
        _names(file, told, batch)
    else:
        assert told["status"] == "done", told
        _says(file, "\n".join(told["notes"]))
        assert _stored(kind, batch, file) == _expected(file)
        assert told["new"] + told["changed"] == len(file.stored)
        assert told["changed"] == file.changed
    if file.verdict in "RE":
        assert kept() == before


def _says(file, said):
    assert [part for part in file.says if part not in said] == [], said


def _names(file, told, batch):
    """Exactly the bad cells are named: sheet, row, column letter, what stands there, Chinese reason and remedy."""
    named = [(fault["row"], fault["column"]) for fault in told["errors"]]
    assert named == sorted(((bad.row, bad.letter) for bad in file.bad), key=lambda place: (place[0], len(place[1]), place[1])), told
    for bad in file.bad:
        fault = next(fault for fault in told["errors"] if (fault["row"], fault["column"]) == (bad.row, bad.letter))
        assert fault["sheet"] == batch.sheet
        assert bad.value is None or fault["value"] == bad.value, fault
        assert fault["message"].startswith(f"{bad.title}：") and "；" in fault["message"], fault
        assert bad.reason in fault["message"], (bad, fault)


def _stored(kind, batch, file):
    """Return the rows the import wrote, as an export writes the columns of the file."""
    titles = set(file.stored[0])
    records = kind.resource.get_queryset().filter(pk__in=_written(kind, batch))
    rows = [kind.as_row(record) for record in records]
    return sorted(({title: row[title] for title in titles} for row in rows), key=_order)


def _expected(file):
    return sorted(({title: None if cell == "" else cell for title, cell in row.items()} for row in file.stored), key=_order)


def _order(row):
    return [f"{title}={Decimal(cell).normalize() if isinstance(cell, int | Decimal) else cell}" for title, cell in sorted(row.items())]
