"""What a workflow is: one readable table of moves. No Django, no database; `workflow.apply_move` carries a move out.

An app writes its table in `workflow.py`; docs/workflows.md is drawn from it (`manage.py workflow_docs`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field

BACK = "(back)"  # target of a move that leads to where the record came from: out of a freeze, after a refused extension
CREATE = "create"  # the first line of every trail: who entered the record
ALL = "(all)"  # every field may be edited in this state


@dataclass(frozen=True)
class Move:
    """One move of a record from a state to the next.

    code: also the act in the table of rights.  label: the button.  source, target: states, or BACK.
    asks: fields its form offers and writes.  needs: fields that must hold a value when it is made, asked for or not.
    papers: slots that must hold a paper.  comment: a comment must be written (sending back always needs the reason).
    other_than: codes of earlier moves; who made the last of them may not make this one (four eyes).
    side: nobody waits for it, so it makes no to-do: sending back, freezing, asking for an extension.
    who: user -> Q; narrows the move to records of this person beyond the right. None: whoever has the right.
    hand: (record, user) -> what this person did that the move checks and no move tells of, as the beginning of a sentence, "" for
    nothing; `who` keeps him away, this says why (four eyes).
    lacks: record -> labels of what else must be there first, for what is neither a field nor a paper.
    sets: field -> function(record, since) whose value is written; `since` is the day the present state was entered.
    proof: it takes back what was approved; the password must have been typed lately.
    """

    code: str
    label: str
    source: tuple
    target: str
    asks: tuple = ()
    needs: tuple = ()
    papers: tuple = ()
    comment: bool = False
    other_than: tuple = ()
    side: bool = False
    who: Callable | None = None
    hand: Callable | None = None
    lacks: Callable | None = None
    sets: dict = field(default_factory=dict)
    proof: bool = False


def send_back(code, label, source, target, **options):
    """Return a move that sends a record back: with a reason, and nobody's to-do."""
    return Move(code, label, source, target, comment=True, side=True, **options)


@dataclass(frozen=True)
class Slot:
    """A place for papers (附件): what belongs in it and in which states one may be put there or withdrawn.

    shown: (record, user) -> Q; narrows the papers a person is shown beyond seeing the record. None: all of them.
    """

    code: str
    label: str
    states: tuple
    shown: Callable | None = None


@dataclass(frozen=True)
class Workflow:
    """The states of a record type and the moves between them.

    states: TextChoices.  path: the main way, drawn as the step bar; a record begins at its first state.
    closed: states in which nothing more is waited for.  paused: states in which the clock stands still.
    editable: state -> fields that may be edited there, or ALL; a state not named is read only.
    Raises ValueError where the table contradicts itself.
    """

    states: type
    path: tuple
    moves: tuple
    closed: frozenset
    editable: dict
    paused: frozenset = frozenset()
    slots: tuple = ()

    def __post_init__(self):
        codes = [move.code for move in self.moves]
        doubled = {code for code in codes if codes.count(code) > 1}
        named = {state for move in self.moves for state in (*move.source, move.target)} - {BACK}
        named |= {*self.path, *self.closed, *self.paused, *self.editable} | {state for slot in self.slots for state in slot.states}
        strange = named - set(self.states)
        lonely = set(self.states) - named
        unknown = {code for move in self.moves for code in move.other_than} - {*codes, CREATE}
        unknown |= {slot for move in self.moves for slot in move.papers} - {slot.code for slot in self.slots}
        if doubled or strange or lonely or unknown:
            raise ValueError(f"workflow table: doubled {doubled}, unknown states {strange}, unused {lonely}, unknown names {unknown}")

    @property
    def first(self):
        return self.path[0]

    def move(self, code):
        """Return the move called `code`, None when there is none."""
        return next((move for move in self.moves if move.code == code), None)

    def moves_from(self, state):
        return [move for move in self.moves if state in move.source]

    def may_edit(self, state, name):
        """Say whether field `name` may be edited in `state`."""
        fields = self.editable.get(state, ())
        return fields == ALL or name in fields

    def slot(self, code):
        """Return the slot called `code`, None when there is none."""
        return next((slot for slot in self.slots if slot.code == code), None)

    def label(self, state):
        return str(self.states(state).label)
