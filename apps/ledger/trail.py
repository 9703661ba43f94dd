"""The trail of a record (流转记录): written by the write path and by moves, read by pages, rules of four eyes and clocks."""

from apps.core import clock
from apps.core.bulk import insert_records, maker
from apps.ledger import proofs, registry
from apps.ledger.models import TrailEntry
from apps.ledger.moves import CREATE


def code_of(record):
    """Return the code under which rows that belong to `record` are kept."""
    return registry.of_model(type(record)).code


def of(record):
    """Return the trail of one record, oldest first."""
    return TrailEntry.objects.filter(ledger=code_of(record), record_id=record.pk).select_related("user").order_by("number")


def begin(records, actor, reason):
    """Write the first line of every new record (all of one model) and return what the journal keeps of them (`proofs.seal_of`)."""
    if not records or not records[0].workflow:
        return {}
    make, said = maker(TrailEntry), _said(records[0], actor, reason) | {"at": clock.now(), "on": clock.today()}
    said |= {"number": 0, "move": CREATE, "label": "登记"}
    lines = [make({**said, "record_id": record.pk, "target": record.state}) for record in records]
    insert_records(lines)
    return proofs.seal_of(lines)


def add(*, record, move, source, target, comment, actor):
    """Write the next line of the trail of a record that is locked and return what the journal keeps of it."""
    number = of(record).count()
    said = _said(record, actor, comment) | {"record_id": record.pk, "number": number}
    line = TrailEntry.objects.create(**said, move=move.code, label=move.label, source=source, target=target)
    return proofs.seal_of([line])


def last(record, codes):
    """Return the latest entry made by one of the moves `codes`, None when there is none."""
    return of(record).filter(move__in=codes).last()


def entered(record):
    """Return the entry by which the record came into its present state."""
    return of(record).filter(target=record.state).exclude(source=record.state).last()


def _said(record, actor, comment):
    """Return what every line of this act says: of which ledger, by whom, in which post, through which door, and why."""
    who = {"user_id": actor.user and actor.user.pk, "post": actor.post[:100], "channel": actor.channel}
    return {"ledger": code_of(record), "comment": comment[:500], **who}
