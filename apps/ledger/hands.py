"""In whose hands a record is (在谁手上办理): who may write its fields and keep its papers in its present state.

Where every move that is waited for names its people (`Move.who`), the record is theirs until one of these moves is made:
they need no right to change the ledger, and nobody else's right to change it counts. Otherwise the table of rights decides.
"""

from apps.ledger import trail, workflow


def held_by(record, user):
    """Say whether a record is in this person's hands; None where it is in nobody's in particular, as one that is just being entered."""
    moves = record.workflow.holding(record.state) if record.workflow and record.pk else []
    return any(workflow.may(record, move, user) for move in moves) if moves else None


def may_write(record, user):
    """Say whether a record is this person's to write in its present state; which fields, the table of moves says."""
    held = held_by(record, user)
    return user.may("change", trail.code_of(record)) if held is None else held


def refusal(record):
    """Return, as a sentence, why others do not write a record that is in somebody's hands."""
    acts = "、".join(f"“{move.label}”" for move in record.workflow.holding(record.state))
    return f"处于“{record.state_label}”，修改和增减附件只由能办理{acts}的人进行；如需改动，请与其联系。"
