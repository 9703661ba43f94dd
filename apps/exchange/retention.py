"""What was uploaded is kept for a while only (reliability.md F4): rows and files go, the batch with its SHA-256 and counts stays.

Papers are kept for good; a file among them that no row names goes with the others.
"""

import datetime as dt

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction

from apps.core import clock
from apps.exchange.choices import ENDED, BatchState
from apps.exchange.models import Batch, StagedRow
from apps.exchange.selectors import job_of
from apps.ledger import papers
from apps.ledger.models import Paper

FOLDER = "uploads"
GRACE = dt.timedelta(days=1)  # a file younger than that may belong to an upload that is being taken in
PAPER_GRACE = dt.timedelta(days=30)  # whoever took a paper's row away is found before its file goes, too: ledger.verification


def clear(*, job):
    """Clear the batches older than settings.IMPORT_KEPT and delete the files no batch names; the job's result says how many.

    The rows go before the files: a file nobody names any more is found again the next day, however this ends.
    """
    aged = Batch.objects.filter(uploaded_at__lt=clock.now() - settings.IMPORT_KEPT).exclude(file="")
    cleared = 0
    for batch in list(aged.select_related("uploader")):
        job.beat(cleared, 0)
        cleared += _clear(batch)
    files = delete_unnamed(FOLDER, Batch, GRACE) + delete_unnamed(papers.FOLDER, Paper, PAPER_GRACE)
    with job.finishing({"批次": cleared, "文件": files}) as result:
        result["text"] = f"清理 {cleared} 个批次的逐行内容，删除 {files} 个文件。" if cleared or files else "没有到期的导入文件。"


def delete_unnamed(folder, model, age):
    """Delete the stored files below a folder that are older than `age` and no row of `model` names; return how many.

    Their rows were cleared just now, or a process died before it wrote one. One folder after the other: no more names than one holds.
    """
    if not default_storage.exists(folder):
        return 0
    inner, names = default_storage.listdir(folder)
    old = [path for path in (f"{folder}/{name}" for name in names) if default_storage.get_modified_time(path) < clock.now() - age]
    named = set(model.objects.filter(file__startswith=f"{folder}/").values_list("file", flat=True)) if old else set()
    over = [path for path in old if path not in named]
    for path in over:
        default_storage.delete(path)
    return len(over) + sum(delete_unnamed(f"{folder}/{name}", model, age) for name in inner)


@transaction.atomic
def _clear(batch):
    """Forget the rows and the file of one batch, unless a job is at it; return whether it was done."""
    batch = Batch.objects.select_for_update(no_key=True).select_related("uploader").get(pk=batch.pk)
    work = job_of(batch)
    if work and work.is_open:
        return False
    StagedRow.objects.filter(batch=batch).delete()
    batch.file, batch.conflicts = "", []
    if batch.state not in (*ENDED, BatchState.REFUSED):
        batch.state, batch.separable = BatchState.EXPIRED, False
    batch.save(update_fields=["file", "conflicts", "state", "separable"])
    return True
