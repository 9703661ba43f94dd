"""Reads of batches for pages and commands."""

from apps.core.bulk import maker
from apps.exchange.applying import conversions
from apps.exchange.asking import CONFIRM, STAGE
from apps.exchange.choices import OPEN, OPEN_NAMES, BatchState, Verdict
from apps.exchange.findings import error
from apps.exchange.models import Batch, ExportFile
from apps.exchange.rules import plain
from apps.jobs.choices import State
from apps.jobs.models import Job


def batches_of(user):
    """Return the batches `user` uploaded; nobody sees another's."""
    return Batch.objects.filter(uploader=user).select_related("uploader")


def can_be_told(batch):
    """Say whether a batch waits, and its file could be opened: more can be said of its columns and names then."""
    return batch.state in OPEN and hasattr(batch, "reading")


def names_asked(batch):
    """Return how many names of a batch wait for its uploader's answer."""
    return batch.names.filter(found__in=OPEN_NAMES).count() if batch.state in OPEN else 0


def errors_of(batch):
    """Return every error of a batch in the order of its cells; what is no single cell's comes after them."""
    rows = batch.rows.filter(verdict=Verdict.ERROR).values_list("row", "errors")
    found = [error(batch.sheet, row, *fault) for row, faults in rows.order_by("row") for fault in faults]
    return sorted([*found, *batch.errors], key=_place)


def _place(fault):
    letters = fault["column"] or ""
    return fault["row"] or float("inf"), not letters, len(letters), letters


def document(batch):
    """Return the JSON document of a batch, as the command prints it."""
    counts = {name: batch.counts.get(name, 0) for name in ("new", "changed", "unchanged")}
    body = {"status": batch.state, **counts, "errors": errors_of(batch), "notes": batch.notes, "batch": str(batch.pk)}
    return {**body, "message": batch.message} if batch.state == BatchState.REFUSED else body


def standing(batch):
    """Return the batch and the newest job about it, of one moment: a job that ended meanwhile has changed the batch."""
    job = job_of(batch)
    if job and not job.is_open:
        batch.refresh_from_db()
    return batch, job


def figures(batch):
    """Return [(label, rows)] of what was counted; of rows left out of what was written the label says so."""
    labels = dict(Verdict.choices) | ({Verdict.ERROR: "未入库"} if batch.good_rows else {})
    return [(label, batch.counts[verdict]) for verdict, label in labels.items() if verdict in batch.counts]


def has_marks(batch):
    """Say whether cells or rows of the uploaded file can be marked: it is still kept, and something in it is wrong."""
    return bool(batch.file and batch.counts.get(Verdict.ERROR))


def left_out(batch):
    """Return the data rows that were not written with the good ones, or would not be: how many, and in words which."""
    rows = list(batch.rows.filter(verdict=Verdict.ERROR).order_by("row").values_list("row", flat=True))
    return len(rows), f"第 {'、'.join(map(str, rows[:20]))}{' 等' if len(rows) > 20 else ''} 行"


def new_rows(batch, most):
    """Return (columns, [(StagedRow, [(column, text)])]): what the first rows that are added say.

    A column stands there where one of them fills it, and says more than the record's own name.
    """
    resource, model = batch.ledger.resource(user=batch.uploader), batch.ledger.model
    make, convert = maker(model), conversions(model)
    staged = batch.rows.filter(verdict=Verdict.NEW).order_by("row")[:most]
    records = [make(convert(row.values)) for row in staged]
    for column in resource.references_written:
        _attach(column, records, batch.uploader)
    columns = [column for column in resource.columns if column.model_field]
    texts = {column: [plain(column.export(record)) for record in records] for column in columns}
    labels = [row.label for row in staged]
    columns = [column for column in columns if any(texts[column]) and texts[column] != labels]
    return columns, [(row, [(column, texts[column][place]) for column in columns]) for place, row in enumerate(staged)]


def _attach(column, records, user):
    """Give new records what they refer to, in one query; what is out of sight by now stays empty."""
    keys = {getattr(record, column.attname) for record in records} - {None}
    rows = column.widget.model.objects.visible_to(user).select_related(*column.widget.joins).in_bulk(keys)
    for record in records:
        column.model_field.set_cached_value(record, rows.get(getattr(record, column.attname)))


def job_of(batch):
    """Return the newest job about the batch itself, None where there is none; as its uploader sees it."""
    mine = Job.objects.filter(requested_by=batch.uploader).knowing_stalled()
    return mine.filter(kind__in=(STAGE, CONFIRM), key=str(batch.pk)).order_by("-pk").first()


def label(batch, job):
    """Return the word of the batch's badge: while a job is at it, what the job does."""
    if job is None or not job.is_open:
        return batch.get_state_display()
    return job.label if job.stalled else "核对中" if job.kind == STAGE else "入库中"


def progress(job):
    """Return in words what an open job about a batch is doing."""
    if job.stalled or job.state == State.PENDING:
        return job.words
    if job.kind == CONFIRM:
        return "正在写入台账：全部写完才生效"
    if not job.progress_total:
        return "正在检查并读取文件"
    if job.progress_done < job.progress_total:
        return f"正在逐行核对：{job.progress_done:,} / {job.progress_total:,} 行"
    return "正在试写入，核对各行之间的规则"


def jobs_of(batch):
    """Return the newest job of each recalculation the batch queued."""
    found = [Job.objects.filter(kind=kind, key=key).first() for kind, key in batch.jobs]
    return [job for job in found if job]


def exports_of(user):
    """Return the export files `user` asked for; nobody sees another's."""
    return ExportFile.objects.filter(owner=user)


def with_jobs(files):
    """Return pairs (export file, its newest job); one query."""
    jobs = Job.objects.filter(kind="exchange.export", key__in=[str(file.pk) for file in files]).order_by("pk")
    newest = {job.key: job for job in jobs.knowing_stalled()}
    return [(file, newest.get(str(file.pk))) for file in files]
