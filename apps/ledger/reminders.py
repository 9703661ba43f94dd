"""Reminders (提醒) of deadlines: written once by a daily job, shown to those the record waits for until they have taken note."""

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Subquery

from apps.core import clock
from apps.journal import services as journal
from apps.ledger import clocks, registry, todo
from apps.ledger.filters import running
from apps.ledger.models import Reminder


def remind():
    """Write a Reminder for every mark that a deadline has reached and none was written for; return how many.

    Only the closest mark counts where several were jumped over; finished, paused and archived records have none.
    """
    return sum(_remind(ledger, clock.today()) for ledger in registry.all() if ledger.clock)


def _remind(ledger, today):
    timer = ledger.clock
    near = {f"{timer.due}__lte": timer.ahead(today, max(timer.marks, default=0))}
    rows = running(ledger, ledger.model.objects.live()).filter(**near).values_list("pk", timer.due)
    known = set(Reminder.objects.filter(ledger=ledger.code).values_list("record_id", "due", "mark"))
    wanted = {(pk, due, clocks.mark_reached(timer, due, today)) for pk, due in rows} - known
    new = [Reminder(ledger=ledger.code, record_id=pk, due=due, mark=mark) for pk, due, mark in wanted if mark is not None]
    Reminder.objects.bulk_create(new, ignore_conflicts=True)  # two runs at one moment still write one
    return len(new)


def unseen(ledger, user):
    """Return the records of which `user` must still take note, nearest deadline first; `reminder` is the row to tick. One query.

    Those of another deadline than the record has now, and all but the latest mark, are past.
    """
    due = ledger.clock.due
    latest = Reminder.objects.filter(ledger=ledger.code, record_id=OuterRef("pk"), due=OuterRef(due)).order_by("mark").values("pk")[:1]
    seen = Reminder.seen_by.through.objects.filter(reminder=OuterRef("reminder"), user=user.pk)
    rows = _answered_for(ledger, user).annotate(reminder=Subquery(latest))
    return rows.filter(~Exists(seen), reminder__isnull=False).order_by(F(due).asc(), "pk")


def of(user, limit):
    """Return [(ledger, record)]: what `user` must take note of, at most `limit` of each ledger."""
    return [(ledger, row) for ledger in _timed() for row in unseen(ledger, user).select_related(*ledger.joins)[:limit]]


def count(user):
    """Return of how many records `user` must take note. One query per ledger with a clock."""
    return sum(unseen(ledger, user).count() for ledger in _timed())


@transaction.atomic
def take_note(*, pk, actor):
    """Tick one reminder as seen and say whether there was one to tick for this person."""
    for ledger in _timed():
        row = unseen(ledger, actor.user).filter(reminder=pk).first()
        if row:
            Reminder.objects.get(pk=pk).seen_by.add(actor.user)
            journal.record(act="知悉提醒", actor=actor, target=f"{ledger.label}：{row}（{row.light.words}）")
            return True
    return False


def _timed():
    return [ledger for ledger in registry.all() if ledger.clock]


def _answered_for(ledger, user):
    """Return the open records that wait for this person, as his to-dos do; of a ledger without moves those he may change."""
    if ledger.workflow:
        return running(ledger, todo.waiting(ledger, user))
    rows = running(ledger, ledger.visible(user).live())
    return rows if user.may("change", ledger.code) else rows.none()
