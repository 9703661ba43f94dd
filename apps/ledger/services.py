"""The one write path of every ledger: check, write, history, journal, follow-up jobs, scope again."""

import copy
import uuid
from collections import Counter
from contextlib import contextmanager

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, transaction

from apps.core import clock
from apps.core.errors import Refused, RowsRefused
from apps.jobs import services as jobs
from apps.journal import services as journal
from apps.ledger import checks, dependents, proofs, registry, trail
from apps.ledger.fields import label_of
from apps.ledger.history import remember, writing
from apps.ledger.models import WriteBatch
from apps.ledger.settled import settled

ARCHIVING = {"archived_at", "archive_reason"}  # set by archiving and by undoing a batch, in whatever state
NOT_THERE = "记录不存在，或不在您的范围内。"
SAME_MEANWHILE = "与已有记录重复（可能刚刚有人登记了相同的记录），未保存任何内容，请核对后重新提交。"


class Conflict(Refused):
    """Somebody else changed the row meanwhile. `current` is the row as it is now."""

    def __init__(self, current):
        super().__init__(f"“{current}”刚刚被他人修改，您的修改未保存，请核对后重新提交。")
        self.current = current


@transaction.atomic
def create(*, model, values, actor, reason=""):
    """Insert one row of `model` with `values` (field name -> value) and return it.

    Raises ValidationError (per field) and Refused when the new row lies outside the actor's scope or somebody else
    wrote the same one at the same moment.
    """
    record = model(**values)
    lock_first([record])
    record.full_clean()
    _check_beginning([record])
    history = _store([record], [], actor, reason)
    seal = trail.begin([record], actor, reason)
    _still_visible([record], actor)
    checks.run([record])
    _journal("新增", [record], history, actor, reason, **seal)
    _queue_jobs(recalculations([record]), actor)
    return record


@transaction.atomic
def change(*, record, values, version, actor, reason=""):
    """Write `values` to one row the actor may see and return it; nothing happens when nothing changes.

    Raises Conflict when `version` is not the row's, ValidationError, and Refused when the row would leave the
    actor's scope, a field is settled or its state does not let it be edited, or somebody else wrote the same one at the same moment.
    """
    record = locked(record, version, actor, values)
    changed = [name for name, value in values.items() if getattr(record, name) != value]
    if not changed:
        return record
    with _settled_kept([(record, changed)], {record.pk: copy.copy(record)}):
        _check_stage([(record, changed)])
        write(record=record, values={name: values[name] for name in changed}, act="修改", actor=actor, reason=reason)
    return record


def write(*, record, values, act, actor, reason, computed=(), **detail):
    """Write `values` to a row that `locked` returned in this transaction; `act` and `detail` stand in the journal.

    computed: names of those values that nobody typed (`LedgerModel.computed`).
    """
    before, stored = recalculations([record]), copy.copy(record)
    record.computed = frozenset(computed)
    for name, value in values.items():
        setattr(record, name, value)
    _judge(record, stored, values)
    history = _store([], [(record, list(values))], actor, reason)
    _still_visible([record], actor)
    checks.run([record])
    _journal(act, [record], history, actor, reason, fields=list(values), **detail)
    _queue_jobs(before | recalculations([record]), actor)


def _judge(record, stored, values):
    """Let the row's own rules judge it with its new values; raise ValidationError.

    A fault the stored row has already, word for word, in a field that is not written and that its state leaves open to
    nobody, bars nothing: who writes now can neither have made it nor mend it, and the record would be stuck for ever.
    """
    try:
        record.full_clean()
    except ValidationError as error:
        flow = record.workflow
        closed = [name for name in error.error_dict if flow and name not in values and _is_closed(flow, stored, name)]
        known = _faults(stored) if closed else {}
        faults = error.update_error_dict({})
        for name in closed:
            if ValidationError(faults[name]).messages == known.get(name):
                del faults[name]
        if faults:
            raise ValidationError(faults) from error


def _is_closed(flow, record, name):
    return name != NON_FIELD_ERRORS and not flow.may_edit(record.state, name)


def _faults(record):
    """Return field -> sentences of what the row's own rules have against it."""
    try:
        record.full_clean()
    except ValidationError as error:
        return error.message_dict
    return {}


@transaction.atomic
def archive(*, record, version, reason, actor):
    """Take a row out of the ledger with a reason, and with it every live row that hangs on it; all can be restored.

    Raises Conflict, and Refused where the actor may not archive what hangs on it.
    """
    if not reason.strip():
        raise Refused("归档必须填写原因。")
    _lock_together(record, dependents.moving_with(record))
    record = locked(record, version, actor)
    if record.archived_at:
        raise Refused("记录已经归档。")
    family = dependents.below(record)
    barrier = dependents.barrier(record, family, actor.user)
    if barrier:
        raise Refused(barrier)
    return _set_archived(record, family, actor, "归档", reason, archived_at=clock.now(), archive_reason=reason)


@transaction.atomic
def restore(*, record, version, reason, actor):
    """Put an archived row back, and with it what was archived together with it. Raises Conflict and Refused."""
    _lock_together(record, dependents.moving_with(record))
    record = locked(record, version, actor)
    if not record.archived_at:
        raise Refused("记录没有归档，不用恢复。")
    family = dependents.archived_with(record)
    barrier = dependents.barrier(record, family, actor.user)
    if barrier:
        raise Refused(barrier)
    return _set_archived(record, family, actor, "恢复", reason, archived_at=None, archive_reason="")


@transaction.atomic
def write_batch(*, model, new, changed, actor, reason, batch=None, kind=None, act="批量写入", trial=False):
    """Write many rows of one model at once, all or none, and return the batch id.

    new: unsaved instances.  changed: pairs (instance with its new values, field names); an instance's `version`
    must still be the database's, and what it does not name becomes again what the database has. kind: a BatchKind
    keeps the batch as a WriteBatch, to be looked up and undone. Raises Conflict, and Refused for rows out of scope,
    named twice or written by somebody else meanwhile. One journal entry stands for the whole batch.
    trial: everything is asked and written, and taken back again; so it leaves out what nobody could read afterwards:
    history, trail, batch, journal and follow-up jobs.
    """
    batch = batch or uuid.uuid4()
    lock_first([*new, *(record for record, _ in changed)])
    stored = _locked_rows(model, [record for record, _ in changed], actor)
    for record, names in changed:
        _keep_the_rest(record, stored[record.pk], names)
    with _settled_kept(changed, stored):
        _check_stage(changed)
        _check_beginning(new)
        history = _store(new, changed, actor, reason, batch, trial)
    seal = {} if trial else trail.begin(new, actor, reason)
    written = [*new, *(record for record, _ in changed)]
    _still_visible(written, actor)
    if written:
        checks.run(written)
    if trial:
        transaction.set_rollback(True)
    elif written:
        if kind:
            _keep_batch(batch, kind, model, len(new), len(changed), actor, reason)
        _journal(act, written, history, actor, reason, batch=str(batch), new=len(new), changed=len(changed), **seal)
        _queue_jobs(recalculations(stored.values()) | recalculations(written), actor)
    return batch


def _keep_batch(batch, kind, model, new, changed, actor, reason):
    WriteBatch.objects.create(
        id=batch, kind=kind, ledger=registry.of_model(model).code, user=actor.user, post=actor.post, reason=reason,
        new=new, changed=changed, at=clock.now()
    )  # fmt: skip


def _set_archived(record, family, actor, act, reason, **values):
    """Set `values` on the record and on what goes with it, under one batch id where there is more than one row."""
    batch = uuid.uuid4() if family else None
    rows = {type(record): [record]}
    for model, records in family.items():
        lock_first(records)  # `_lock_together` has; but for what was entered meanwhile
        rows.setdefault(model, []).extend(_locked_rows(model, records, actor).values())
    history = {}
    for model, records in rows.items():
        for row in records:
            if act == "归档" and (held := dependents.held_by_its_way(row)):
                raise Refused(held)
            for name, value in values.items():
                setattr(row, name, value)
        history[model] = _store([], [(row, list(values)) for row in records], actor, reason, batch)
    for records in rows.values():
        checks.run(records)
    together = {registry.of_model(model).label: len(records) for model, records in family.items()}
    shared = {"batch": str(batch), "together": together} if family else {}
    for model, records in reversed(rows.items()):  # one entry a model, with the proof of its own history rows; the record's is the last
        _journal(act, records, history[model], actor, reason, **shared)
    _queue_jobs(recalculations(row for records in rows.values() for row in records), actor)
    return record


def locked(record, version, actor, values=None):
    """Return the row again, locked, as the actor's scope shows it; raise Refused when it is not there, Conflict when stale.

    values: what is to be written; the rows it refers to are locked with those the row refers to now (`lock_first`).
    """
    lock_first([type(record)(pk=record.pk, **(values or {}))])
    current = _for_update(type(record), actor).filter(pk=record.pk).first()
    if current is None:
        raise Refused(NOT_THERE)
    if current.version != version:
        raise Conflict(current)
    return current


def lock_first(records):
    """Lock the rows that come before rows of this model (`locks_first`): all of them at once, by key, before any of the model's.

    records: of one model, as they are to be written. What stored ones refer to or ever referred to is told by their history:
    a rule looks at where a row has been, too.
    """
    for model, keys in _before(records):
        _lock(model, keys)


def _before(records):
    """Yield (model, keys) of the rows that are locked before these; nothing where their model names none."""
    name = records[0].locks_first if records else None
    if name:
        field = records[0]._meta.get_field(name)
        history = type(records[0]).history.filter(id__among=[record.pk for record in records if record.pk])
        former = history.order_by().values_list(field.attname, flat=True).distinct()
        yield field.related_model, {getattr(record, field.attname) for record in records}.union(former) - {None}


def _lock_together(record, family):
    """Lock a record, what goes with it and what comes before these: ledger by ledger in the order of the registry, each by key.

    So whoever archives a platform and whoever archives an enterprise on it take the parcels first, and one waits for the
    other. What is locked then may have changed: it is read again.
    """
    wanted = {}
    for rows in ([record], *family.values()):
        for model, keys in ((type(rows[0]), {row.pk for row in rows}), *_before(rows)):
            wanted.setdefault(model, set()).update(keys)
    for ledger in registry.all():
        if ledger.model in wanted:
            _lock(ledger.model, wanted[ledger.model])


def _lock(model, keys):
    rows = model.objects.filter(pk__among=keys).unscoped("按顺序锁定记录").order_by("pk")
    list(rows.select_for_update(no_key=True).values_list("pk"))


@contextmanager
def _settled_kept(changed, stored):
    """Refuse what is written inside this block to fields that others rely on before it and after it (`LedgerModel.settled`).

    A write that also takes back what they rest on may change them: so a batch that began an item and named it anew can be undone.
    stored: key -> the row as it was, by which a refusal calls it.
    """
    keys, names = [record.pk for record, _ in changed], {name for _, names in changed for name in names}
    before = settled(type(changed[0][0]), keys, names) if changed else {}
    try:
        yield
    except RowsRefused:
        _refuse_settled(changed, stored, before)  # closed for good: said rather than how the state could be left
        raise
    if before:
        after = settled(type(changed[0][0]), keys, names)
        _refuse_settled(changed, stored, {key: lines for key, lines in before.items() if key in after})


def _refuse_settled(changed, stored, closed):
    faults = []
    for record, names in changed:
        lines = closed.get(record.pk, {})
        for name in filter(lines.get, names):
            label = label_of(record._meta.get_field(name))
            faults.append((record, name, f"“{stored[record.pk]}”{lines[name].since}，不能修改“{label}”；{lines[name].remedy}。"))
    checks.refuse_rows(faults)


def _check_stage(changed):
    """Refuse changes of fields that a record's state does not leave open; the state itself changes by a move only."""
    faults = []
    for record, names in changed:
        flow = record.workflow
        for name in names if flow else ():
            if name not in ARCHIVING and not flow.may_edit(record.state, name):
                closed = f"“{record}”处于“{record.state_label}”，不能修改“{label_of(record._meta.get_field(name))}”"
                faults.append((record, name, f"{closed}；{_remedy(flow, record.state, name)}。"))
    checks.refuse_rows(faults)


def _remedy(flow, state, name):
    if name == "state":
        return "状态只能通过办理改变"
    where = flow.filled_at(state, name)
    return f"请在{where}填写" if where else "请先退回到可以修改的环节"


def _check_beginning(new):
    """Refuse new rows that are further than their workflow begins: in their state, or with what a later step fills in."""
    flow = new[0].workflow if new else None
    if not flow:
        return
    fields = new[0]._meta.concrete_fields
    later = [field for field in fields if field.editable and not field.primary_key and not flow.may_edit(flow.first, field.name)]
    later = [(field, (None, "", field.get_default())) for field in later]
    begins = f"新记录应从“{flow.label(flow.first)}”开始"
    checks.refuse_rows(fault for record in new for fault in _too_far(record, flow, later, begins))


def _too_far(record, flow, later, begins):
    """Yield (record, field name, sentence) for what a new record must not have yet.

    later: (field, its values that say nothing) of what later steps fill in.  begins: how a sentence begins.
    """
    if record.state != flow.first:
        yield record, "state", f"{begins}。"
    for field, blanks in later:
        if getattr(record, field.attname) not in blanks:
            where = flow.filled_at(flow.first, field.name)
            yield record, field.name, f"{begins}，“{label_of(field)}”{f'在{where}填写' if where else '以后再填'}；请先留空。"


def _for_update(model, actor):
    """Return the rows the actor may write, to be locked when read; without a person scope is not asked."""
    return model.objects.read_by(actor.user).select_for_update(of=("self",), no_key=True)


def _locked_rows(model, records, actor):
    """Do the same for many rows, always in one order; return primary key -> the row as it is now."""
    named = Counter(record.pk for record in records)
    stored = _for_update(model, actor).filter(pk__among=list(named)).order_by("pk").in_bulk()
    for record in records:
        if record.pk not in stored:
            raise Refused(NOT_THERE)
        if named[record.pk] > 1:
            raise Refused(f"“{record}”在同一批中出现了两次，未保存任何内容。")
        if stored[record.pk].version != record.version:
            raise Conflict(stored[record.pk])
    return stored


def _keep_the_rest(record, stored, names):
    """Take what is not to be written from the stored row: one statement writes the fields any row of the batch names."""
    for field in record._meta.concrete_fields:
        if field.name not in names:
            setattr(record, field.attname, getattr(stored, field.attname))


def _store(new, changed, actor, reason, batch=None, trial=False):
    """Write rows and, but for a trial, their history rows, and return the keys of these; a changed row's version rises by one.

    What the checks could not yet see, a row of the same natural key written at this moment, the database's
    constraints refuse; in a savepoint, so that the caller's transaction stays usable.
    """
    moment, stored, history = clock.now(), [record for record, _ in changed], []
    for record in (*new, *stored):
        record.derive()
    for record in stored:
        record.version += 1
        record.updated_at = moment
    try:
        with transaction.atomic(), writing():
            if new:
                type(new[0]).objects.insert(new)
            if stored:
                model = type(stored[0])
                model.objects.rewrite(stored, {"version", "updated_at", *model.derived_fields}.union(*(names for _, names in changed)))
            for records, kind in ((new, "+"), (stored, "~")):
                if records and not trial:
                    history += remember(records, kind=kind, actor=actor, reason=reason, moment=moment, batch=batch)
    except IntegrityError as clash:
        raise Refused(SAME_MEANWHILE) from clash
    return history


def _still_visible(records, actor):
    """Ask the scope again for what was just written; a row that has left it rolls everything back."""
    if actor.user is None or not records:
        return
    model = type(records[0])
    visible = model.objects.visible_to(actor.user).filter(pk__among=[record.pk for record in records])
    seen = set(visible.order_by().values_list("pk", flat=True))
    outside = [record for record in records if record.pk not in seen]
    if outside:
        raise Refused(f"“{outside[0]}”不在您的范围内，未保存任何内容。")


def _journal(act, records, history, actor, reason, **detail):
    meta = type(records[0])._meta
    target = str(records[0]) if len(records) == 1 else f"{len(records)} 条"
    keys = [record.pk for record in records[:20]]
    journal.record(
        act=act,
        actor=actor,
        target=f"{meta.verbose_name}：{target}",
        detail={"model": meta.label, "keys": keys, "reason": reason, "history": proofs.proof_of(records, history), **detail},
    )


def recalculations(records):
    """Return (kind, key) -> params of what hangs on these rows: `model.recalculates` yields (kind, key, params).

    Asked before and after a change: a figure moved to another year changes the results of both.
    """
    return {(kind, key): params for record in records for kind, key, params in getattr(record, "recalculates", tuple)()}


def _queue_jobs(wanted, actor):
    for (kind, key), params in wanted.items():
        jobs.enqueue(kind=kind, key=key, params=params, actor=actor)
