from django.db import connection, transaction
from django.utils import timezone

from apps.core import clock
from apps.journal.models import JournalEntry, JournalHead
from apps.journal.rules import clean, clean_text

HEAD = 1


def record(*, act, actor, target="", detail=None, result="成功"):
    """Append one act to the journal inside the caller's transaction and return the entry.

    Call it last: the chain's end stays locked until the transaction ends. If the entry cannot be written the act
    fails with it. Raises TransactionManagementError outside `transaction.atomic`, where an act could stay without
    its entry.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("journal.record() belongs inside the transaction of its act")
    head, _ = JournalHead.objects.select_for_update().get_or_create(pk=HEAD)
    entry = JournalEntry(
        seq=head.seq + 1,
        at=timezone.localtime(clock.now()).isoformat(timespec="microseconds"),
        user=actor.user,
        actor=_fit("actor", actor.user or ""),
        post=_fit("post", actor.post),
        channel=_fit("channel", actor.channel),
        address=_fit("address", actor.address),
        act=_fit("act", act),
        target=_fit("target", target),
        result=_fit("result", result),
        detail=clean(detail or {}),
        prev=head.digest,
    )
    entry.digest = entry.seal()
    entry.save(force_insert=True)
    head.seq, head.digest = entry.seq, entry.digest
    head.save(update_fields=["seq", "digest"])
    return entry


def hold():
    """Take the chain's end now; it stays locked until the caller's transaction ends.

    For acts that lock rows others lock after their own entry (a waiting job): one order for everybody, or two such acts
    wait for each other for ever.
    """
    JournalHead.objects.select_for_update().get_or_create(pk=HEAD)


def _fit(name, value):
    """Return `value` as clean text of at most the field's length: a long name must not stop an act."""
    return clean_text(value)[: JournalEntry._meta.get_field(name).max_length]
