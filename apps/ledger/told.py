"""What lies in history and trail (流转) against what the journal's entries tell of them.

`proofs` goes from the entries to the history rows they tell of; this goes the other way, so that a row which no act wrote is
found, and one which was forged together with the ledger's own row. The lines of the trail are compared here altogether.
"""

from dataclasses import dataclass, field

from django.apps import apps

from apps.core.digest import combine, digests_of
from apps.journal.models import JournalEntry
from apps.ledger import registry
from apps.ledger.models import TrailEntry


@dataclass
class Told:
    """What the entries after `seq` tell of: read with `read`.

    singles: model label -> keys of history rows.  batches: (model label, batch) -> first and last key of its history rows.
    since: model label -> the first key told of; what is older was written before entries told of history (0.2.0).
    lines: key of a line of the trail -> its seal.  many: entries that tell of the lines of a whole batch.
    """

    seq: int = 0
    singles: dict = field(default_factory=dict)
    batches: dict = field(default_factory=dict)
    since: dict = field(default_factory=dict)
    lines: dict = field(default_factory=dict)
    many: list = field(default_factory=list)

    def read(self):
        """Take in the entries that came since the last time; returns itself."""
        entries = JournalEntry.objects.filter(seq__gt=self.seq, detail__has_key="history").order_by("seq")
        for self.seq, target, detail in entries.values_list("seq", "target", "detail").iterator():
            model, rows, batch = detail["model"], detail["history"], detail.get("batch")
            self.since[model] = min(rows["first"], self.since.get(model, rows["first"]))
            if rows["rows"] == 1:
                self.singles.setdefault(model, set()).add(rows["first"])
            else:
                self.batches[model, batch] = rows["first"], rows["last"]
            seal = detail.get("trail")
            if seal and seal["rows"] == 1:
                self.lines[seal["first"]] = seal["sha256"], target
            elif seal:
                self.many.append((target, detail))
        return self

    def tells_of(self, model, key, batch):
        """Say whether an entry tells of this history row of the model (its label), or it is older than all of them."""
        first, last = self.batches.get((model, str(batch)), (1, 0))
        return key in self.singles.get(model, ()) or first <= key <= last or key < self.since.get(model, 0)


def untold(told, model):
    """Return the history rows of a ledger's model that no entry tells of."""
    label, keys = model._meta.label, model.history.order_by("pk").values_list("pk", "batch")
    found = [row for row in keys.iterator() if not told.tells_of(label, *row)]
    if found:  # an act that ended meanwhile has its entry
        told.read()
    return model.history.filter(pk__among=[key for key, batch in found if not told.tells_of(label, key, batch)]).order_by("pk")


def trail_faults(told):
    """Return a sentence for every line of the trail, or every batch of first lines, that is not as the journal tells."""
    since = min([*told.lines, *(detail["trail"]["first"] for _, detail in told.many)], default=None)
    if since is None:
        return []
    lines = digests_of(TrailEntry.objects.filter(pk__gte=since))
    told.read()
    faults = []
    for target, detail in told.many:
        first = digests_of(TrailEntry.objects.filter(pk__among=_first_lines(detail)))
        faults += [] if _as_sealed(first.values(), detail["trail"]["sha256"]) else [f"{target}的登记流转与日志不符"]
        lines = {key: found for key, found in lines.items() if key not in first}
    gone = _gone(told.lines.keys() - lines.keys())
    faults += [f"{target}的流转缺失" for key, (_, target) in told.lines.items() if key in gone]
    wrong = [key for key, found in lines.items() if key not in told.lines or not _as_sealed([found], told.lines[key][0])]
    return faults + [_named(line, told) for line in TrailEntry.objects.filter(pk__among=wrong).order_by("pk")]


def _as_sealed(digests, seal):
    return combine(digests) == seal


def _gone(keys):
    """Return those of the keys that no line has, also not one written meanwhile."""
    return keys - set(TrailEntry.objects.filter(pk__among=keys).values_list("pk", flat=True))


def _first_lines(detail):
    """Return the keys of the first lines of the records a batch brought in."""
    model, rows = apps.get_model(detail["model"]), detail["history"]
    brought = model.history.filter(batch=detail["batch"], history_id__range=(rows["first"], rows["last"]), history_type="+")
    lines = TrailEntry.objects.filter(ledger=registry.of_model(model).code, number=0, record_id__in=brought.values("id"))
    return list(lines.values_list("pk", flat=True))


def _named(line, told):
    ledger = registry.get(line.ledger)
    named = f"{ledger.label if ledger else line.ledger}编号 {line.record_id} 的流转第 {line.number} 步“{line.label}”"
    return f"{named}与日志不符" if line.pk in told.lines else f"{named}没有日志"
