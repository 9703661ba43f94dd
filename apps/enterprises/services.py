"""Acts of the reconciliation: remind the offices, and take note of a reminder."""

from django.db import transaction

from apps.core import clock
from apps.core.errors import Refused
from apps.enterprises.models import DataReminder
from apps.enterprises.reconciliation import counts, reconcile, reminders_for, reporters
from apps.journal import services as journal


@transaction.atomic
def remind_offices(*, year, share, actor):
    """Remind every office about which something of `year` is found and return the DataReminders written.

    An office is reminded once a day. Raises Refused without the right, where nothing is found, and where every office
    concerned was reminded today already.
    """
    if not actor.user.may("remind", "reconciliation"):
        raise Refused("只有亩均办可以提醒各单位。")
    found = {office: row for office, row in counts(reconcile(year=year, user=actor.user, share=share)).items() if any(row.values())}
    if not found:
        raise Refused(f"{year}年数据没有需要核对的事项，不必提醒。")
    journal.hold()  # two who press at the same moment go one after the other: the second finds what the first wrote
    done = set(DataReminder.objects.filter(year=year, on=clock.today()).values_list("office", flat=True))
    posts = reporters()
    written = [_remind(year, share, office, row, posts[office], actor) for office, row in found.items() if office not in done]
    if not written:
        raise Refused(f"今天已经就{year}年数据提醒过各单位，每天只提醒一次。")
    detail = {str(reminder.get_office_display()): [reminder.words, *map(str, reminder.told.all())] for reminder in written}
    journal.record(act="提醒各单位", actor=actor, target=f"{year}年数据核对：{'、'.join(detail)}", detail=detail)
    return written


def _remind(year, share, office, row, posts, actor):
    findings = {kind.value: number for kind, number in row.items()}
    reminder = DataReminder(year=year, share=share, office=office, on=clock.today(), findings=findings, user=actor.user, post=actor.post)
    reminder.save()
    reminder.told.set({post.user_id for post in posts})
    return reminder


@transaction.atomic
def take_note(*, pk, actor):
    """Tick a reminder, and the earlier ones of the same office and year, as seen; say whether there was one to tick."""
    reminder = next((row for row in reminders_for(actor.user) if row.pk == pk), None)
    if reminder is None:
        return False
    for row in DataReminder.objects.filter(year=reminder.year, office=reminder.office, on__lte=reminder.on):
        row.seen_by.add(actor.user)
    journal.record(act="知悉提醒", actor=actor, target=f"数据核对：{reminder}（{reminder.words}）")
    return True
