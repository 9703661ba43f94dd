"""Bulk edit (批量修改): one value for many rows, first as a plan that says what changes and who is left out, then written at once."""

import copy
import uuid
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import QueryDict

from apps.core.errors import Refused, RowsRefused
from apps.core.numbers import whole_number
from apps.core.scope import unscoped
from apps.ledger import services
from apps.ledger.choices import BatchKind
from apps.ledger.fields import label_of, text_of
from apps.ledger.models import WriteBatch

MOST = 2_000
TRIES = 5
SAME = "与现在的值相同。"


@dataclass
class Plan:
    """What a bulk edit would do: `changes` (record, field names, [(label, before, after)]), `left_out` (record, why)."""

    changes: list = field(default_factory=list)
    left_out: list = field(default_factory=list)

    @property
    def versions(self):
        """Primary key -> the version the row was planned on."""
        return {record.pk: record.version for record, _, _ in self.changes}


def selected(ledger, user, params):
    """Return the visible rows a list sends: the ticked ones, or all its filter finds. Raises Refused for none or too many."""
    if params.get("rows") == "all":
        rows = ledger.rows(user, QueryDict(params.get("filter", "")))
    else:
        keys = [key for text in params.getlist("pk") if (key := whole_number(text)) is not None]
        rows = ledger.visible(user).filter(pk__in=keys[: MOST + 1])
    return bounded(rows)


def bounded(rows):
    """Return the rows again; Refused for none or too many."""
    count = rows.count()
    if not count:
        raise Refused("没有选中任何记录：请先在列表中勾选，或改变筛选条件。")
    if count > MOST:
        raise Refused(f"选中 {count} 条，一次最多修改 {MOST} 条，请缩小筛选范围。")
    return rows


def plan(*, ledger, rows, values, user):
    """Return the Plan of setting `values` (field name -> value) on `rows`; nothing is written.

    A row is left out where it may not be changed, where nothing would change, and where a rule of its own or one
    across rows refuses it.
    """
    made = Plan()
    fields = [ledger.model._meta.get_field(name) for name in values]
    for record in rows.select_related(*ledger.joins_of([*ledger.columns, *values])):
        before = {field.name: (getattr(record, field.name), text_of(record, field)) for field in fields}
        changed = [field for field in fields if before[field.name][0] != values[field.name]]
        for field_ in changed:
            setattr(record, field_.name, values[field_.name])
        names = [field.name for field in changed]
        why = ledger.refusal(record, names, user) or (_fault(record, names) if changed else SAME)
        if why:
            made.left_out.append((record, why))
        else:
            words = [(label_of(field), before[field.name][1], text_of(record, field)) for field in changed]
            made.changes.append((record, names, words))
    return made


def _fault(record, names):
    """Return what the record's own rules have against its new values, None where nothing."""
    try:
        record.clean_fields(exclude=[field.name for field in record._meta.fields if field.name not in names])
        record.clean()
        for constraint in record._meta.constraints:
            if _fields_of(constraint) & set(names):
                with unscoped("唯一性检查"):
                    constraint.validate(type(record), record)
    except ValidationError as error:
        return "；".join(error.messages)
    return None


def _fields_of(constraint):
    """Return the fields a constraint is about."""
    condition = getattr(constraint, "condition", None)
    return set(getattr(constraint, "fields", ())) | (set(condition.referenced_base_fields) if condition else set())


def trial(*, ledger, made, actor):
    """Write the plan, take it back, and leave out what rules across rows refuse: the preview tells the truth."""
    for _ in range(TRIES):
        try:
            with transaction.atomic():
                _write(ledger, made, actor, reason="", batch=uuid.uuid4())
                transaction.set_rollback(True)
            return made
        except RowsRefused as refusal:
            why = {record.pk: sentence for record, _, sentence in refusal.faults}
            made.left_out += [(record, why[record.pk]) for record, _, _ in made.changes if record.pk in why]
            made.changes = [change for change in made.changes if change[0].pk not in why]
    return made


def described(left_out):
    """Return what was left out, or stands in the way, as plain data for a script."""
    return [{"id": record.pk if record else None, "label": str(record), "why": why} for record, why in left_out]


def refusal(left_out):
    """Return the Refused for a plan that cannot be carried out: how many rows, the first five by name, all of them for a script."""
    first = "".join(f"“{record}”{why}" if record else why for record, why in left_out[:5])
    return Refused(f"有 {len(left_out)} 项妨碍：{first}未修改任何记录。", left_out=described(left_out))


@transaction.atomic
def apply(*, ledger, versions, values, reason, batch, actor):
    """Write a plan that was looked at and return (its WriteBatch, what stands in the way as [(record, why)]).

    versions: primary key -> version as planned.  batch: the id given with the plan; sent a second time it changes
    nothing. Where a row has moved on since, or a rule now refuses it, nothing is written.
    """
    services.lock_first([ledger.model(pk=pk, **values) for pk in versions])
    locked = ledger.model.objects.visible_to(actor.user).filter(pk__in=versions).order_by("pk").select_for_update(of=("self",), no_key=True)
    stored = dict(locked.values_list("pk", "version"))
    done = WriteBatch.objects.filter(pk=batch).first()
    if done:
        return done, []
    if len(stored) < len(versions):
        return None, [("", f"{len(versions) - len(stored)} 条记录已不在您的范围内，请重新选择。")]
    rows = ledger.visible(actor.user).filter(pk__in=versions).order_by("pk")
    moved = [record for record in rows if stored[record.pk] != versions[record.pk]]
    if moved:
        return None, [(record, "刚刚被他人修改，请重新预览。") for record in moved]
    made = plan(ledger=ledger, rows=rows, values=values, user=actor.user)
    if made.left_out or not made.changes:
        return None, made.left_out
    _write(ledger, made, actor, reason, batch)
    return WriteBatch.objects.get(pk=batch), []


def _write(ledger, made, actor, reason, batch):
    changed = [(copy.copy(record), names) for record, names, _ in made.changes]  # the write path raises versions; a trial must not
    services.write_batch(
        model=ledger.model, new=[], changed=changed, actor=actor, reason=reason, batch=batch, kind=BatchKind.BULK, act="批量修改"
    )
