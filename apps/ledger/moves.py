"""What a workflow is: one readable table of moves. No Django, no database; `workflow.apply_move` carries a move out.

An app writes its table in `workflow.py`; docs/workflows.md is drawn from it (`manage.py workflow_docs`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field

BACK = "(back)"  # target of a move that leads to where the record came from: out of a freeze, after a refused extension
CREATE = "create"  # the first line of every trail: who entered the record
ENTRY = "(entry)"  # among the fields that may be edited in a state: those of registration, which no later step fills in


@dataclass(frozen=True)
class Until:
    """A day that must have passed before a move is made.

    field: the date field that holds it; without a date nothing is waited for.  label: what is over then.
    """

    field: str
    label: str

    def lacking(self, day, today):
        """Return what is lacking on `today` as a label in a list; none once `day` has passed."""
        return [f"{self.label}（至 {day:%Y-%m-%d}）"] if day is not None and today <= day else []


@dataclass(frozen=True)
class Stranded:
    """Records nobody can go on with, because the people in whose hands they are have gone.

    rows: () -> Q, which ones.  why: what is to be said of such a record, and what can be done, as a sentence.
    """

    rows: Callable
    why: str


@dataclass(frozen=True)
class Move:
    """One move of a record from a state to the next.

    code: also the act in the table of rights.  label: the button.  source, target: states, or BACK.
    asks: fields its form offers and writes.  needs: fields that must hold a value when it is made, asked for or not.
    papers: slots that must hold a paper.  comment: a comment must be written (sending back always needs the reason).
    other_than: earlier moves, each a code, or a tuple of codes one of which takes the place of the other; who made any of them, as it
    was made last, may not make this one (four eyes).
    side: nobody waits for it, so it makes no to-do: sending back, freezing, asking for an extension.
    stranded: where a side move is waited for after all: it takes a record back from people who have gone.
    who: user -> Q; narrows the move to records of this person beyond the right. None: whoever has the right. Where all moves
    waited for in a state say it, only these people write the record and keep its papers there.
    hand: (record, user) -> what this person did that the move checks and no move tells of, as the beginning of a sentence, "" for
    nothing; `who` keeps him away, this says why (four eyes).
    lacks: record -> labels of what else must be there first, for what is neither a field nor a paper; somebody can bring it, so
    the to-do stays.  unmet: () -> Q, the rows of which `lacks` has something to say, so that a list need not ask each of them; None:
    each is asked.  after: the day nobody can bring, so that there is no to-do before it has passed.
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
    unmet: Callable | None = None
    after: Until | None = None
    sets: dict = field(default_factory=dict)
    proof: bool = False
    stranded: Stranded | None = None

    @property
    def checks(self):
        """The earlier moves this one must not share its maker with, as tuples of codes: of each the last made counts."""
        return [step if isinstance(step, tuple) else (step,) for step in self.other_than]


def send_back(code, label, source, target, **options):
    """Return a move that sends a record back: with a reason, and nobody's to-do."""
    return Move(code, label, source, target, comment=True, side=True, **options)


def extension(source, waiting, **asking):
    """Return the moves by which a later deadline is asked for, granted and refused, of rows with `deadline` and `extension_to`.

    Granted as asked, though the day may have passed while it lay here: who asked in time does not bear the wait.
    asking: more options of the move that asks.
    """
    wish, done = ("extension_to",), {"extension_to": lambda row, since: None}
    later = {"deadline": lambda row, since: row.extension_to, **done}
    return (
        Move("ask_extension", "申请延期", source, waiting, asks=wish, needs=wish, comment=True, side=True, **asking),
        Move("extend", "同意延期", (waiting,), BACK, other_than=("ask_extension",), sets=later),
        send_back("deny_extension", "不同意延期", (waiting,), BACK, sets=done),
    )


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
    editable: state -> fields that may be edited there, (ENTRY, …) for those of registration; a state not named is read only.
    later: fields a later step fills in though no move asks for them; what a move asks for is later by itself.
    Raises ValueError where the table contradicts itself.
    """

    states: type
    path: tuple
    moves: tuple
    closed: frozenset
    editable: dict
    paused: frozenset = frozenset()
    slots: tuple = ()
    later: tuple = ()

    def __post_init__(self):
        codes = [move.code for move in self.moves]
        doubled = {code for code in codes if codes.count(code) > 1}
        named = {state for move in self.moves for state in (*move.source, move.target)} - {BACK}
        named |= {*self.path, *self.closed, *self.paused, *self.editable} | {state for slot in self.slots for state in slot.states}
        strange = named - set(self.states)
        lonely = set(self.states) - named
        unknown = {code for move in self.moves for codes in move.checks for code in codes} - {*codes, CREATE}
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

    def holding(self, state):
        """Return the moves whose makers hold a record in `state` (apps.ledger.hands): those waited for, where all of them say `who`.

        A `who` that only keeps away whoever did what is checked (`hand`) names nobody.
        """
        waited = [move for move in self.moves_from(state) if not move.side]
        return waited if all(move.who and not move.hand for move in waited) else []

    def may_edit(self, state, name):
        """Say whether field `name` may be edited in `state`."""
        fields = self.editable.get(state, ())
        return name in fields or (ENTRY in fields and name not in self.filled_later(state))

    def filled_later(self, state):
        """Return the fields that are no entry in `state`: moves from other states ask for them, and none from this one needs them.

        So nobody brings along at registration what another office is to fill in, and finds its demand met.
        """
        here = {name for move in self.moves_from(state) for name in (*move.asks, *move.needs)}
        return ({name for move in self.moves for name in move.asks} | set(self.later)) - here

    def filled_at(self, state, name):
        """Say in words where a field that is closed in `state` is still to be filled in; "" where that lies behind or nowhere.

        At a move from here; while the record is entered, at the first move or in the states that open it later.
        """
        entering = ENTRY in self.editable.get(state, ())
        move = next((move for move in self.moves if name in move.asks and (entering or state in move.source)), None)
        if move:
            return f"办理“{move.label}”时"
        states = [self.label(other) for other, fields in self.editable.items() if name in fields] if entering else []
        return f"“{'、'.join(states)}”环节" if states else ""

    def slot(self, code):
        """Return the slot called `code`, None when there is none."""
        return next((slot for slot in self.slots if slot.code == code), None)

    def label(self, state):
        return str(self.states(state).label)
