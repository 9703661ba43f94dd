from dataclasses import dataclass

from apps.journal.models import JournalEntry, JournalHead
from apps.journal.rules import GENESIS

CHUNK = 2_000


@dataclass(frozen=True)
class Verdict:
    """Result of a check of the chain.

    entries: rows in the journal.  first_bad: the first seq that does not hold.  tail: digest of the last good entry;
    noted elsewhere (a backup's manifest, the auditor's notebook) it shows a chain that was rewritten as a whole.
    """

    entries: int
    first_bad: int | None
    tail: str

    @property
    def intact(self):
        return self.first_bad is None


def entries():
    """Return all entries, newest first, with their people."""
    return JournalEntry.objects.select_related("user").order_by("-seq")


def verify(progress=lambda checked, entries: None):
    """Walk the whole chain and return a `Verdict`; `progress` is told now and then how many of how many are checked.

    Finds changed, deleted, swapped and forged entries and a cut or lengthened tail. Appends may go on meanwhile:
    an entry and the head are committed together, so entries are read before the head that must name the last one.
    """
    good, digest, entries = 0, GENESIS, JournalEntry.objects.count()
    while True:
        for entry in JournalEntry.objects.filter(seq__gt=good).order_by("seq").iterator(chunk_size=CHUNK):
            if entry.seq != good + 1 or entry.prev != digest or not entry.holds:
                return _verdict(good + 1, digest)
            good, digest = entry.seq, entry.digest
            if good % CHUNK == 0:
                progress(good, entries)
        head = JournalHead.objects.first() or JournalHead()
        if (head.seq, head.digest) == (good, digest):
            return _verdict(None, digest)
        if head.seq <= good or not JournalEntry.objects.filter(seq=good + 1).exists():
            return _verdict(min(head.seq, good) + 1, digest)


def _verdict(first_bad, tail):
    return Verdict(JournalEntry.objects.count(), first_bad, tail)
