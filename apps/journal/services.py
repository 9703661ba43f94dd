import datetime as dt
import logging

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, transaction
from django.db.models import F
from django.utils import timezone

from apps.core import clock
from apps.core.actor import Actor
from apps.core.outage import Unavailable
from apps.journal.models import CountedRefusals, JournalEntry, JournalHead
from apps.journal.rules import REFUSALS_A_MINUTE, clean, clean_text

logger = logging.getLogger(__name__)
HEAD = 1
REFUSAL = "请求被拒"
NO_MORE = "一分钟内被拒次数过多，其后只计次数"


def record(*, act, actor, target="", detail=None, result="成功", using=DEFAULT_DB_ALIAS):
    """Append one act to the journal inside the caller's transaction and return the entry.

    Call it last: the chain's end stays locked until the transaction ends, and is the last lock of all
    (docs/decisions/32-lock-order.md). If the entry cannot be written the act
    fails with it: Unavailable. Raises TransactionManagementError outside `transaction.atomic`, where an act could stay
    without its entry.  using: the alias of another database than the office's own, which is to have the entry (a restored copy).
    """
    if not connections[using].in_atomic_block:
        raise transaction.TransactionManagementError("journal.record() belongs inside the transaction of its act")
    _ask_references(using)
    try:
        return _append(act, actor, target, detail, result, using)
    except DatabaseError as error:
        raise Unavailable("日志暂时不能写入。") from error


def record_refusal(*, actor, target, detail, act=REFUSAL, result="拒绝"):
    """Append that somebody asked for what was refused, or failed to sign in (`act`, `result`).

    In a transaction of its own; the answer he gets never waits on it.

    Of one act and person, or address where nobody is signed in, at most REFUSALS_A_MINUTE are kept a minute: a script that
    runs against a closed door does not fill the journal. The others are counted in one row, which the next refusal that is
    kept, or `enter_counted`, makes an entry. Returns the entry, None where none was written.
    """
    try:
        with transaction.atomic():
            recent = _recent_refusals(actor, act)
            if recent >= REFUSALS_A_MINUTE:
                return _count(actor)
            _enter_counted(CountedRefusals.objects.filter(who=_who(actor)))
            if recent == REFUSALS_A_MINUTE - 1:
                detail = {**detail, "note": NO_MORE}
            return record(act=act, actor=actor, target=target, detail=detail, result=result)
    except DatabaseError as error:
        logger.error("a refused request could not be entered in the journal: %s", error)
        return None


@transaction.atomic
def enter_counted():
    """Enter how many refusals were only counted, one entry for each person or address; return how many entries."""
    return _enter_counted(CountedRefusals.objects.all())


def _count(actor):
    row = {"user": actor.user, "address": _fit("address", actor.address), "channel": _fit("channel", actor.channel)}
    CountedRefusals.objects.get_or_create(who=_who(actor), defaults={**row, "since": clock.now()})
    CountedRefusals.objects.filter(who=_who(actor)).update(number=F("number") + 1)


def _who(actor):
    """Return under which name somebody's refusals are counted: the person, or the address where nobody is signed in."""
    return f"user {actor.user.pk}" if actor.user else f"address {_fit('address', actor.address)}"


def _enter_counted(rows):
    counted = list(rows.select_for_update(no_key=True).order_by("pk"))
    CountedRefusals.objects.filter(pk__in=[row.pk for row in counted]).delete()
    for row in counted:
        actor = Actor(user=row.user, channel=row.channel, address=row.address)
        record(actor=actor, act="其余被拒", target=f"{row.number} 次", detail={"more": row.number, "since": row.since}, result="拒绝")
    return len(counted)


def _recent_refusals(actor, act):
    since = _stamp(clock.now() - dt.timedelta(minutes=1))
    who = {"user": actor.user} if actor.user else {"user": None, "address": _fit("address", actor.address)}
    return JournalEntry.objects.filter(act=act, at__gte=since, **who).count()


def _append(act, actor, target, detail, result, using):
    head, _ = JournalHead.objects.using(using).select_for_update(no_key=True).get_or_create(pk=HEAD)
    entry = JournalEntry(
        seq=head.seq + 1,
        at=_stamp(clock.now()),
        user=actor.user,
        actor=_fit("actor", actor.user or ""),
        post=_fit("post", actor.post),
        channel=_fit("channel", actor.channel),
        address=_fit("address", actor.address),
        act=_fit("act", act),
        target=_fit("target", target),
        result=_fit("result", result),
        detail=clean(detail or {}),
        prev=head.digest,
    )
    entry.digest = entry.seal()
    entry.save(force_insert=True, using=using)
    head.seq, head.digest = entry.seq, entry.digest
    head.save(update_fields=["seq", "digest"], using=using)
    return entry


def hold():
    """Take the chain's end now; it stays locked until the caller's transaction ends.

    For acts that lock rows others lock after their own entry (a waiting job): one order for everybody, or two such acts
    wait for each other for ever.
    """
    _ask_references(DEFAULT_DB_ALIAS)
    JournalHead.objects.select_for_update(no_key=True).get_or_create(pk=HEAD)


def _ask_references(using):
    """Check now what foreign keys would ask when the transaction ends: their locks, and their time, come before the chain's end."""
    if connections[using].vendor == "postgresql":
        connections[using].check_constraints()


def _fit(name, value):
    """Return `value` as clean text of at most the field's length: a long name must not stop an act."""
    return clean_text(value)[: JournalEntry._meta.get_field(name).max_length]


def _stamp(moment):
    """Return a moment as the entries carry it: office time as text, to the microsecond."""
    return timezone.localtime(moment).isoformat(timespec="microseconds")
