"""The history of one record for people: what changed, from what to what."""

from apps.ledger.fields import label_of, text

HIDDEN = {"version", "updated_at", "created_at", "origin", "initials", "archived_at"}


def timeline(record, limit=None):
    """Return the record's history, newest first: [{entry, changes: [(label, before, after)]}].

    One query for the entries, one per foreign key for the names.
    """
    entries = list(record.history.select_related("history_user").order_by("-history_date", "-history_id")[: limit and limit + 1])
    pairs = zip(entries, [*entries[1:], None], strict=True)
    shown = [{"entry": entry, "changes": _changes(record, entry, before)} for entry, before in pairs]
    return shown[:limit] if limit else shown


def _changes(record, entry, before):
    """Compare two history rows field by field; the first row of a record has nothing to compare with."""
    if before is None:
        return []
    fields = [field for field in record._meta.fields if field.name not in HIDDEN and hasattr(entry, field.attname)]
    return [
        (label_of(field), _word(field, getattr(before, field.attname)), _word(field, getattr(entry, field.attname)))
        for field in fields
        if getattr(before, field.attname) != getattr(entry, field.attname)
    ]


def _word(field, value):
    if field.is_relation and value is not None:
        return str(field.related_model._default_manager.filter(pk=value).first() or "—")
    return str(dict(field.flatchoices).get(value, text(value)))
