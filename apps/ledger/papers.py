"""Papers (附件) of a record: put into a slot, served through the record's scope, withdrawn with a reason, never lost."""

import hashlib
from functools import reduce
from operator import or_

from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Q

from apps.core import clock, scanner
from apps.core.errors import Refused
from apps.core.text import normalise
from apps.journal import services as journal
from apps.ledger import hands, services, trail, workflow
from apps.ledger.models import Paper

FOLDER = "papers"  # of the stored files, one folder a month below it
MAX_BYTES = 20 * 1024**2
KINDS = {  # ending -> how such a file begins; type by content, not by what the browser says
    "pdf": (b"%PDF-",),
    "jpg": (b"\xff\xd8\xff",),
    "jpeg": (b"\xff\xd8\xff",),
    "png": (b"\x89PNG\r\n\x1a\n",),
    "docx": (b"PK\x03\x04",),
    "xlsx": (b"PK\x03\x04",),
    "ofd": (b"PK\x03\x04",),
}


def add(*, record, slot, name, content, actor):
    """Put a file into a slot of a record and return the Paper.

    slot: its code.  name: the file's own name, shown only.  content: the bytes. Raises Refused: no such slot, not in this
    state, too large, empty, not one of the kinds of `KINDS`, or not let through by the office's scanner. PermissionDenied: no right.
    """
    return put(record=record, slot=slot, name=name, content=scanned(content), actor=actor)


def scanned(content):
    """Return the bytes of a file the office's scanner lets through; raise Refused. Before anything is locked: it may take its time."""
    scanner.scan(content)
    return content


@transaction.atomic
def put(*, record, slot, name, content, actor):
    """Do what `add` does with a file that is `scanned`."""
    record = services.locked(record, record.version, actor)
    place = open_slot(record, slot, actor.user)
    name = normalise("".join(filter(str.isprintable, name)))[-200:] or "未命名"
    _check_content(name, content)
    paper = Paper(ledger=trail.code_of(record), record_id=record.pk, slot=place.code, title=name, size=len(content))
    paper.sha256, paper.user, paper.post = hashlib.sha256(content).hexdigest(), actor.user, actor.post[:100]
    paper.file.save("paper", ContentFile(content), save=False)  # the name on disk says nothing
    paper.save()
    _journal("上传附件", paper, place, record, actor)
    return paper


@transaction.atomic
def withdraw(*, record, paper, reason, actor):
    """Take a paper out of its slot; file and row stay. Raises Refused as `add` does, and without a reason."""
    record = services.locked(record, record.version, actor)
    place = open_slot(record, paper.slot, actor.user)
    if not reason.strip():
        raise Refused("撤下附件必须填写原因。")
    if not Paper.objects.filter(pk=paper.pk, withdrawn_at=None).update(withdrawn_at=clock.now(), withdrawn_why=reason.strip()[:200]):
        raise Refused("该附件已经撤下。")
    _journal("撤下附件", paper, place, record, actor, reason=reason)


def of(record):
    """Return every paper of a record, withdrawn ones too."""
    return Paper.objects.filter(ledger=trail.code_of(record), record_id=record.pk).select_related("user")


def shown(record, user):
    """Return the papers of a record `user` is shown, withdrawn ones too: every one, but where its slot says whose it is."""
    narrowed = [slot for slot in record.workflow.slots if slot.shown]
    others = ~Q(slot__in=[slot.code for slot in narrowed])
    return of(record).filter(reduce(or_, (Q(slot=slot.code) & slot.shown(record, user) for slot in narrowed), others))


def held(record, slot):
    """Return the papers in a slot of a record that are not withdrawn."""
    return of(record).filter(slot=slot, withdrawn_at=None)


def read(paper):
    """Return the bytes of a paper; raise Refused when they are not what was uploaded any more."""
    try:
        with paper.file.open("rb") as stored:
            content = stored.read()
    except FileNotFoundError:
        content = b""
    if hashlib.sha256(content).hexdigest() != paper.sha256:
        raise Refused("该附件与上传时不一致（文件缺失或被改动），请联系系统管理员。")
    return content


def may_keep(record, user):
    """Say whether the record's papers are `user`'s work: who holds it; where nobody does, who may edit it or move it on from its state."""
    if record.archived_at:
        return False
    held = hands.held_by(record, user)
    if held is not None:
        return held
    if user.may("change", trail.code_of(record)):
        return True
    return any(workflow.may(record, move, user) for move in record.workflow.moves_from(record.state))


def require_keeper(record, user):
    """Raise PermissionDenied unless the record's papers are `user`'s work (None: the system itself)."""
    if user is not None and not may_keep(record, user):
        others = not record.archived_at and hands.held_by(record, user) is False
        raise PermissionDenied(f"“{record}”{hands.refusal(record)}" if others else "您的岗位不能增减这条记录的附件。")


def open_slot(record, code, user):
    """Return the slot `code` of a record, for `user` to put papers in and withdraw them (None: the system itself).

    Raises Refused: no such slot, or not in this state; and PermissionDenied.
    """
    slot = record.workflow.slot(code) if record.workflow else None
    if slot is None:
        raise Refused("没有这类附件。")
    require_keeper(record, user)
    if record.state not in slot.states:
        raise Refused(f"“{record}”处于“{record.state_label}”，不能增减“{slot.label}”。")
    return slot


def _check_content(name, content):
    ending = name.rpartition(".")[2].lower()
    if ending not in KINDS:
        raise Refused(f"不接受“{name}”：附件应为 {'、'.join(KINDS)} 文件。")
    if not content:
        raise Refused(f"“{name}”是空文件。")
    if len(content) > MAX_BYTES:
        raise Refused(f"“{name}”超过 {MAX_BYTES // 1024**2} MB。")
    if not content.startswith(KINDS[ending]):
        raise Refused(f"“{name}”的内容不是 {ending} 文件，请核对后重新上传。")


def _journal(act, paper, slot, record, actor, **detail):
    detail |= {"paper": paper.pk, "sha256": paper.sha256, "size": paper.size}
    journal.record(act=act, actor=actor, target=f"{record}：{slot.label} {paper.title}", detail=detail)
