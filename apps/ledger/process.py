"""How a record with a workflow stands for a person: step bar, light, what he may do and why not, papers, trail."""

from apps.core.errors import Refused
from apps.ledger import papers, trail, workflow


def barred(record, move, user):
    """Return why a person with the right to a move may not make it although no move of his stands in the way, "" where he may."""
    done = move.hand(record, user) if move.hand and user.may(move.code, trail.code_of(record)) else ""
    return f"{done}，“{move.label}”应由他人办理" if done else ""


def require_move(record, move, user):
    """Raise Refused where `user` did what the move checks, PermissionDenied where he has no right to it."""
    told = barred(record, move, user)
    if told:
        raise Refused(f"{told}。")
    workflow.require_move(record, move, user)


def choices(record, user):
    """Return the workflow's Choices of `user`, and those he is kept from by what he did himself, in the order of the table."""
    found = {choice.move.code: choice for choice in workflow.choices(record, user)}
    if record.workflow is None or record.archived_at:
        return []
    for move in record.workflow.moves_from(record.state):
        told = barred(record, move, user)
        if told:
            found[move.code] = workflow.Choice(move, workflow.missing(record, move), told)
    return [found[move.code] for move in record.workflow.moves if move.code in found]


def standing(record, user):
    """Return {steps, choices, light, slots, trail} of a record for `user`.

    slots: [(Slot, papers in it, whether the user may add one)]; a slot without papers that is not open is left out.
    """
    stored = {}
    for paper in papers.shown(record, user):
        stored.setdefault(paper.slot, []).append(paper)
    keeps = papers.may_keep(record, user)
    slots = [(slot, stored.get(slot.code, []), keeps and record.state in slot.states) for slot in record.workflow.slots]
    return {
        "steps": workflow.steps(record),
        "choices": choices(record, user),
        "light": record.light if record.clock else None,
        "slots": [(slot, rows, open_) for slot, rows, open_ in slots if rows or open_],
        "trail": list(trail.of(record)),
    }
