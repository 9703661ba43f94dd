"""What happened to the ledger between verdict and confirmation, row by row, for the person who must look again."""

from apps.core.bulk import maker
from apps.exchange.applying import conversions
from apps.exchange.choices import Verdict
from apps.ledger.fields import text

SHOWN = 200


def find(batch, actor):
    """Return [(StagedRow, what is said of it)] for every staged row that no longer holds, in the order of the sheet.

    Said are record, what happened, and of a record in the actor's scope who did it and when.
    """
    staged = list(batch.rows.filter(verdict__in=(Verdict.NEW, Verdict.CHANGED)).order_by("row"))
    found = [*_moved_on(batch, staged, actor), *_registered(batch, staged, actor)]
    return sorted(found, key=lambda pair: pair[0].row)


def _moved_on(batch, staged, actor):
    """Yield the rows whose record was changed, archived or moved out of sight since it was judged."""
    model = batch.ledger.model
    staged = [row for row in staged if row.verdict == Verdict.CHANGED]
    current = model.objects.visible_to(actor.user).filter(pk__among=[row.target for row in staged]).in_bulk()
    stale = [row for row in staged if row.target not in current or current[row.target].version != row.base_version]
    last = _last_acts(model, [row.target for row in stale if row.target in current])
    for row in stale:
        record = current.get(row.target)
        if record is None:
            yield row, _said(row, row.label, "已不在您的范围内")
        else:
            yield row, _said(row, str(record), "已归档" if record.archived_at else "已修改", last.get(record.pk))


def _registered(batch, staged, actor):
    """Yield the new rows whose record somebody else entered since."""
    ledger = batch.ledger
    resource = ledger.resource(user=actor.user)
    attnames = [resource.fields[name].attname for name in resource.get_import_id_fields()]
    make, convert = maker(ledger.model), conversions(ledger.model)
    records = {row: make(convert(row.values)) for row in staged if row.verdict == Verdict.NEW}
    keys = {row: tuple(getattr(record, name) for name in attnames) for row, record in records.items()}
    loader = resource._meta.instance_loader_class(resource, list(keys.values()))
    there = {row: record for row, key in keys.items() if (record := loader.get_instance(key))}
    last = _last_acts(ledger.model, [record.pk for record in there.values() if record.pk in loader.visible])
    for row, record in there.items():
        visible = record.pk in loader.visible
        yield row, _said(row, row.label, "已由他人登记" if visible else "已由他人登记，不在您的范围内", last.get(record.pk))


def _last_acts(model, keys):
    """Return primary key -> the newest history row of each record."""
    rows = model.history.filter(id__among=keys).select_related("history_user").order_by("history_date", "history_id")
    return {row.id: row for row in rows}


def _said(row, record, what, act=None):
    who = f"{act.history_user or '系统'}（{act.post}）" if act else ""
    return {"row": row.row, "record": record, "what": what, "who": who, "at": text(act.history_date) if act else ""}
