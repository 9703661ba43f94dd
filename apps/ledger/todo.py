"""To-dos (待办): open records whose next move a person may make, computed from the tables of moves; no table of its own."""

from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db import models
from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, F, OuterRef, Q, Window

from apps.core import clock
from apps.ledger import registry
from apps.ledger.filters import by_clock
from apps.ledger.models import TrailEntry
from apps.ledger.moves import Move

SHOWN = 200  # rows of one ledger on the page


@dataclass(frozen=True)
class Todo:
    """A record and the move it waits for; `ledger` is its declaration."""

    ledger: object
    move: Move
    record: models.Model

    @property
    def unit(self):
        return self.ledger.unit_of(self.record)

    @property
    def lacking(self):
        """What must be there first and is no field or paper of the move's own form, as labels."""
        return self.move.lacks(self.record) if self.move.lacks and getattr(self.record, f"unmet_{self.move.code}", True) else []

    @property
    def why(self):
        """Why a side move is waited for after all."""
        return self.move.stranded.why if self.move.side else ""

    @property
    def due(self):
        return getattr(self.record, self.ledger.clock.due) if self.ledger.clock else None


@dataclass(frozen=True)
class Group:
    """The to-dos of one ledger: `total` of them, those with the nearest deadline in `todos`."""

    ledger: object
    total: int
    todos: list

    @property
    def moves(self):
        """Return [(move, its to-dos)] in the order of the table of moves."""
        found = {move.code: [] for move in self.ledger.workflow.moves}
        for todo in self.todos:
            found[todo.move.code].append(todo)
        return [(rows[0].move, rows) for rows in found.values() if rows]

    @property
    def left_out(self):
        """How many records are not shown."""
        return self.total - len({todo.record.pk for todo in self.todos})

    @property
    def overdue(self):
        return any(todo.due and todo.due < clock.today() for todo in self.todos)


def waiting(ledger, user):
    """Return the records of a ledger that wait for `user`; `waits_<move>` says for which of the moves. One query."""
    flags = {
        f"waits_{move.code}": ExpressionWrapper(_waits(ledger, move, user), output_field=BooleanField()) for move in _moves(ledger, user)
    }
    rows = ledger.visible(user).live()
    if not flags:
        return rows.none()
    return rows.annotate(**flags).filter(reduce(or_, (Q(**{flag: True}) for flag in flags)))


def groups(user, limit=SHOWN):
    """Return the Groups of `user`, at most `limit` records each, nearest deadline first. One query per ledger."""
    found = [_group(ledger, user, limit) for ledger in registry.all() if _moves(ledger, user)]
    return [group for group in found if group.total]


def count(user):
    """Return how many records wait for `user`. One query per ledger he may move."""
    return sum(waiting(ledger, user).count() for ledger in registry.all() if _moves(ledger, user))


def brief(user, limit):
    """Return {total, urgent, overdue}: how many records wait for `user`, the `limit` most urgent to-dos of all ledgers, and the
    ledgers in which one is overdue.
    """
    found = groups(user, limit)
    todos = [todo for group in found for todo in group.todos]
    todos.sort(key=lambda todo: (todo.due is None, todo.due or clock.today()))
    overdue = [group.ledger for group in found if group.overdue]
    return {"total": sum(group.total for group in found), "urgent": todos[:limit], "overdue": overdue}


def deadlines(user):
    """Return [(ledger, overdue, near)]: how many deadlines in the person's scope are red and yellow; ledgers with none left out."""
    found = []
    for ledger in registry.all():
        if ledger.clock:
            rows = ledger.model.objects.visible_to(user).live()
            found.append((ledger, *(by_clock(ledger, rows, value).count() for value in ("overdue", "near"))))
    return [line for line in found if line[1] or line[2]]


def _moves(ledger, user):
    """Return the moves a to-do can stand for: somebody waits for them, and the acting post may make them."""
    flow = ledger.workflow
    waited = [move for move in flow.moves if not move.side or move.stranded] if flow else []
    return [move for move in waited if user.may(move.code, ledger.code)]


def _waits(ledger, move, user):
    """Return the condition under which a record waits for this move by `user`: its day has come, four eyes included.

    What people can bring, a field, a paper or a computation, is not asked: bringing it is what there is to do.
    """
    found = Q(state__in=move.source)
    if move.side:
        found &= move.stranded.rows()
    if move.after:
        found &= Q(**{f"{move.after.field}__isnull": True}) | Q(**{f"{move.after.field}__lt": clock.today()})
    if move.who:
        found &= Q(pk__in=ledger.model.objects.visible_to(user).filter(move.who(user)).values("pk"))
    for codes in move.checks:
        made = TrailEntry.objects.filter(ledger=ledger.code, move__in=codes)
        later = made.filter(record_id=OuterRef("record_id"), number__gt=OuterRef("number"))
        found &= ~Q(Exists(made.filter(~Exists(later), record_id=OuterRef("pk"), user=user.pk)))
    return found


def _group(ledger, user, limit):
    order = [F(ledger.clock.due).asc(nulls_last=True)] if ledger.clock else []
    moves = _moves(ledger, user)
    unmet = {f"unmet_{move.code}": ExpressionWrapper(move.unmet(), output_field=BooleanField()) for move in moves if move.unmet}
    rows = waiting(ledger, user).annotate(in_all=Window(Count("pk")), **unmet).select_related(*ledger.joins)
    rows = rows.order_by(*order, "pk")[:limit]
    todos = [Todo(ledger, move, row) for row in rows for move in moves if getattr(row, f"waits_{move.code}")]
    return Group(ledger, todos[0].record.in_all if todos else 0, todos)
