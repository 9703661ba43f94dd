"""History of every ledger row: django-simple-history's models, written only by the kit's write path."""

from contextvars import ContextVar
from functools import cache

from django.db import connections, models, router
from simple_history.manager import HistoryManager
from simple_history.models import HistoricalRecords

from apps.core.among import keys_among
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


class KeptManager(HistoryManager):
    """The library's manager, whose class it builds anew at every look at `.history`: an eighth of the time of a write."""

    from_queryset = classmethod(cache(HistoryManager.from_queryset.__func__))


class LedgerHistory(HistoricalRecords):
    """Historical models without the library's signals: nothing is recorded behind the write path's back."""

    def __init__(self, **kwargs):
        super().__init__(
            inherit=True,
            bases=[HistoryTrace],
            history_manager=KeptManager,
            history_change_reason_field=models.CharField("原因", max_length=500, blank=True, default=""),
            **kwargs,
        )

    def post_save(self, instance, created, using=None, **kwargs):
        require_writing(type(instance))

    def post_delete(self, instance, using=None, **kwargs):
        require_writing(type(instance))

    def pre_delete(self, instance, **kwargs):
        require_writing(type(instance))


def remember(records, *, kind, actor, reason, moment, batch):
    """Write a history row of each record just written (of one model): the database copies its own rows, in one statement.

    kind: "+" new, "~" changed.  Returns the keys of the history rows. The values are not sent a second time, and the history can
    say nothing else than the ledger.
    """
    model = type(records[0])
    connection = connections[router.db_for_write(model)]
    quote = connection.ops.quote_name
    said = {"history_type": kind, "history_date": moment, "history_change_reason": reason, "history_user_id": actor.user and actor.user.pk}
    said |= {"post": actor.post, "channel": actor.channel, "batch": batch}
    fields = [field for field in model.history.model._meta.concrete_fields if not field.primary_key]
    values = [field.get_db_prep_save(said[field.attname], connection) for field in fields if field.attname in said]
    columns = ", ".join(quote(field.column) for field in fields)
    sources = ", ".join("%s" if field.attname in said else quote(field.column) for field in fields)
    among, keys = keys_among(connection, [record.pk for record in records])
    key = quote(model._meta.pk.column)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(model.history.model._meta.db_table)} ({columns}) SELECT {sources} "
            f"FROM {quote(model._meta.db_table)} WHERE {key} {among} ORDER BY {key} RETURNING {quote('history_id')}",
            [*values, keys],
        )
        return [key for (key,) in cursor.fetchall()]
