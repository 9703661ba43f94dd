"""After quiescence: what was promised against what is in the database. Every finding is one sentence."""

import hashlib
from collections import Counter
from pathlib import Path

from django.conf import settings

from apps.chains.models import Instruction
from apps.enterprises.models import Enterprise, YearlyFact
from apps.exchange.choices import BatchState
from apps.exchange.models import Batch, StagedRow
from apps.grading.models import CurrentRun, GradingRun
from apps.jobs.choices import OPEN, State
from apps.jobs.models import Job
from apps.jobs.rules import INTERRUPTED
from apps.journal import selectors as journal
from apps.journal.models import JournalEntry
from apps.land.models import LandCase
from apps.ledger import trail
from apps.ledger.models import Answer, Paper, TrailEntry
from apps.ledger.moves import BACK, CREATE
from tests.faults.clients import pdf_of

ROWS_OF_AN_IMPORT = 2


class Findings:
    """lost: promised and not there.  doubled: there more often than promised.  phantom: nobody promised it.
    stuck: never ended.  broken: contradicts itself."""

    KINDS = ("lost", "doubled", "phantom", "stuck", "broken")

    def __init__(self):
        self.sentences = {kind: [] for kind in self.KINDS}

    def note(self, kind, sentence):
        self.sentences[kind].append(sentence)

    def compare(self, what, outcome, found, promised=1):
        """Weigh how often `what` is in the database against how its operation ended."""
        if found > promised:
            self.note("doubled", f"{what}: {found} instead of {promised}")
        elif outcome == "ok" and found < promised:
            self.note("lost", f"{what}: {found} instead of {promised}")
        elif outcome == "fail" and found:
            self.note("phantom", f"{what}: refused, yet {found} there")
        elif found not in (0, promised):
            self.note("broken", f"{what}: {found} of {promised}, half a write")

    def compare_all(self, entries, **places):
        """Look up every operation in every place, a Counter of their names; what else stands there nobody asked for."""
        for place, found in places.items():
            for entry in entries:
                self.compare(f"{place} of {entry['op']}", entry["outcome"], found.pop(entry["op"], 0))
            for name in found:
                self.note("phantom", f"{place}: {name!r}, which nobody asked for")

    def counts(self):
        return {kind: len(sentences) for kind, sentences in self.sentences.items()}


def check(diary):
    findings = Findings()
    _writes(diary, findings)
    _versions(findings)
    _moves(diary, findings)
    _papers(diary, findings)
    _keys(diary, findings)
    _jobs(diary, findings)
    _runs(findings)
    verdict = journal.verify()
    if not verdict.intact:
        findings.note("broken", f"journal: entry {verdict.first_bad} does not hold")
    return findings


def _writes(diary, findings):
    """Every change and import is in the history and in the journal exactly as often as it was promised."""
    changes = Counter(Enterprise.history.filter(history_type="~").values_list("history_change_reason", flat=True))
    imports = Counter(YearlyFact.history.exclude(batch=None).values_list("history_change_reason", flat=True))
    acts = JournalEntry.objects.filter(act__in=("修改", "批量写入", "导入"))
    entries = Counter(entry.detail["reason"] for entry in acts)
    for entry in diary.of("change"):
        findings.compare(f"history of {entry['op']}", entry["outcome"], changes.pop(entry["op"], 0))
        findings.compare(f"journal of {entry['op']}", entry["outcome"], entries.pop(entry["op"], 0))
    set_back = {batch.filename for batch in Batch.objects.filter(state=BatchState.CONFLICT) if _was_overtaken(batch)}
    for entry in diary.of("load"):
        file = f"{entry['op']}.xlsx"
        outcome, reason = "fail" if file in set_back else entry["outcome"], f"导入 {file}"
        findings.compare(f"history of {entry['op']}", outcome, imports.pop(reason, 0), promised=ROWS_OF_AN_IMPORT)
        findings.compare(f"journal of {entry['op']}", outcome, entries.pop(reason, 0))
    for unclaimed in (changes, imports, entries):
        for reason in unclaimed:
            findings.note("phantom", f"a write nobody asked for: {reason!r}")


def _was_overtaken(batch):
    """Say whether somebody wrote a row of the file after it was judged: then it was set back, as its page says, and nothing is lost."""
    staged = StagedRow.objects.filter(batch=batch, target__isnull=False).values_list("target", "base_version")
    return any(YearlyFact.history.filter(id=target, version__gt=version).exists() for target, version in staged)


def _versions(findings):
    """Each record's history is a gap-free path, and the record is as its last step left it."""
    for model, field in ((Enterprise, "contact"), (YearlyFact, "output"), (LandCase, "state"), (Instruction, "text")):
        for record in model.objects.all():
            steps = list(model.history.filter(id=record.pk).order_by("history_id").values_list("version", field))
            if [version for version, _ in steps] != list(range(1, len(steps) + 1)):
                findings.note("broken", f"{model.__name__} {record.pk}: versions {[version for version, _ in steps]}")
            if steps[-1] != (record.version, getattr(record, field)):
                findings.note("lost", f"{model.__name__} {record.pk} is not as its last step left it")


def _moves(diary, findings):
    """Every move is as often as promised in trail, history and journal; each trail leads by moves of the table to the case's state.

    Nothing but moves is written to a case here, so its version counts them.
    """
    findings.compare_all(
        diary.of("move"),
        trail=Counter(TrailEntry.objects.filter(ledger="land-cases", number__gt=0).values_list("comment", flat=True)),
        history=_after_colon(LandCase.history.filter(history_type="~").values_list("history_change_reason", flat=True)),
        journal=_after_colon(entry.detail["reason"] for entry in JournalEntry.objects.filter(act="办理")),
    )
    for case in LandCase.objects.all():
        lines = list(trail.of(case))
        if not _is_legal(case.workflow, lines):
            findings.note("broken", f"{case}: {' '.join(f'{line.number}:{line.move}→{line.target}' for line in lines)}")
        elif (lines[-1].target, len(lines)) != (case.state, case.version):
            findings.note("lost", f"{case} is {case.state} {case.version}, its trail ends at {lines[-1].target} {len(lines)}")


def _after_colon(reasons):
    return Counter(reason.rpartition("：")[2] for reason in reasons)


def _is_legal(flow, lines):
    """Say whether a trail begins with the entry and goes on, line by line, from the state reached by a move that leads out of it."""
    here = before = ""
    for number, line in enumerate(lines):
        if number == 0:
            legal, target = line.move == CREATE, flow.first
        else:
            move = flow.move(line.move)
            legal, target = here in move.source, before if move.target == BACK else move.target
        if not legal or (line.number, line.source, line.target) != (number, here, target):
            return False
        if target != here:
            here, before = target, here
    return bool(lines)


def _papers(diary, findings):
    """Every paper has its row and its entry in the journal, and its file is what was sent.

    A process that dies between file and row leaves a file that nobody names: no more of them than papers that did not go well.
    """
    entries, rows = diary.of("paper"), list(Paper.objects.all())
    findings.compare_all(
        entries,
        row=Counter(row.title.removesuffix(".pdf") for row in rows),
        journal=Counter(entry.target.split()[-1].removesuffix(".pdf") for entry in JournalEntry.objects.filter(act="上传附件")),
    )
    stored = {path.relative_to(settings.MEDIA_ROOT).as_posix(): path for path in Path(settings.MEDIA_ROOT, "papers").glob("*/*/*")}
    for row in rows:
        path = stored.pop(row.file.name, None)
        content = path.read_bytes() if path else b""
        if hashlib.sha256(content).hexdigest() != row.sha256 or content != pdf_of(row.title.removesuffix(".pdf")):
            findings.note("lost", f"paper {row.title}: {len(content)} bytes stored, {row.size} sent")
    if len(stored) > sum(entry["outcome"] != "ok" for entry in entries):
        findings.note("phantom", f"files without a row: {' '.join(stored)}")


def _keys(diary, findings):
    """What was asked for under a key is there once, its answer is kept once, and whoever asked again got the same one."""
    entries = diary.of("enter")
    findings.compare_all(
        entries,
        row=Counter(Instruction.objects.values_list("text", flat=True)),
        key=Counter(Answer.objects.values_list("key", flat=True)),
        journal=Counter(entry.detail["reason"] for entry in JournalEntry.objects.filter(act="新增", detail__model="chains.Instruction")),
    )
    for entry in entries:
        if entry.get("answers", 0) > 1:
            findings.note("broken", f"{entry['op']}: two answers under one key")


def _made_again(job, jobs):
    """Say whether what an interrupted job was to do was done by one that was asked for after it."""
    same = [one for one in jobs if (one.kind, one.key) == (job.kind, job.key) and one.pk > job.pk]
    return job.error == INTERRUPTED and any(one.state == State.DONE for one in same)


def _jobs(diary, findings):
    """Every job has ended, once, and the journal says so once; what was cancelled stays undone."""
    ends = Counter((entry.detail["job"], entry.act) for entry in JournalEntry.objects.filter(act__in=("作业完成", "作业失败", "作业取消")))
    cancels = {entry["job"]: entry["outcome"] for entry in diary.of("cancel") if entry["outcome"] != "fail"}
    jobs = {job.pk: job for job in Job.objects.all()}
    for entry in diary.of("regrade"):
        if entry["outcome"] == "ok" and entry["job"] not in jobs:
            findings.note("lost", f"{entry['op']}: job {entry['job']} is not there")
    for job in jobs.values():
        done, failed, cancelled = (ends[job.pk, act] for act in ("作业完成", "作业失败", "作业取消"))
        if job.state in OPEN:
            findings.note("stuck", f"job {job.pk} ({job}) is {job.state} after {job.attempts} attempts")
        elif job.state == State.FAILED and not _made_again(job, jobs.values()):
            findings.note("lost", f"job {job.pk} ({job}) failed: {job.error}")
        if done > 1 or (job.state == State.DONE and failed + cancelled):
            findings.note("doubled", f"job {job.pk} ({job}): {done} ends, {failed} failures, {cancelled} cancellations in the journal")
        if (job.state == State.DONE) > done:
            findings.note("lost", f"job {job.pk} ({job}) is done without an entry in the journal")
        if job.state != State.DONE and done:
            findings.note("doubled", f"job {job.pk} ({job}) was done and is {job.state}")
        if job.state == State.CANCELLED and cancelled and job.pk not in cancels:
            findings.note("phantom", f"job {job.pk} was cancelled by nobody")


def _runs(findings):
    """Every finished regrade has its one run, whole; each year's pointer shows the run with the latest cut-off."""
    runs = Counter(GradingRun.objects.values_list("job_id", flat=True))
    for job in Job.objects.filter(kind="grading.regrade"):
        findings.compare(f"run of job {job.pk}", "ok" if job.state == State.DONE else "fail", runs[job.pk])
    for run in GradingRun.objects.all():
        if run.results.count() != run.population:
            findings.note("broken", f"run {run} has {run.results.count()} of {run.population} results")
    for pointer in CurrentRun.objects.select_related("run"):
        latest = GradingRun.objects.filter(year=pointer.year).order_by("-cutoff").first()
        if pointer.run_id != latest.pk:
            findings.note("broken", f"{pointer.year} shows {pointer.run}, not the latest {latest}")
