"""The tie between journal and history: an entry carries the hash of the history rows its act wrote, of its lines of the trail,
or of the paper it put in. Hashed (`core.digest`) is what the database gives back.
"""

from django.apps import apps

from apps.core.digest import combine, digests_of, record_digest
from apps.ledger.models import Paper


def proof_of(records, keys):
    """Return what the entry of an act says of the history rows (their keys) just written for `records` (of one model).

    first, last: keys of the history rows.  rows: their number.  sha256: over all of them.  before: for a single
    record the key of its history row before this act, None for a new one; so before and after can be read.
    """
    model = type(records[0])
    proof = _told_of(keys, _digests(model, keys, "default").values())
    if len(records) == 1:
        earlier = model.history.filter(**{model._meta.pk.name: records[0].pk}, history_id__lt=keys[0])
        proof["before"] = earlier.order_by("-history_id").values_list("history_id", flat=True).first()
    return proof


def seal_of(lines):
    """Return what the entry of an act says of the lines of the trail it just wrote; nothing where it wrote none."""
    if not lines:
        return {}
    return {"trail": _told_of([line.pk for line in lines], map(record_digest, lines))}


def _told_of(keys, digests):
    return {"first": min(keys), "last": max(keys), "rows": len(keys), "sha256": combine(digests)}


def broken(details, using):
    """Return the seqs in `details` (seq -> detail of a journal entry) whose history rows are not as they were written."""
    wrong, singles = set(), {}
    for seq, detail in details.items():
        try:
            model, proof = apps.get_model(detail["model"]), detail["history"]
        except LookupError:
            wrong.add(seq)
            continue
        if proof["rows"] == 1:
            singles.setdefault(model, {})[seq] = proof
        elif not _batch_holds(model, detail["batch"], proof, using):
            wrong.add(seq)
    for model, proofs in singles.items():
        found = _digests(model, [proof["first"] for proof in proofs.values()], using)
        wrong.update(seq for seq, proof in proofs.items() if combine(filter(None, [found.get(proof["first"])])) != proof["sha256"])
    return wrong


def papers_broken(details, using):
    """Return the seqs in `details` (seq -> detail of a journal entry) whose paper is no longer told of as it was put in or withdrawn.

    Its file is compared with its row every night (`verification`).
    """
    told = Paper.objects.using(using).filter(pk__among=[detail["paper"] for detail in details.values()]).in_bulk()
    return [seq for seq, detail in details.items() if not _as_told(told.get(detail["paper"]), detail)]


def _as_told(paper, detail):
    if paper is None or (paper.sha256, paper.size) != (detail["sha256"], detail["size"]):
        return False
    return paper.withdrawn_at is not None or "reason" not in detail


def _batch_holds(model, batch, proof, using):
    rows = model.history.using(using).filter(batch=batch, history_id__range=(proof["first"], proof["last"]))
    digests = digests_of(rows).values()
    return (len(digests), combine(digests)) == (proof["rows"], proof["sha256"])


def _digests(model, keys, using):
    """Return history key -> digest of the rows with these keys."""
    return digests_of(model.history.using(using).filter(history_id__among=keys))
