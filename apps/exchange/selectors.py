"""Reads of batches for pages and commands."""

from apps.exchange.choices import BatchState, Verdict
from apps.exchange.findings import error
from apps.exchange.models import Batch, ExportFile
from apps.jobs.models import Job


def batches_of(user):
    """Return the batches `user` uploaded; nobody sees another's."""
    return Batch.objects.filter(uploader=user)


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
