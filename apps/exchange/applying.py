"""From staged rows to the ledger: the same write serves the trial and the real thing. And what stands in its way."""

from apps.core.errors import Refused
from apps.exchange.choices import Verdict
from apps.ledger import services as ledger_services
from apps.ledger.choices import BatchKind

CHUNK = 1_000


def write(batch, actor):
    """Write the staged rows without an error through the kit, all or none, and return the records. Raises Refused."""
    ledger, model = batch.ledger, batch.ledger.model
    staged = list(batch.rows.filter(verdict__in=(Verdict.NEW, Verdict.CHANGED)).order_by("row"))
    new = [_at_row(row, model(**values_of(model, row))) for row in staged if row.verdict == Verdict.NEW]
    changed = _changed_records(model, [row for row in staged if row.verdict == Verdict.CHANGED], actor)
    for act, label, rows in (("add", "新增", new), ("change", "修改", changed)):
        if rows and not actor.user.may(act, ledger.code):
            raise Refused(f"您的岗位不能{label}“{ledger.label}”。")
    reason = f"导入 {batch.filename}"[:500]
    ledger_services.write_batch(
        model=model, new=new, changed=changed, actor=actor, reason=reason, batch=batch.pk, kind=BatchKind.IMPORT, act="导入"
    )
    return [*new, *(record for record, _ in changed)]


def _changed_records(model, staged, actor):
    """Return pairs (record with its new values, field names); every record is read again in the actor's scope."""
    current = current_records(model.objects.visible_to(actor.user).live(), staged)
    stale = [row for row in staged if row.target not in current or current[row.target].version != row.base_version]
    if stale:
        rows = "、".join(str(row.row) for row in stale[:20]) + ("等" if len(stale) > 20 else "")
        raise Refused(f"第 {rows} 行的记录在核对之后已被他人修改或移出您的范围，未保存任何内容。请重新核对。")
    pairs = []
    for row in staged:
        record, values = _at_row(row, current[row.target]), values_of(model, row)
        for attname, value in values.items():
            setattr(record, attname, value)
        pairs.append((record, [field.name for field in model._meta.fields if field.attname in values]))
    return pairs


def current_records(records, staged):
    """Return primary key -> record of those of `records` that staged rows want to change."""
    current = {}
    for start in range(0, len(staged), CHUNK):
        current.update(records.in_bulk([row.target for row in staged[start : start + CHUNK]]))
    return current


def _at_row(staged, record):
    """Let the record remember its row of the sheet, for a rule that is broken only when all rows are there."""
    record.sheet_row = staged.row
    return record


def values_of(model, row):
    """Return the staged values as Python values, by the fields' own conversion."""
    fields = {field.attname: field for field in model._meta.fields}
    return {
        attname: fields[attname].target_field.to_python(value) if fields[attname].is_relation else fields[attname].to_python(value)
        for attname, value in row.values.items()
    }
