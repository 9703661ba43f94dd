"""Spreadsheets out: what a list shows, in its scope, as a workbook; journalled with filter, rows and hash."""

import hashlib
import tempfile

from django.db import transaction

from apps.core import clock
from apps.core.errors import Refused
from apps.core.numbers import show
from apps.exchange.shown import shown_columns
from apps.exchange.writer import write_list
from apps.journal import services as journal
from apps.ledger.fields import faults_of
from apps.ledger.tables import key_of


def export(*, ledger, params, actor, shown=None):
    """Write the rows `actor` sees under the list's `params`; return (open temporary file, rows, sha256).

    shown: the columns of the list that are wanted (for reading); None: the whole sheet, which imports back. Raises
    Refused where the ledger has no spreadsheet, the post reads no business data, or a filter value is not understood.
    """
    if actor.user.reach().nobody:
        raise Refused("您的岗位不接触业务数据，不能导出。")
    if ledger.resource is None:
        raise Refused(f"“{ledger.label}”不能导出。")
    filterset = ledger.filterset(actor.user, params)
    if not filterset.form.is_valid():
        raise Refused(f"筛选条件不正确，没有导出。{faults_of(filterset.form)}")
    words = "；".join(f"{label}：{value}" for label, value in filterset.words()) or "全部"
    resource = ledger.resource(user=actor.user)
    hidden = ledger.hidden_from(actor.user)
    shown = shown and [entry for entry in shown if entry not in hidden]
    whole = [column for column in resource.columns if column.name not in hidden]
    columns, totals = shown_columns(ledger, shown) if shown else (whole, [resource.fields[name] for name in resource.totals])
    level = ledger.sensitivity_of(map(key_of, shown) if shown else [column.name for column in whole])
    joins = ledger.joins_of(shown) if shown else resource.relations
    day = filterset.day or clock.today()
    output = tempfile.TemporaryFile()  # noqa: SIM115  (the caller streams and closes it)
    periods = set()
    count = write_list(
        output,
        title=ledger.label,
        head=[f"条件：{words}", f"截至：{day.isoformat()}　导出人：{actor.user}（{actor.post}）　单位见列标题　敏感级别：{level.label}"],
        columns=columns,
        rows=_values(filterset.qs.select_related(*joins), columns, ledger.period, periods),
        totals=totals,
        may_add_up=lambda: len(periods) < 2,
        feet=[f"{label} {show(value, places)}" for label, value, places in ledger.sums(filterset) if value is not None],
    )
    digest = _sha256(output)
    with transaction.atomic():
        chosen = {"columns": [column.title for column in columns]} if shown else {}
        detail = {"conditions": words, "rows": count, "sha256": digest, "level": level.label, **chosen}
        journal.record(act="导出", actor=actor, target=f"{ledger.label}：{count} 条", detail=detail)
    return output, count, digest


def _values(rows, columns, period, met):
    """Yield the values of each row and collect the periods met: figures of different periods are not added up."""
    for record in rows.iterator(chunk_size=2_000):
        met.add(tuple(getattr(record, name) for name in period))
        yield [column.export(record) for column in columns]


def _sha256(file):
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    return digest
