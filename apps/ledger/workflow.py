"""Moves carried out (办理): the only place that writes a record's state, and what a person may do with a record now."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction

from apps.core import clock
from apps.core.errors import Refused
from apps.core.scope import unscoped
from apps.ledger import services, trail
from apps.ledger.fields import label_of
from apps.ledger.models import Paper
from apps.ledger.moves import BACK, Move


@transaction.atomic
def apply_move(*, record, move, actor, version, comment="", values=None):
    """Move a record on and return it; state, fields, history, trail, journal and follow-up jobs are one transaction.

    move: the code of a move of the record's workflow.  version: the one the person saw.  values: field -> value of the
    fields the move asks for. Raises Conflict (stale), ValidationError (a value), and Refused with the reason: not in this
    state, no right, not this person, four eyes, something missing.
    """
    record = services.locked(record, version, actor)
    step, values, comment = _step(record, move), values or {}, comment.strip()
    _check_person(record, step, actor)
    strange = sorted(set(values) - set(step.asks))
    if strange:
        raise Refused(f"“{step.label}”不填写“{label_of(record._meta.get_field(strange[0]))}”。")
    if step.comment and not comment:
        raise Refused(f"“{step.label}”必须填写意见或原因。")
    lacking = missing(record, step, values)
    if lacking:
        raise Refused(f"还不能{step.label}，缺少：{'、'.join(lacking)}。")
    return _carry_out(record, step, values, comment, actor)


def _carry_out(record, step, values, comment, actor):
    source, entry = record.state, trail.entered(record)
    target = entry.source if step.target == BACK else step.target
    computed = {name: compute(record, entry.on) for name, compute in step.sets.items()}
    written = {**values, **computed, "state": target}
    reason = f"{step.label}：{comment}" if comment else step.label
    seal = trail.add(record=record, move=step, source=source, target=target, comment=comment, actor=actor)
    services.write(
        record=record, values=written, act="办理", actor=actor, reason=reason[:500], computed=computed,
        move=step.code, source=source, target=target, **seal
    )  # fmt: skip
    return record


def _step(record, code):
    step = record.workflow.move(code) if record.workflow else None
    if step is None:
        raise Refused("没有这项办理。")
    if record.archived_at:
        raise Refused(f"“{record}”已归档，不能办理。")
    if record.state not in step.source:
        raise Refused(f"“{record}”处于“{record.state_label}”，不能{step.label}；可能刚刚已被他人办理，请刷新后查看。")
    return step


def _check_person(record, step, actor):
    """Refuse who lacks the right, is not the one concerned, or made the step that this one must check (四眼)."""
    if actor.user is None:
        return
    if not may(record, step, actor.user):
        raise Refused(f"您的岗位不能办理“{step.label}”。")
    earlier = _made_before(record, step, actor.user)
    if earlier:
        raise Refused(f"“{earlier.label}”由您本人办理，“{step.label}”应由他人办理。")


def may(record, step, user):
    """Say whether `user` has the right to a move of this record; four eyes are asked separately."""
    if not user.may(step.code, trail.code_of(record)):
        return False
    return step.who is None or type(record).objects.visible_to(user).filter(step.who(user), pk=record.pk).exists()


def require_move(record, step, user):
    """Raise Refused where `user` did what the move checks, PermissionDenied where he has no right to it."""
    if told := _kept_away(record, step, user):
        raise Refused(f"{told}。")
    if not may(record, step, user):
        raise PermissionDenied(f"您的岗位不能办理“{step.label}”。")


def missing(record, step, values=None):
    """Return what is lacking for a move as labels: fields without a value, a day that has not passed, slots without a paper.

    values: what the person is just filling in; None while nothing is typed yet: then fields the form will ask for do
    not count as lacking.
    """
    meta = record._meta
    to_be_asked = set(step.asks) if values is None else set()
    held = {name: getattr(record, name) for name in step.needs} | {k: v for k, v in (values or {}).items() if k in step.needs}
    lacking = [label_of(meta.get_field(name)) for name, value in held.items() if value in (None, "") and name not in to_be_asked]
    filled = _filled_slots(record) if step.papers else ()
    lacking += step.after.lacking(getattr(record, step.after.field), clock.today()) if step.after else []
    lacking += step.lacks(record) if step.lacks else []
    return lacking + [f"附件“{record.workflow.slot(code).label}”" for code in step.papers if code not in filled]


def _filled_slots(record):
    """Return the codes of the slots that hold a paper."""
    held = Paper.objects.filter(ledger=trail.code_of(record), record_id=record.pk, withdrawn_at=None)
    return set(held.values_list("slot", flat=True))


@dataclass(frozen=True)
class Choice:
    """A move somebody may make now: `lacking` names what must be there first, `barred` why it must be another person."""

    move: Move
    lacking: list
    barred: str = ""

    @property
    def open(self):
        return not self.lacking and not self.barred


def choices(record, user):
    """Return the Choices of `user` on a record in its present state, and those he is kept from by what he did himself."""
    if record.workflow is None or record.archived_at:
        return []
    found = []
    for step in record.workflow.moves_from(record.state):
        told = _kept_away(record, step, user)
        if told or may(record, step, user):
            found.append(Choice(step, missing(record, step), told or _barred(record, step, user)))
    return found


def _kept_away(record, step, user):
    """Return why a person with the right to a move may not make it although no move of his stands in the way, "" where he may."""
    done = step.hand(record, user) if step.hand and user.may(step.code, trail.code_of(record)) else ""
    return f"{done}，“{step.label}”应由他人办理" if done else ""


def _barred(record, step, user):
    earlier = _made_before(record, step, user)
    return f"“{earlier.label}”由您办理，须由他人{step.label}" if earlier else ""


def _made_before(record, step, user):
    """Return the latest entry by which `user` made a move this one must check, None where somebody else or nobody did."""
    made = [trail.last(record, codes) for codes in step.checks]
    return max((entry for entry in made if entry and entry.user_id == user.pk), key=lambda entry: entry.number, default=None)


def stranded(record):
    """Return, as a sentence, why nobody can go on with a record and what can be done, "" where that is not so."""
    lines = [step.stranded for step in record.workflow.moves_from(record.state) if step.stranded]
    with unscoped("能否有人办理"):
        return next((line.why for line in lines if type(record).objects.filter(line.rows(), pk=record.pk).exists()), "")


def steps(record):
    """Return the step bar: [(label, "done" | "here" | "todo")]; a side state stands where the record left the main way."""
    flow, path = record.workflow, record.workflow.path
    if record.state in path:
        here = path.index(record.state)
        return [(flow.label(state), "done" if i < here else "here" if i == here else "todo") for i, state in enumerate(path)]
    left = [entry.source for entry in trail.of(record) if entry.source in path]
    here = path.index(left[-1]) if left else 0
    bar = [(flow.label(state), "done" if i <= here else "todo") for i, state in enumerate(path)]
    return [*bar[: here + 1], (record.state_label, "here"), *bar[here + 1 :]]
