"""Spreadsheets in: stage a file, confirm what was staged. The same write serves the trial and the real thing."""

import hashlib
from itertools import islice

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models import Count

from apps.core import clock, scanner
from apps.core.bulk import insert_rows, maker
from apps.core.errors import Refused, RowsRefused
from apps.exchange import sheets
from apps.exchange.choices import BatchState, Verdict
from apps.exchange.findings import error, rule_error
from apps.exchange.judging import Judge
from apps.exchange.models import Batch, StagedRow
from apps.exchange.reading import MAX_BYTES, Unreadable
from apps.exchange.source import Source
from apps.journal import services as journal
from apps.ledger import services as ledger_services
from apps.ledger.choices import BatchKind

CHUNK = 1_000
NOT_ALL = "各行之间的规则（如宗地占用合计）按没有错误的行核对；改正后重新上传时再核对全部。"
TRIES = 5  # of a file whose rows break one rule after another


def stage(*, ledger, content, filename, actor, year=None):
    """Read, judge and try an uploaded file, write nothing to the ledger, and return its Batch.

    ledger: the Ledger it belongs to.  content: the bytes.  year: supplies the key field `year` where the sheet has no
    such column. The batch ends READY, ERRORS or REFUSED. Raises Refused where the actor may not import at all.
    """
    require_right(ledger, actor)
    _check_year(ledger, year)
    if len(content) > MAX_BYTES:
        raise Refused(f"文件超过 {MAX_BYTES // 1024**2} MB，请分成几个文件上传。")
    _scan(content, ledger, filename, actor)
    batch = Batch(kind=ledger.code, year=year, uploader=actor.user, post=actor.post, state=BatchState.READING)
    batch.filename = "".join(filter(str.isprintable, filename))[-200:].strip() or "未命名"  # shown only: the file lies under another
    batch.sha256 = hashlib.sha256(content).hexdigest()
    batch.file.save("upload", ContentFile(content), save=False)
    batch.save()
    try:
        _judge(batch, ledger, actor)
    except (Unreadable, Refused) as refusal:
        batch.rows.all().delete()
        batch.state, batch.message = BatchState.REFUSED, str(refusal)[:500]
    with transaction.atomic():
        batch.save()
        detail = {"batch": str(batch.pk), "file": batch.filename, "sha256": batch.sha256, **batch.counts}
        journal.record(
            act="上传表格", actor=actor, target=f"{ledger.label}：{batch.filename}", detail=detail, result=batch.get_state_display()
        )
    return batch


def _scan(content, ledger, filename, actor):
    """Let the office's scanner look at the file; nothing of a refused one is kept but the journal's line."""
    try:
        scanner.scan(content)
    except Refused as refusal:
        detail = {"sha256": hashlib.sha256(content).hexdigest(), "reason": str(refusal)}
        with transaction.atomic():
            journal.record(act="上传表格", actor=actor, target=f"{ledger.label}：{filename}", detail=detail, result="拒绝")
        raise


def confirm(*, batch, actor):
    """Write the staged rows of a READY batch to the ledger, all or none, and return it.

    The file is not read again. Raises Refused when it is not the actor's own, not ready, or when the ledger has
    moved on since it was judged; the journal keeps the refusal.
    """
    try:
        return _confirm(batch, actor)
    except Refused as refusal:
        with transaction.atomic():
            detail = {"batch": str(batch.pk), "reason": str(refusal)}
            journal.record(act="确认入库", actor=actor, target=f"{batch.ledger.label}：{batch.filename}", detail=detail, result="拒绝")
        refusal.journalled = True
        raise


@transaction.atomic
def _confirm(batch, actor):
    ledger = batch.ledger
    require_right(ledger, actor)
    batch = Batch.objects.select_for_update().get(pk=batch.pk)
    if batch.uploader_id != actor.user.pk:
        raise Refused("只有上传人可以确认这批数据。")
    if batch.state != BatchState.READY:
        raise Refused(f"这批数据{batch.get_state_display()}，不能入库。")
    written = _write(batch, ledger, actor)
    batch.jobs = sorted(ledger_services.recalculations(written))
    batch.state, batch.confirmed_at = BatchState.DONE, clock.now()
    batch.save()
    return batch


def undone(written):
    """Let an import say that what it wrote (a WriteBatch of the kit) was taken back."""
    Batch.objects.filter(pk=written.pk, state=BatchState.DONE).update(state=BatchState.UNDONE)


def require_right(ledger, actor):
    """Raise Refused unless the acting post may import this ledger."""
    if ledger.resource is None or not actor.user.may("import", ledger.code):
        raise Refused(f"您的岗位不能导入“{ledger.label}”。")


def _check_year(ledger, year):
    """Refuse a year the ledger has no place for, or one its own field would not take."""
    if year is None:
        return
    if "year" not in ledger.resource._meta.import_id_fields:
        raise Refused(f"“{ledger.label}”没有年份，请不要指定年份。")
    try:
        ledger.model._meta.get_field("year").run_validators(year)
    except ValidationError as error:
        raise Refused("".join(error.messages)) from error


def _judge(batch, ledger, actor):
    resource = ledger.resource(user=actor.user)
    given = {"year": batch.year} if batch.year is not None else {}
    source = Source.read(batch.file.path)
    sheet, layout = sheets.choose(source, resource)
    sheets.check(layout, resource, ledger.writable(actor.user), given)
    batch.sheet, batch.header_row = sheet.name[:100], layout.last
    judge = Judge(resource=resource, sheet=sheet, layout=layout, given=given)
    _store(batch, judge.rows())
    if not judge.counts["rows"]:
        raise Refused("没有数据行：标题行下面是空的。")
    if judge.missing:
        lacking = "、".join(f"“{title}”" for title in judge.missing)
        raise Refused(f"缺少必填的列：{lacking}。第 {min(judge.missing.values())} 行等是新记录，新记录必须有这些列。")
    batch.notes = [*source.notes, *judge.notes.all(), *_same_file_before(batch)]
    batch.errors = judge.errors
    batch.errors += _trial(batch, resource, ledger, actor)
    batch.counts = _counted(batch)
    batch.state = BatchState.ERRORS if batch.errors or batch.counts[Verdict.ERROR] else BatchState.READY


EMPTY = {dict: "{}", list: "[]"}
STAGED = ["batch_id", "row", "verdict", "label", "target", "base_version", "values", "changes", "errors"]


def _store(batch, rows):
    """Write the staged rows as they come, by the driver."""
    key, encode = StagedRow._meta.get_field("batch").get_db_prep_save(batch.pk, connection), DjangoJSONEncoder().encode
    while chunk := [
        (
            key,
            row.row,
            str(row.verdict),
            row.label,
            row.target,
            row.base_version,
            *(encode(part) if part else EMPTY[type(part)] for part in (row.values, row.changes, row.errors)),
        )
        for row in islice(rows, CHUNK)
    ]:
        with transaction.atomic():
            insert_rows(StagedRow, STAGED, chunk)


def _counted(batch):
    """Return verdict -> rows. Rows of totals that are wrong count; where the whole sheet is wrong no row stands for it."""
    counts = dict.fromkeys(Verdict.values, 0) | dict(batch.rows.order_by().values_list("verdict").annotate(Count("pk")))
    counts[Verdict.ERROR] += len({fault["row"] for fault in batch.errors if fault["row"]})
    if batch.errors and not counts[Verdict.ERROR]:
        del counts[Verdict.ERROR]
    return counts


def _same_file_before(batch):
    before = Batch.objects.filter(sha256=batch.sha256, kind=batch.kind, year=batch.year, state=BatchState.DONE).first()
    return [f"同一个文件已于 {before.confirmed_at:%Y-%m-%d} 入库。"] if before else []


def _trial(batch, resource, ledger, actor):
    """Write every row without an error and take it back: the preview tells the truth.

    What the ledger has against single rows becomes their verdict, and the others are tried again; what it has against
    the whole is returned.
    """
    wrong = batch.rows.filter(verdict=Verdict.ERROR).exists()
    for _ in range(TRIES):
        try:
            with transaction.atomic():
                _write(batch, ledger, actor, trial=True)
        except RowsRefused as refusal:
            _blame_rows(batch, resource, refusal.faults)
            if wrong and NOT_ALL not in batch.notes:
                batch.notes.append(NOT_ALL)
        except Refused as refusal:
            return [error(batch.sheet, None, None, "", str(refusal))]
        else:
            break
    return []


def _blame_rows(batch, resource, faults):
    """Put a rule across rows down as an error of each staged row that breaks it."""
    staged = {row.row: row for row in batch.rows.filter(row__in=[record.sheet_row for record, _, _ in faults])}
    for record, field, sentence in faults:
        row = staged[record.sheet_row]
        row.errors.append(rule_error(resource, [field], sentence, lambda column, record=record: column.export(record)))
        row.verdict, row.values, row.changes = Verdict.ERROR, {}, []
    batch.rows.bulk_update(staged.values(), ["errors", "verdict", "values", "changes"], batch_size=CHUNK)


def _write(batch, ledger, actor, trial=False):
    """Write the staged rows through the kit, for a trial so that nothing of it stays, and return the records."""
    model = ledger.model
    make, convert = maker(model), _conversions(model)
    staged = batch.rows.order_by("row").values_list("row", "values", "target", "base_version")
    new = [_at_row(row, make(convert(values))) for row, values, _, _ in staged.filter(verdict=Verdict.NEW).iterator(CHUNK)]
    changed = _changed_records(model, staged.filter(verdict=Verdict.CHANGED), convert, actor)
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
    staged, names = list(staged), {field.attname: field.name for field in model._meta.fields}
    current = {}
    for start in range(0, len(staged), CHUNK):
        keys = [target for _, _, target, _ in staged[start : start + CHUNK]]
        current.update(model.objects.visible_to(actor.user).live().in_bulk(keys))
    stale = [row for row, _, target, version in staged if target not in current or current[target].version != version]
    if stale:
        rows = "、".join(map(str, stale[:20])) + ("等" if len(stale) > 20 else "")
        raise Refused(f"第 {rows} 行的记录在核对之后已被他人修改或移出您的范围，未保存任何内容。请重新上传文件。")
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


def _conversions(model):
    """Return a function that turns staged values into Python values, by the fields' own conversion."""
    fields = [(field.attname, field.target_field if field.is_relation else field) for field in model._meta.fields]
    python = {attname: field.to_python for attname, field in fields}
    return lambda values: {attname: python[attname](value) for attname, value in values.items()}
