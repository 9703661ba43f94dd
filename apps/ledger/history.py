"""History of every ledger row: django-simple-history's models, written only by the kit's write path."""

from contextvars import ContextVar

from django.db import models
from simple_history.models import HistoricalRecords

from apps.core.context import setting

_writing = ContextVar("ledger_writing", default=False)


class WriteOutsideKit(RuntimeError):
    """A ledger row was written past `apps.ledger.services`: it would have no history and no journal entry."""


def writing():
    """Open the write path inside this block. Only `apps.ledger.services` enters here."""
    return setting(_writing, True)


def require_writing(model):
    if not _writing.get():
        raise WriteOutsideKit(f"{model.__name__}: write through apps.ledger.services")


class HistoryTrace(models.Model):
    """What every history row knows beside the values: in which post, through which door, in which batch."""

    post = models.CharField("身份", max_length=100, blank=True)
    channel = models.CharField("途径", max_length=20, blank=True)
    batch = models.UUIDField("批次", null=True, blank=True, db_index=True)

    class Meta:
        abstract = True


class LedgerHistory(HistoricalRecords):
    """Historical models without the library's signals: nothing is recorded behind the write path's back."""

    def __init__(self, **kwargs):
        super().__init__(
            inherit=True,
            bases=[HistoryTrace],
            history_change_reason_field=models.CharField("原因", max_length=500, blank=True, default=""),
            **kwargs,
        )

    def post_save(self, instance, created, using=None, **kwargs):
        require_writing(type(instance))

    def post_delete(self, instance, using=None, **kwargs):
        require_writing(type(instance))

    def pre_delete(self, instance, **kwargs):
        require_writing(type(instance))
