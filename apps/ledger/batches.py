"""Batches that a person wrote at once, and taking one back while nothing later touched its rows."""

from django.db import transaction
from django.db.models import OuterRef, Q, Subquery

from apps.core import clock
from apps.core.errors import Refused
from apps.ledger import dependents, registry, services
from apps.ledger.choices import BatchKind
from apps.ledger.fields import text
from apps.ledger.models import WriteBatch

OWN_RIGHT = {BatchKind.IMPORT: "import", BatchKind.BULK: "change"}
KEPT = {"version", "created_at", "updated_at"}
UNDONE = "撤销批次"
CHUNK = 1_000

told = []  # callables (batch): who keeps a state of his own for a batch is told in the transaction that undoes it


def batches_of(ledger, user):
    """Return the batches of a ledger this person may look at: his own, and with the right to archive those of rows in his scope."""
    batches = WriteBatch.objects.filter(ledger=ledger.code).select_related("user", "undone_by", "undoes")
    if not user.may("archive", ledger.code):
        return batches.filter(user=user)
    seen = ledger.model.history.filter(id__in=ledger.model.objects.visible_to(user).values("pk"), batch__isnull=False)
    return batches.filter(Q(user=user) | Q(pk__in=seen.values("batch")))


def entries_of(batch):
    """Return the history rows of a batch in the order of their records, each with the key of the one before it (`former`)."""
    history = registry.get(batch.ledger).model.history.model.objects
    before = history.filter(id=OuterRef("id"))
    before = before.filter(Q(history_date__lt=OuterRef("history_date")) | Q(history_date=OuterRef("history_date"), pk__lt=OuterRef("pk")))
    former = Subquery(before.order_by("-history_date", "-pk").values("pk")[:1])
    return history.filter(batch=batch.pk).annotate(former=former).order_by("id")


def may_undo(batch, user):
    """Say whether this person may take the batch back: it is his own, or he may archive; an undoing is not undone."""
    act = OWN_RIGHT.get(batch.kind)
    own = batch.user_id == user.pk and act and user.may(act, batch.ledger)
    return bool(act and (own or user.may("archive", batch.ledger)))


def obstacles(batch, user):
    """Return sentences on what stands in the way of undoing the batch; none when nothing does."""
    model = registry.get(batch.ledger).model
    entries = entries_of(batch)
    keys = set(entries.values_list("id", flat=True))
    seen = model.objects.visible_to(user)
    in_scope = seen.filter(pk__in=entries.order_by().values("id")).count()
    hidden = [f"{len(keys) - in_scope} 条记录已不在您的范围内。"] if in_scope < len(keys) else []
    return [*hidden, *_changed_later(model, entries, seen), *_grown_since(model, entries), *_under_archived(model, batch, user)]


def _changed_later(model, entries, seen):
    """Name the rows in sight that were written again after the batch."""
    first = entries.order_by("history_date").values("history_date")[:1]
    later = model.history.filter(id__in=entries.order_by().values("id"), history_date__gt=Subquery(first)).select_related("history_user")
    newest = {}
    for entry in later.order_by("history_date", "history_id"):
        newest[entry.id] = entry
    names = {record.pk: str(record) for record in seen.filter(pk__in=list(newest))}
    return [
        f"“{names[key]}”后来于 {text(entry.history_date)} 又被{entry.history_user or '系统'}（{entry.post}）修改。"
        for key, entry in newest.items()
        if key in names
    ]


def _grown_since(model, entries):
    """Count the rows of other ledgers, and of what is not finished yet, that hang on what the batch made: they would stand without it."""
    made = list(entries.filter(history_type="+").values_list("id", flat=True))
    try:
        family = dependents.hanging_on(model, made) if made else {}
    except Refused as refusal:
        return [f"本批新增的记录{refusal}"]
    grown = [f"本批新增的记录下已有 {len(rows)} 条“{registry.of_model(child).label}”。" for child, rows in family.items()]
    waiting = dependents.unfinished({model: made}) if made else ()
    return grown + [f"本批新增的记录已有 {line}；{dependents.WAIT}。" for line in waiting]


def _under_archived(model, batch, user):
    """Name what live rows would belong to again though it was archived meanwhile; as for a restored row, it must come back first."""
    below = {}
    for record, names in _taken_back(model, batch, user):
        for named in dependents.references_of(record, names) if not record.archived_at else ():
            below.setdefault(named, []).append(record)
    sentences = []
    for above in dependents.archived_among(below):
        rows = below[type(above), above.pk]
        more = f"等 {len(rows)} 条" if len(rows) > 1 else ""
        sentences.append(f"“{rows[0]}”{more}将重新属于“{above}”，而它已归档；请先恢复“{above}”。")
    return sentences


@transaction.atomic
def undo(*, batch, reason, actor):
    """Take a batch back and return the WriteBatch that did: its new rows are archived, the others get their former values.

    Raises Refused without the right or a reason, when it was undone already, and when something stands in the way (`in_the_way`);
    Conflict when a row is being changed at this moment.
    """
    batch = WriteBatch.objects.select_for_update(of=("self",), no_key=True).get(pk=batch.pk)
    if not may_undo(batch, actor.user):
        raise Refused("您的岗位不能撤销这个批次。")
    if batch.undone_by_id:
        raise Refused("这个批次已经撤销。")
    if not reason.strip():
        raise Refused("撤销必须填写原因。")
    _refuse(obstacles(batch, actor.user))
    for tell in told:  # before the rows: it may lock what an import locks first
        tell(batch)
    model = registry.get(batch.ledger).model
    reason = f"撤销“{batch.reason}”：{reason}"[:500]
    done = services.write_batch(
        model=model, new=[], changed=_taken_back(model, batch, actor.user), actor=actor, reason=reason, kind=BatchKind.UNDO, act=UNDONE
    )
    _refuse(_grown_since(model, entries_of(batch)))  # what came before the rows were held
    batch.undone_by = WriteBatch.objects.get(pk=done)
    batch.save(update_fields=["undone_by"])
    return batch.undone_by


def _refuse(in_the_way):
    if in_the_way:
        raise Refused(f"不能撤销，有 {len(in_the_way)} 项妨碍：{''.join(in_the_way[:5])}未改动任何记录。", in_the_way=in_the_way)


def _taken_back(model, batch, user):
    """Return pairs (record as it was before the batch, the fields that differ) of those `user` sees; a row of a later version conflicts."""
    entries = list(entries_of(batch))
    moment = clock.now()
    pairs = []
    for start in range(0, len(entries), CHUNK):
        part = entries[start : start + CHUNK]
        records = model.objects.visible_to(user).in_bulk([entry.id for entry in part])
        formers = model.history.in_bulk([entry.former for entry in part if entry.former])
        for entry in part:
            if entry.id not in records:
                continue
            record = records[entry.id]
            record.version = entry.version
            former = formers.get(entry.former)
            pairs.append((record, _put_back(record, entry, former) if former else _withdraw(record, moment)))
    return [(record, names) for record, names in pairs if names]


def _withdraw(record, moment):
    record.archived_at, record.archive_reason = moment, UNDONE
    return ["archived_at", "archive_reason"]


def _put_back(record, entry, former):
    """Give the record the values it had before `entry` and return the names of the fields."""
    fields = [field for field in record._meta.concrete_fields if field.name not in KEPT and hasattr(entry, field.attname)]
    changed = [field for field in fields if getattr(entry, field.attname) != getattr(former, field.attname)]
    for field in changed:
        setattr(record, field.attname, getattr(former, field.attname))
    return [field.name for field in changed]
