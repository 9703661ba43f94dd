"""From an uploaded file to its verdict: read it in the child, judge every row, try the write, keep the rows that were tried.

All of it reaches the database in the job's last transaction: a worker that dies leaves the batch as it was.
"""

from functools import partial
from json import JSONEncoder

from django.db import connection, transaction
from django.db.models import Count

from apps.core.bulk import insert_rows
from apps.core.errors import Refused, RowsRefused
from apps.exchange import applying, mapping, matching, returned, sheets, subjects, tables
from apps.exchange.asking import require_right, require_standing
from apps.exchange.choices import ENDED, BatchState, Verdict
from apps.exchange.findings import error, rule_error
from apps.exchange.judging import Judge
from apps.exchange.models import Batch, StagedRow
from apps.exchange.reading import Unreadable
from apps.exchange.source import Source
from apps.journal import services as journal

CHUNK = 2_000
NOT_ALL = "各行之间的规则（如宗地占用合计）按没有错误的行核对；改正后重新上传时再核对全部。"
TRIES = 5  # of a file whose rows break one rule after another
STAGED = ["batch_id", "row", "verdict", "label", "target", "base_version", "values", "changes", "errors"]
FOUND = ["state", "message", "sheet", "header_row", "counts", "notes", "errors", "conflicts", "separable"]


def stage(*, job, batch, actor):
    """Judge and try the batch's file for `actor` and write nothing to the ledger.

    The batch ends READY, ERRORS or REFUSED; what an earlier look found is replaced.
    """
    judged = None
    try:
        judged = _judged(job, batch, actor)
    except (Unreadable, Refused) as refusal:
        batch.state, batch.message = BatchState.REFUSED, str(refusal)[:500]
        batch.counts, batch.notes, batch.errors = {}, [], []
    with job.finishing({"link": batch.get_absolute_url()}) as result:
        if Batch.objects.select_for_update(no_key=True).get(pk=batch.pk).state in ENDED:
            result["text"] = "这批数据已经处理完毕。"
            return
        batch.rows.all().delete()
        batch.conflicts, batch.separable = [], False
        mapping.keep_reading(batch)
        if judged:
            matching.keep(batch, judged.names)
            insert_rows(StagedRow, STAGED, judged.rows)
            _conclude(batch, judged, actor)
        batch.save(update_fields=FOUND)
        state = batch.get_state_display()
        result["text"] = f"{state}：{batch.message or _sum_up(batch)}"
        detail = {"batch": str(batch.pk), "file": batch.filename, "sha256": batch.sha256, **batch.counts}
        journal.record(act="核对表格", actor=actor, target=f"{batch.ledger.label}：{batch.filename}", detail=detail, result=state)


class Judgement:
    """The rows of a file with their verdicts (as STAGED), the resource that gave them, and the names that stood for codes."""

    def __init__(self, resource, rows, names):
        self.resource, self.rows, self.names = resource, rows, names


def _judged(job, batch, actor):
    """Return what the file says; sheet, notes and errors are put down on the batch. Raises Unreadable and Refused."""
    require_standing(actor)
    require_right(batch.ledger, actor)
    job.beat(0, 0)
    with Source(batch.file.path, meanwhile=lambda: job.beat(job.progress_done, job.progress_total)) as source:
        return _judgement(job, batch, actor.user, source)


def _judgement(job, batch, user, source):
    ledger = batch.ledger
    resource = ledger.resource(user=user)
    form = returned.form_in(source)
    form.check(ledger)
    given = form.given(batch.year)
    told = mapping.recognise(batch, source, resource, form.told)
    sheet, layout = sheets.choose(source, resource, told, given)
    sheet.require_as_long_as(layout.first, layout.last)
    foreign = sheets.check(sheet, layout, resource, ledger.writable(user), given, told)
    left_out = [*tables.above(sheet, layout), *tables.left_out(source, sheet, resource)]
    doubted = subjects.noted(sheet, layout, resource, told)
    batch.sheet, batch.header_row, batch.message = sheet.name[:100], layout.last, ""
    names = matching.names_for(resource, layout, batch)
    sheet = form.read(sheet, layout)
    judge = Judge(
        resource=resource, sheet=sheet, layout=layout, given=given, foreign=foreign, lent=ledger.lent(user), names=names, told=told
    )
    if told.words:
        judge.notes.say(f"{told.words}。")
    rows = _counted_off(judge.rows(), batch, partial(job.beat, total=sheet.below(layout.last)))
    if not judge.counts["rows"]:
        raise Refused(f"没有数据行：{judge.instead_of_data()}。")
    if judge.missing:
        lacking = "、".join(f"“{title}”" for title in judge.missing)
        raise Refused(f"缺少必填的列：{lacking}。第 {min(judge.missing.values())} 行等是新记录，新记录必须有这些列。")
    batch.notes = [*source.notes, *doubted, *left_out, *judge.notes.all(), *_same_file_before(batch)]
    batch.errors = judge.errors
    return Judgement(resource, rows, names)


def _counted_off(judged, batch, beat):
    """Return the judged rows as they will be stored (STAGED), and tell every CHUNK of them how far it is.

    Written by the driver, it takes a fifth of the time of `bulk_create`, and waiting for the job's end a tenth of the memory.
    """
    key = StagedRow._meta.get_field("batch").get_db_prep_save(batch.pk, connection)
    # decimals and days are text as Django's own encoder writes them, but for its questions; rows hold no cycles to look for
    encode, rows = JSONEncoder(ensure_ascii=False, check_circular=False, default=str).encode, []
    for row in judged:
        documents = (encode(row.values), encode(row.changes) if row.changes else "[]", encode(row.errors) if row.errors else "[]")
        rows.append((key, row.row, str(row.verdict), row.label, row.target, row.base_version, *documents))
        if len(rows) % CHUNK == 0:
            beat(len(rows))
    return rows


def _conclude(batch, judged, actor):
    """Try the write and put down the batch's state.

    The good rows can be written alone when they were tried alone, and nothing but rows is at fault: a total row that
    does not agree is no row of data, but what the ledger has against the whole is.
    """
    refusal, tried = _trial(batch, judged.resource, actor)
    batch.errors += refusal
    batch.counts = count(batch)
    wrong = batch.errors or batch.counts[Verdict.ERROR]
    batch.state = BatchState.ERRORS if wrong else BatchState.READY
    batch.separable = bool(wrong and tried and batch.to_write and all(fault["row"] for fault in batch.errors))


def count(batch):
    """Return verdict -> rows. Rows of totals that are wrong count; where the whole sheet is wrong no row stands for it."""
    found = dict(batch.rows.order_by().values_list("verdict").annotate(Count("pk")))
    counts = {verdict: found.get(verdict, 0) for verdict in Verdict.values if verdict != Verdict.CONFLICT or verdict in found}
    counts[Verdict.ERROR] += len({fault["row"] for fault in batch.errors if fault["row"]})
    if batch.errors and not counts[Verdict.ERROR]:
        del counts[Verdict.ERROR]
    return counts


def _sum_up(batch):
    return "，".join(f"{label} {batch.counts[verdict]} 行" for verdict, label in Verdict.choices if batch.counts.get(verdict))


def _same_file_before(batch):
    before = Batch.objects.filter(sha256=batch.sha256, kind=batch.kind, year=batch.year, state=BatchState.DONE).first()
    return [f"同一个文件已于 {before.confirmed_at:%Y-%m-%d} 入库。"] if before else []


def _trial(batch, resource, actor):
    """Write every row without an error and take it back: the preview tells the truth.

    What the ledger has against single rows becomes their verdict, and the others are tried again. Returns what it has
    against the whole as errors, and whether exactly the rows that are left were written.
    """
    wrong = batch.rows.filter(verdict=Verdict.ERROR).exists()
    for _ in range(TRIES):
        try:
            with transaction.atomic():
                applying.write(batch, actor, trial=True)
        except RowsRefused as refusal:
            _blame_rows(batch, resource, refusal.faults)
            if wrong and NOT_ALL not in batch.notes:
                batch.notes.append(NOT_ALL)
        except Refused as refusal:
            return [error(batch.sheet, None, None, "", str(refusal))], False
        else:
            return [], True
    return [], False


def _blame_rows(batch, resource, faults):
    """Put a rule across rows down as an error of each staged row that breaks it."""
    staged = {row.row: row for row in batch.rows.filter(row__in=[record.sheet_row for record, _, _ in faults])}
    for record, field, sentence in faults:
        row = staged[record.sheet_row]
        row.errors.append(rule_error(resource, [field], sentence, lambda column, record=record: column.export(record)))
        row.verdict, row.values, row.changes = Verdict.ERROR, {}, []
    batch.rows.bulk_update(staged.values(), ["errors", "verdict", "values", "changes"], batch_size=CHUNK)
