from dataclasses import dataclass

from apps.journal import proofs
from apps.journal.models import SEALED, JournalEntry, JournalHead, seal
from apps.journal.rules import GENESIS

CHUNK = 2_000


@dataclass(frozen=True)
class Verdict:
    """Result of a check of the chain.

    entries: rows in the journal.  first_bad: the first seq that does not hold.  tail: digest of the last good entry;
    noted elsewhere (a backup's manifest, the auditor's notebook) it shows a chain that was rewritten as a whole.
    history_bad: seqs of good entries whose history rows are no longer what the entry says.
    """

    entries: int
    first_bad: int | None
    tail: str
    history_bad: tuple = ()

    @property
    def intact(self):
        return self.first_bad is None and not self.history_bad


def entries():
    """Return all entries, newest first, with their people."""
    return JournalEntry.objects.select_related("user").order_by("-seq")


def verify(using="default", progress=lambda checked, entries: None):
    """Walk the whole chain of the database `using` and return a `Verdict`; `progress` hears now and then how far it is.

    Finds changed, deleted, swapped and forged entries and a cut or lengthened tail, and history rows that are not
    those an act wrote. Appends may go on meanwhile: an entry and the head are committed together, so entries are read
    before the head that must name the last one.
    """
    chain = JournalEntry.objects.using(using)
    good, digest, unproved, history_bad, total = 0, GENESIS, {}, [], chain.count()
    while True:
        for seq, prev, sealed, values in _rows(chain.filter(seq__gt=good)):
            if seq != good + 1 or prev != digest or sealed != seal(values):
                return _verdict(chain, seq=good + 1, tail=digest, history_bad=history_bad + proofs.broken(unproved, using))
            good, digest, unproved[seq] = seq, sealed, values["detail"]
            if len(unproved) == CHUNK:
                history_bad += proofs.broken(unproved, using)
                unproved.clear()
                progress(good, total)
        head = JournalHead.objects.using(using).first() or JournalHead()
        ends_here = (head.seq, head.digest) == (good, digest)
        if ends_here or head.seq <= good or not chain.filter(seq=good + 1).exists():
            first_bad = None if ends_here else min(head.seq, good) + 1
            return _verdict(chain, seq=first_bad, tail=digest, history_bad=history_bad + proofs.broken(unproved, using))


def _rows(entries):
    """Yield (seq, prev, digest, sealed values) in order, without making instances."""
    for digest, *values in entries.order_by("seq").values_list("digest", *SEALED).iterator(chunk_size=CHUNK):
        values = dict(zip(SEALED, values, strict=True))
        yield values["seq"], values["prev"], digest, values


def _verdict(chain, *, seq, tail, history_bad):
    return Verdict(chain.count(), seq, tail, tuple(history_bad))
