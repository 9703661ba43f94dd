"""From staged rows to the ledger: the same write serves the trial and the real thing. And what stands in its way."""

from decimal import Decimal

from django.db.models import CharField, DecimalField, IntegerField, TextField

from apps.core.bulk import maker
from apps.core.errors import Refused
from apps.exchange.choices import Verdict
from apps.ledger import services as ledger_services
from apps.ledger.choices import BatchKind

CHUNK = 2_000
AS_STAGED = {CharField.to_python, TextField.to_python, IntegerField.to_python}


def write(batch, actor, trial=False):
    """Write the staged rows without an error through the kit, all or none, and return the records. Raises Refused.

    trial: nothing of it stays.
    """
    ledger, model = batch.ledger, batch.ledger.model
    make, convert = maker(model), conversions(model)
    staged = batch.rows.order_by("row").values_list("row", "values", "target", "base_version")
    new = [_at_row(row, make(convert(values))) for row, values, _, _ in staged.filter(verdict=Verdict.NEW).iterator(CHUNK)]
    changed = _changed_records(model, list(staged.filter(verdict=Verdict.CHANGED)), convert, actor)
    for act, label, rows in (("add", "新增", new), ("change", "修改", changed)):
        if rows and not actor.user.may(act, ledger.code):
            raise Refused(f"您的岗位不能{label}“{ledger.label}”。")
    reason = f"导入 {batch.filename}"[:500]
    ledger_services.write_batch(
        model=model, new=new, changed=changed, actor=actor, reason=reason, batch=batch.pk, kind=BatchKind.IMPORT, act="导入", trial=trial
    )
    return [*new, *(record for record, _ in changed)]


def _changed_records(model, staged, convert, actor):
    """Return pairs (record with its new values, field names); every record is read again in the actor's scope."""
    names = {field.attname: field.name for field in model._meta.fields}
    current = model.objects.visible_to(actor.user).live().filter(pk__among=[target for _, _, target, _ in staged]).in_bulk()
    stale = [row for row, _, target, version in staged if target not in current or current[target].version != version]
    if stale:
        rows = "、".join(map(str, stale[:20])) + ("等" if len(stale) > 20 else "")
        raise Refused(f"第 {rows} 行的记录在核对之后已被他人修改或移出您的范围，未保存任何内容。请重新核对。")
    pairs = []
    for row, values, target, _ in staged:
        record = _at_row(row, current[target])
        for attname, value in convert(values).items():
            setattr(record, attname, value)
        pairs.append((record, [names[attname] for attname in values]))
    return pairs


def _at_row(row, record):
    """Let the record remember its row of the sheet, for a rule that is broken only when all rows are there."""
    record.sheet_row = row
    return record


def conversions(model):
    """Return a function that turns staged values into Python values, by the fields' own conversion.

    Text and whole numbers (AS_STAGED) come back from JSON as they went in: their fields are not asked.
    """
    fields = [(field.attname, field.target_field if field.is_relation else field) for field in model._meta.fields]
    # a decimal that was staged is one: its constructor does without the field's questions
    python = {
        attname: Decimal if type(field).to_python is DecimalField.to_python else field.to_python
        for attname, field in fields
        if type(field).to_python not in AS_STAGED
    }
    return lambda values: {
        attname: python[attname](value) if attname in python and value is not None else value for attname, value in values.items()
    }
