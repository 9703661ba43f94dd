"""The hand-over sheet (工作交接单): what a post leaves open when it ends, and how that passes to its successor."""

import copy
import datetime as dt
import hashlib

from django.core.exceptions import ValidationError
from django.db import transaction

from apps.accounts.models import HandOver, Organisation, Post
from apps.core import clock
from apps.core.actor import Actor
from apps.core.errors import Refused
from apps.core.json import dumps
from apps.core.scope import unscoped
from apps.journal import services as journal
from apps.ledger import registry, services, todo
from apps.ledger.fields import field_of, label_of

COLUMNS = {"kind": "类别", "ledger": "台账", "record": "事项", "state": "环节", "act": "下一步", "due": "时限", "light": "时限情况"}
WAITING, NAMED, OF_UNIT = "待办事项", "由本岗位负责的记录", "本单位负责的未办结记录"


def sheet(post):
    """Return the open items of a post as lines (dicts with the keys of COLUMNS), ready for JSON.

    What waits for the post while it is in force, the records that name it, and what else is open of that its body answers
    for; all within the scope of its holder.
    """
    holder = copy.copy(post.user)
    holder.acting_post_id, holder.is_active = post.pk, True  # an account closed before its post ended still leaves work
    if holder.acting != post:
        return []
    todos = [item for group in todo.groups(holder, None) for item in group.todos]
    waiting = [_line(WAITING, item.ledger, item.record, act=item.move.label) for item in todos]
    named = [
        _line(NAMED, ledger, record, act=label_of(field))
        for ledger, field in _naming_fields()
        for record in _open(ledger, ledger.visible(holder)).filter(**{field.name: post}).select_related(*ledger.joins)
    ]
    unit, listed = holder.unit_id, {(item.ledger.code, item.record.pk) for item in todos}
    of_unit = [
        _line(OF_UNIT, ledger, record)
        for ledger in _by_unit()
        for record in _of_unit(ledger, holder, unit)
        if (ledger.code, record.pk) not in listed
    ]
    return waiting + named + of_unit


def counts(lines):
    """Return [(kind, ledger, number)]: all that somebody without business data may know of a sheet."""
    found = {}
    for line in lines:
        found[line["kind"], line["ledger"]] = found.get((line["kind"], line["ledger"]), 0) + 1
    return [(kind, ledger, number) for (kind, ledger), number in found.items()]


def successors(post):
    """Return the posts of other people that may take over: in force, of the same role and scope."""
    same = {name: getattr(post, name) for name in ("role", "platform", "town", "industry", "data_items")}
    return Post.objects.in_force().filter(**same).exclude(user=post.user).select_related("user", "platform", "town", "industry")


LAPSED_WITHIN = dt.timedelta(days=30)  # a job that did not run for a month writes no sheets of long ago


@transaction.atomic
def keep_lapsed(*, actor):
    """Store the sheet of every post that ended on its preset day and return the HandOvers.

    What is open now, as the post saw it on its last day. Who takes over, the security administrator says beforehand by
    ending the post; here nobody does and records go on naming the old post.
    """
    today = clock.today()
    lapsed = Post.objects.filter(end__lte=today, end__gt=today - LAPSED_WITHIN, hand_overs=None).values_list("pk", flat=True)
    kept = []
    for post in Post.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=list(lapsed)).select_related("user").order_by("pk"):
        with clock.on(post.end - dt.timedelta(days=1)):
            lines = sheet(post)
        told = pass_on(post=post, lines=lines, successor=None, actor=actor)
        journal.record(act="岗位到期", actor=actor, target=_told(post), detail=told)
        kept.append(post)
    return kept


@transaction.atomic
def taken_out(*, post, lines, digest, actor):
    """Record that a sheet was taken out as a workbook, whose SHA-256 is `digest`."""
    journal.record(act="导出", actor=actor, target=f"工作交接单：{_told(post)}", detail={"rows": len(lines), "sha256": digest})


def pass_on(*, post, lines, successor, actor):
    """Store the sheet of a post that ends, let its successor stand where records name it; return what the journal says of it.

    Part of `services.end_post` and its transaction. Raises Refused: the successor has another role or scope or is not
    in force, or a record does not admit him.
    """
    if successor and not successors(post).filter(pk=successor.pk).exists():
        raise Refused("接收岗位须是他人的、同一角色和范围的在任岗位。")
    if successor:
        _repoint(post, successor, actor)
    handed = HandOver.objects.create(post=post, successor=successor, on=post.end, lines=lines, by=actor.user)
    digest = hashlib.sha256(dumps(lines).encode()).hexdigest()
    return {"hand_over": handed.pk, "items": len(lines), "sha256": digest, "successor": successor and _told(successor)}


def _repoint(post, successor, actor):
    """Write the successor into the open records. The administrator sees no business data: the system writes, the reason names both."""
    office = Actor(post="岗位交接", channel=actor.channel)
    reason = f"岗位交接：{_told(post)} 移交 {_told(successor)}"
    with unscoped("岗位交接：系统改写责任岗位"):
        named = [
            (ledger, field, services.locked(record, record.version, office))
            for ledger, field in _naming_fields()
            for record in _open(ledger, ledger.model.objects.filter(**{field.name: post}))
        ]
        for ledger, field, record in named:  # all are locked before the first is written, and the journal with it
            try:
                services.write(record=record, values={field.name: successor}, act="岗位交接", actor=office, reason=reason)
            except ValidationError as error:
                raise Refused(f"{ledger.label}中有记录不能转给接收岗位，未作任何改动；请业务岗位先核对由该岗位负责的记录。") from error


def _naming_fields():
    """Return [(ledger, field)] of every foreign key to a post."""
    return [(ledger, field) for ledger in registry.all() for field in ledger.model._meta.fields if field.related_model is Post]


def _open(ledger, rows):
    rows = rows.live().order_by("pk")
    return rows.exclude(state__in=ledger.workflow.closed) if ledger.workflow else rows


def _by_unit():
    """Return the ledgers whose rows a body of the county answers for."""
    return [ledger for ledger in registry.all() if ledger.unit and field_of(ledger.model, ledger.unit).related_model is Organisation]


def _of_unit(ledger, holder, unit):
    rows = _open(ledger, ledger.visible(holder))
    return rows.filter(**{ledger.unit: unit}).select_related(*ledger.joins) if unit else rows.none()


def _line(kind, ledger, record, act=""):
    due = getattr(record, ledger.clock.due) if ledger.clock else None
    return {
        "kind": kind,
        "ledger": ledger.label,
        "record": str(record),
        "state": record.state_label if ledger.workflow else "",
        "act": act,
        "due": due.isoformat() if due else "",
        "light": record.light.words if ledger.clock else "",
    }


def _told(post):
    return f"{post.user}（{post}）"
