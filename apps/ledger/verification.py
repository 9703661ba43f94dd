"""What lies in the ledgers against what was written: each row with its last history row, each paper's file with its SHA-256,
history and trail with the journal's entries, and what apps above compute from it all.

The journal proves the history it tells of (`proofs`); this proves the present by the history, and that the journal tells of all of
it (`told`). One statement compares all rows of a ledger.
"""

from dataclasses import dataclass

from django.apps import apps
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.lookups import IsNull

from apps.core.errors import Refused
from apps.journal.models import JournalEntry
from apps.ledger import papers, registry, told
from apps.ledger.fields import label_of
from apps.ledger.models import LedgerModel, Paper, TrailEntry

NAMED = 20  # of one ledger, or of the papers, so many are named; all are counted
BEAT = 50  # papers; one is read in a fraction of a second
_results = []


@dataclass(frozen=True)
class Verdict:
    """rows, papers, moves, results: how many were compared.  wrong: how many differ.  faults: a sentence for each of the first."""

    rows: int
    papers: int
    moves: int
    results: int
    wrong: int
    faults: tuple

    @property
    def compared(self):
        """What was compared, in words."""
        return f"台账 {self.rows} 条、附件 {self.papers} 个、流转 {self.moves} 步、计算结果 {self.results} 份"


def also(check):
    """Let `check()` compare computed results with the journal: it returns (how many, a sentence for each that differs).

    For the apps above, from `AppConfig.ready()`.
    """
    _results.append(check)


def compare(act, results):
    """Compare results (key, name, seal as found) with the entries of `act`, whose detail says `of` which key and `sealed`.

    Returns (how many, a sentence for each that differs). Results from before entries sealed them are not asked.
    """
    told = JournalEntry.objects.filter(act=act, detail__has_key="sealed").values_list("detail__of", "detail__sealed")
    sealed = dict(told.order_by("seq"))
    asked = [result for result in results if sealed and result[0] >= min(sealed)]
    wrong = [(name, key in sealed) for key, name, found in asked if sealed.get(key) != found]
    return len(asked), [f"{name}的结果与日志不符" if known else f"{name}没有日志" for name, known in wrong]


def verify(progress=lambda done, total: None):
    """Compare every row of every ledger and every paper, withdrawn ones too, and return the Verdict."""
    models = [model for model in apps.get_models() if issubclass(model, LedgerModel)]
    rows, stored, wrong, faults, entries = 0, Paper.objects.count(), 0, [], told.Told().read()
    for done, model in enumerate(models):
        progress(done, len(models) + stored)
        rows += model._base_manager.count()
        for found, tell in (
            (_changed(model), _changed_how),
            (_vanished(model), _vanished_which),
            (told.untold(entries, model), _untold_which),
        ):
            wrong += found.count()
            faults += [tell(row) for row in found[:NAMED]]
    moves, compared = TrailEntry.objects.count(), [check() for check in _results]
    for sentences in (told.trail_faults(entries), [fault for _, found in compared for fault in found]):
        wrong += len(sentences)
        faults += sentences[:NAMED]
    damaged = []
    for done, paper in enumerate(Paper.objects.order_by("pk").iterator()):
        if done % BEAT == 0:
            progress(len(models) + done, len(models) + stored)
        damaged += [paper] if _is_damaged(paper) else []
    faults += [f"附件“{paper}”（编号 {paper.pk}，{_record_of(paper)}）缺失或被改动" for paper in damaged[:NAMED]]
    return Verdict(rows, stored, moves, sum(count for count, _ in compared), wrong + len(damaged), tuple(faults))


def _kept(model):
    """Return the fields of which the history keeps the value."""
    names = {field.name for field in model.history.model._meta.fields}
    return [field for field in model._meta.concrete_fields if field.name in names]


def _last(model):
    """Return the last history row of every row."""
    history = model.history.model._base_manager.all()
    return history.filter(~Exists(history.filter(id=OuterRef("id"), history_id__gt=OuterRef("history_id"))))


def _changed(model):
    """Return the rows that are not what their last history row says, or have none."""
    same = _last(model).filter(*(_alike(field.attname) for field in _kept(model)))
    return model._base_manager.filter(~Exists(same)).order_by("pk")


def _alike(name):
    """Return the condition that a field of two rows is the same; no data is the same as no data."""
    return Q(**{name: OuterRef(name)}) | Q(IsNull(F(name), True), IsNull(OuterRef(name), True))


def _vanished(model):
    """Return the last history rows of rows that are no longer there: rows are archived, never deleted."""
    return _last(model).filter(~Exists(model._base_manager.filter(pk=OuterRef("id")))).order_by("id")


def _changed_how(record):
    model = type(record)
    last = model.history.filter(id=record.pk).order_by("-history_id").first()
    named = f"{model._meta.verbose_name}“{record}”（编号 {record.pk}）"
    if last is None:
        return f"{named}没有历史"
    fields = [field for field in _kept(model) if getattr(record, field.attname) != getattr(last, field.attname)]
    return f"{named}的{'、'.join(map(label_of, fields))}与历史不符"


def _vanished_which(row):
    return f"{row.instance_type._meta.verbose_name}（编号 {row.id}）只有历史，记录已不在"


def _untold_which(row):
    return f"{row.instance_type._meta.verbose_name}（编号 {row.id}）的历史（第 {row.history_id} 行）没有日志"


def _is_damaged(paper):
    try:
        papers.read(paper)
    except Refused:
        return True
    return False


def _record_of(paper):
    ledger = registry.get(paper.ledger)
    return f"{ledger.label if ledger else paper.ledger}编号 {paper.record_id}"
