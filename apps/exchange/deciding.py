"""What people answer to the names in their files, and what their office remembers of it."""

from django.db import transaction
from django.db.models import Q

from apps.core.errors import Refused
from apps.exchange.choices import OPEN_NAMES, Answer, NameFound
from apps.exchange.mapping_models import ConfirmedName
from apps.exchange.matching import referred
from apps.journal import services as journal
from apps.ledger import registry

ASKED = (*OPEN_NAMES, NameFound.ANSWERED, NameFound.SKIPPED)  # a person answers them, or has
STALE = "所选的名称或记录不在这批数据的核对结果中，未保存任何内容。请重新打开页面后再选。"


@transaction.atomic
def answer_names(*, batch, answers, actor):
    """Keep the answers to names of a batch; the file is to be judged again.

    answers: primary key of a NameInFile -> primary key of the record it is, Answer.SKIP to pass its rows over, None for
    later. A record is remembered for the actor's office. Raises Refused for what the page did not offer.
    """
    names = batch.names.filter(found__in=ASKED).in_bulk()
    said = {}
    for key, answer in answers.items():
        name = names.get(key)
        if name is None or answer not in [None, Answer.SKIP, *(pk for pk, *_ in name.candidates)]:
            raise Refused(STALE)
        name.answer = "" if answer is None else Answer.SKIP if answer == Answer.SKIP else Answer.IS
        name.target = answer if name.answer == Answer.IS else None
        name.save()
        if name.answer:
            said[name.written] = name.get_answer_display() if name.target is None else _remembered(batch, name, actor)
    target = f"{batch.ledger.label}：{batch.filename}"
    journal.record(act="确认名称", actor=actor, target=target, detail={"batch": str(batch.pk), "names": said})


def _remembered(batch, name, actor):
    """Remember a confirmed name for the actor's office, and return the code of the record for the journal."""
    office = actor.user.unit_id
    if office is not None:
        known = {"written": name.written, "target": name.target, "user": actor.user}
        of = {"organisation_id": office, "ledger": referred(batch.ledger.resource()).code, "key": name.key}
        ConfirmedName.objects.update_or_create(**of, defaults=known)
    return next(code for pk, code, *_ in name.candidates if pk == name.target)


def names_of(user):
    """Return the confirmed names `user` may see and remove: his office's, or every office's."""
    if user.may("every_office", "column-mappings"):
        return ConfirmedName.objects.select_related("organisation", "user")
    return ConfirmedName.objects.filter(Q(organisation=user.unit_id, organisation__isnull=False)).select_related("organisation", "user")


def with_records(names, user):
    """Return [(ConfirmedName, the record it means or None where it is out of sight)]. One query a ledger."""
    wanted = {}
    for name in names:
        wanted.setdefault(name.ledger, []).append(name.target)
    found = {code: registry.get(code).model.objects.visible_to(user).in_bulk(keys) for code, keys in wanted.items()}
    return [(name, found[name.ledger].get(name.target)) for name in names]


@transaction.atomic
def forget_name(*, name, actor):
    """Remove a confirmed name: the next file with it is asked about again."""
    detail = {"name": name.written, "ledger": name.ledger, "record": name.target}
    name.delete()
    journal.record(act="取消已确认的名称", actor=actor, target=f"{name.organisation}：{name.written}", detail=detail)
