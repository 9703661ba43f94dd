"""Spreadsheets in: take a file in, confirm what was judged, look at it again. What takes long is a job under the batch's key."""

import hashlib

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction

from apps.core import clock, collector, scanner
from apps.core.errors import Refused
from apps.core.outage import Unavailable
from apps.exchange import applying, conflicts, staging
from apps.exchange.asking import CONFIRM, STAGE, asked, require_right, require_standing, who_asked
from apps.exchange.choices import ENDED, WRITTEN, BatchState, Verdict
from apps.exchange.models import Batch, StagedRow
from apps.exchange.reading import MAX_BYTES
from apps.exchange.selectors import job_of
from apps.jobs import runner
from apps.jobs import services as jobs
from apps.jobs.choices import State
from apps.journal import services as journal
from apps.ledger import services as ledger_services

FEW = 500  # so many rows are written while the person waits


def upload(*, ledger, file, filename, actor, year=None):
    """Take in a file for `ledger`, promise that it will be judged, and return its Batch.

    file: a Django File, read in chunks.  year: supplies the key field `year` where the sheet has no such column.
    Raises Refused where the actor may not import at all, or the file is not let in; nothing of it stays.
    """
    require_right(ledger, actor)
    _check_year(ledger, year)
    if file.size > MAX_BYTES:
        raise Refused(f"文件超过 {MAX_BYTES // 1024**2} MB，请分成几个文件上传。")
    batch = Batch(kind=ledger.code, year=year, uploader=actor.user, post=actor.post, state=BatchState.READING)
    batch.filename = "".join(filter(str.isprintable, filename))[-200:].strip() or "未命名"  # shown only: the file lies under another
    batch.sha256 = _digest(file)
    batch.file.save("upload", File(file), save=False)
    try:
        _scan(batch, actor)
        with transaction.atomic():
            batch.save(force_insert=True)
            jobs.enqueue(kind=STAGE, key=str(batch.pk), params=asked(batch, actor), actor=actor)
            _enter("上传表格", batch, actor, file=batch.filename, sha256=batch.sha256)
    except BaseException:
        batch.file.delete(save=False)
        raise
    return batch


def confirm(*, batch, actor, good_rows=False):
    """Promise that the staged rows are written to the ledger and return the batch; asked twice it is promised once.

    good_rows: of a batch with errors write the rows without one. Raises Refused when it is not the actor's own, or
    not to be confirmed.
    """
    require_right(batch.ledger, actor)
    with transaction.atomic():
        batch = _own(batch, actor)
        if batch.state == BatchState.DONE or _is_under_way(batch):
            return batch
        _check_confirmable(batch, good_rows)
        params = asked(batch, actor, good_rows=good_rows)
        jobs.enqueue(kind=CONFIRM, key=str(batch.pk), params=params, actor=actor)
    return batch


def recheck(*, batch, actor):
    """Promise that the stored file is judged again, against the ledger of today, and return the batch."""
    require_right(batch.ledger, actor)
    with transaction.atomic():
        batch = _own(batch, actor)
        if _is_under_way(batch):
            return batch
        if batch.state in ENDED:
            raise Refused(f"这批数据{batch.get_state_display()}，不能重新核对。")
        batch.state = BatchState.READING
        batch.save(update_fields=["state"])
        jobs.enqueue(kind=STAGE, key=str(batch.pk), params=asked(batch, actor), actor=actor)
        _enter("重新核对表格", batch, actor)
    return batch


def at_once(batch):
    """Do here what was promised for a small batch, so that nobody waits for a worker's next look; return the batch as it is then."""
    job = job_of(batch)
    small = batch.file.size <= settings.IMPORT_AT_ONCE if job.kind == STAGE else batch.to_write <= FEW
    if job.is_open and small:
        runner.run(job.pk)
    batch.refresh_from_db()
    return batch


def finished(batch):
    """Do in this process what was promised for the batch, and return it as it is then. Raises Unavailable."""
    job = jobs.run_here(job_of(batch).pk)
    if job.state != State.DONE:
        raise Unavailable(f"作业没有完成：{job.words}。")
    batch.refresh_from_db()
    return batch


# --- what the jobs do ------------------------------------------------------------------------------------------


@collector.resting()
def stage(*, job):
    """Judge the batch of a job."""
    batch = _batch_of(job)
    staging.stage(job=job, batch=batch, actor=who_asked(batch, job.params))


@collector.resting()
def write(*, job):
    """Write the staged rows of a job's batch to the ledger, all or none; the file is not read again.

    Where right, scope, versions or rules forbid it now, nothing is written, the rows that no longer hold are named and
    the batch waits to be judged again. A batch that is written already stays as it is.
    """
    batch = _batch_of(job)
    actor = who_asked(batch, job.params)
    try:
        with job.finishing({"link": batch.get_absolute_url()}) as result:
            result["text"] = _write(batch, actor, job.params["good_rows"])
    except Refused as refusal:
        with job.finishing({"link": batch.get_absolute_url()}) as result:
            result["text"] = _set_back(batch, actor, refusal)


def _write(batch, actor, good_rows):
    batch = Batch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    if batch.state in WRITTEN:
        return "已经入库。"
    _check_confirmable(batch, good_rows)
    require_standing(actor)
    require_right(batch.ledger, actor)
    written = applying.write(batch, actor)
    batch.jobs = sorted(ledger_services.recalculations(written))
    batch.state, batch.confirmed_at, batch.good_rows, batch.message = BatchState.DONE, clock.now(), good_rows, ""
    batch.save(update_fields=["state", "confirmed_at", "good_rows", "jobs", "message"])
    return f"已入库：新增 {batch.counts[Verdict.NEW]} 条，修改 {batch.counts[Verdict.CHANGED]} 条。"


def _set_back(batch, actor, refusal):
    """Say on the batch why nothing was written, and which rows no longer hold."""
    batch = Batch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    if batch.state in (BatchState.READY, BatchState.ERRORS):
        found = conflicts.find(batch, actor)
        StagedRow.objects.filter(pk__among=[row.pk for row, _ in found]).update(verdict=Verdict.CONFLICT)
        batch.state, batch.message = BatchState.CONFLICT, str(refusal)[:500]
        batch.conflicts = [said for _, said in found[: conflicts.SHOWN]]
        batch.separable, batch.counts = False, staging.count(batch)
        batch.save(update_fields=["state", "message", "conflicts", "separable", "counts"])
    _enter("确认入库", batch, actor, result="拒绝", reason=str(refusal))
    return f"没有入库：{refusal}"


def undone(written):
    """Let an import say that what it wrote (a WriteBatch of the kit) was taken back."""
    Batch.objects.filter(pk=written.pk, state=BatchState.DONE).update(state=BatchState.UNDONE)


def _batch_of(job):
    return Batch.objects.select_related("uploader").get(pk=job.params["batch"])


def _own(batch, actor):
    """Return the batch again, locked; raise Refused where it is another's."""
    batch = Batch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    if batch.uploader_id != actor.user.pk:
        raise Refused("只有上传人可以处理这批数据。")
    return batch


def _is_under_way(batch):
    job = job_of(batch)
    return bool(job and job.is_open)


def _check_confirmable(batch, good_rows):
    if good_rows and batch.state == BatchState.ERRORS:
        if not batch.separable:
            raise Refused("这批数据有不属于某一行的错误，或没有可以入库的行，不能只入库没有错误的行。请改正后重新上传。")
    elif batch.state != BatchState.READY:
        raise Refused(f"这批数据{batch.get_state_display()}，不能入库。")


def _check_year(ledger, year):
    """Refuse a year the ledger has no place for, or one its own field would not take."""
    if year is None:
        return
    if "year" not in ledger.resource._meta.import_id_fields:
        raise Refused(f"“{ledger.label}”没有年份，请不要指定年份。")
    try:
        ledger.model._meta.get_field("year").run_validators(year)
    except ValidationError as error:
        raise Refused("".join(error.messages)) from error


def _digest(file):
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def _scan(batch, actor):
    """Let the office's scanner look at the file; nothing of a refused one is kept but the journal's line."""
    try:
        with batch.file.storage.open(batch.file.name) as file:
            scanner.scan(file)
    except Refused as refusal:
        with transaction.atomic():
            _enter("上传表格", batch, actor, result="拒绝", file=batch.filename, sha256=batch.sha256, reason=str(refusal))
        refusal.journalled = True
        raise


def _enter(act, batch, actor, result="成功", **detail):
    """Put an act on a batch into the journal."""
    target = f"{batch.ledger.label}：{batch.filename}"
    journal.record(act=act, actor=actor, target=target, detail={"batch": str(batch.pk), **detail}, result=result)
