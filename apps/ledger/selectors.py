"""The history of one record for people: what changed, from what to what."""

from apps.core.scope import ScopedQuerySet
from apps.ledger import registry
from apps.ledger.fields import NOT_SHOWN, label_of, text
from apps.ledger.models import WriteBatch

OUT_OF_SIGHT = "（您的范围以外）"
HIDDEN = {"version", "updated_at", "created_at", "origin", "archived_at", "archive_reason"}


def timeline(record, user, limit=None):
    """Return the record's history, newest first: [{entry, act, changes: [(label, before, after)], batch, opens}].

    What a foreign key pointed at is named only where `user` may see it: a record that came from another park does
    not tell of it. One query for the entries, one per changed foreign key for the names.
    """
    entries = list(record.history.select_related("history_user").order_by("-history_date", "-history_id")[: limit and limit + 1])
    pairs = zip(entries, [*entries[1:], None], strict=True)
    keys = {entry.batch for entry in entries if entry.batch}
    batches = WriteBatch.objects.in_bulk(keys) if keys else {}
    shown = [
        {
            "entry": entry,
            "act": _act(entry, before, bool(record.workflow)),
            "changes": changes_of(record, entry, before, user),
            "batch": batches.get(entry.batch),
            "opens": entry.batch in batches and _may_open(batches[entry.batch], user),
        }
        for entry, before in pairs
    ]
    return shown[:limit] if limit else shown


def _may_open(batch, user):
    """Say whether the page of a batch that wrote a visible row is there for this person (batches.batches_of)."""
    return batch.user_id == user.pk or user.may("archive", batch.ledger)


def _act(entry, before, moved):
    """Say in one word what a history row stands for.  moved: whether a change of `state` is a move of a workflow."""
    if entry.history_type == "+":
        return "登记"
    if before and bool(before.archived_at) != bool(entry.archived_at):
        return "归档" if entry.archived_at else "恢复"
    if before and moved and getattr(before, "state", None) != getattr(entry, "state", None):
        return "办理"
    return "修改"


def changes_of(record, entry, before, user):
    """Compare two history rows field by field; the first row of a record has nothing to compare with."""
    if before is None:
        return []
    hidden = HIDDEN.union(record.derived_fields)
    ledger = registry.of_model(type(record))
    sensitive = ledger.hidden_from(user) if ledger else ()  # values of a round are no ledger
    fields = [field for field in record._meta.fields if field.name not in hidden and hasattr(entry, field.attname)]
    return [
        (label_of(field), NOT_SHOWN, NOT_SHOWN)
        if field.name in sensitive
        else (label_of(field), _word(field, getattr(before, field.attname), user), _word(field, getattr(entry, field.attname), user))
        for field in fields
        if getattr(before, field.attname) != getattr(entry, field.attname)
    ]


def _word(field, value, user):
    if field.is_relation and value is not None:
        rows = field.related_model.objects.all()
        seen = rows.visible_to(user) if isinstance(rows, ScopedQuerySet) else rows  # a post is no business data
        return str(seen.filter(pk=value).first() or OUT_OF_SIGHT)
    return str(dict(field.flatchoices).get(value, text(value))) if field.flatchoices else text(value)
