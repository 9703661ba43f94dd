"""How a record with a workflow stands for a person: step bar, light, what he may do, papers, trail."""

from apps.ledger import papers, trail, workflow


def standing(record, user):
    """Return {steps, choices, light, stranded, slots, trail} of a record for `user`.

    slots: [(Slot, papers in it, whether the user may add one)]; a slot without papers that is not open is left out.
    """
    stored = {}
    for paper in papers.shown(record, user):
        stored.setdefault(paper.slot, []).append(paper)
    keeps = papers.may_keep(record, user)
    slots = [(slot, stored.get(slot.code, []), keeps and record.state in slot.states) for slot in record.workflow.slots]
    return {
        "steps": workflow.steps(record),
        "choices": workflow.choices(record, user),
        "light": record.light if record.clock else None,
        "stranded": "" if record.archived_at else workflow.stranded(record),
        "slots": [(slot, rows, open_) for slot, rows, open_ in slots if rows or open_],
        "trail": list(trail.of(record)),
    }
