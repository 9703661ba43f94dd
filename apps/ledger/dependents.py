"""What hangs on a record: rows of other ledgers that refer to it and cannot be in the ledger without it."""

from collections import defaultdict
from functools import cache, reduce
from operator import or_

from django.apps import apps
from django.db import models
from django.db.models import Q

from apps.core.errors import Refused
from apps.core.scope import unscoped
from apps.ledger import registry
from apps.ledger.models import LedgerModel

MOST = 2_000  # rows archived with one record
WAIT = "请待其办结，尚未开始办理的可先归档"


@cache
def references_to(model):
    """Return [(model, field name)] of every ledger's foreign key to `model` that protects it."""
    return [
        (field.model, field.name)
        for ledger in registry.all()
        for field in ledger.model._meta.concrete_fields
        if field.related_model is model and field.remote_field.on_delete is models.PROTECT
    ]


def moving_with(record):
    """Return model -> the rows that are archived, or restored, together with `record`."""
    return archived_with(record) if record.archived_at else below(record)


def below(record):
    """Return model -> live rows that hang on `record`, at any depth, whoever may see them; Refused for too many."""
    return hanging_on(type(record), [record.pk])


def hanging_on(model, keys):
    """Return model -> live rows that hang on the rows of `model` with these keys, themselves not among them."""
    return _walk(model, keys, lambda child: child.objects.live())


def archived_with(record):
    """Return model -> the rows below `record` that were archived together with it and are so still."""
    batch = record.history.latest("history_date", "history_id").batch
    if batch is None:
        return {}

    def together(child):
        return child.objects.filter(archived_at=record.archived_at, pk__in=child.history.filter(batch=batch).values("id"))

    return _walk(type(record), [record.pk], together)


def _walk(model, keys, rows_of):
    """Collect level by level what refers to the rows of `model` with these keys, among `rows_of(child model)`.

    In the order of the ledgers, however they were found: whoever locks them all locks in one order.
    """
    family, waiting, top = {}, [(model, keys)], {(model, key) for key in keys}
    while waiting:
        parent, keys = waiting.pop()
        for child, field in references_to(parent):
            known = family.setdefault(child, {})
            rows = rows_of(child).filter(**{f"{field}__in": keys}).order_by("pk")[: MOST + 1]
            with unscoped("随记录一起归档、恢复的记录"):
                fresh = {row.pk: row for row in rows if row.pk not in known and (child, row.pk) not in top}
            known |= fresh
            if fresh:
                waiting.append((child, list(fresh)))
        if sum(map(len, family.values())) > MOST:
            raise Refused(f"其下有 {MOST} 条以上的在册记录，不能一次归档；请先归档下面的记录。")
    return {ledger.model: list(family[ledger.model].values()) for ledger in registry.all() if family.get(ledger.model)}


@cache
def _without_ledger():
    """Return the models whose rows have no ledger and go the way of a record that has one (`LedgerModel.belongs_to`)."""
    return [model for model in apps.get_models() if issubclass(model, LedgerModel) and model.belongs_to]


def unfinished(named):
    """Return sentences about live rows without a ledger that refer to `named` (model -> keys) and go a way that is not closed.

    What goes along with the record they belong to, it being named itself, is in nobody's way.
    """
    sentences = []
    for model in _without_ledger():
        whole = model._meta.get_field(model.belongs_to)
        fields = [field for field in model._meta.concrete_fields if field.related_model in named and field != whole]
        if not fields:
            continue
        rows = model.objects.live().filter(reduce(or_, (Q(**{f"{field.name}__in": named[field.related_model]}) for field in fields)))
        rows = rows.filter(**{f"{whole.name}__archived_at": None})
        rows = rows.exclude(**{f"{whole.name}__state__in": whole.related_model.workflow.closed})
        rows = rows.exclude(**{f"{whole.name}__in": named.get(whole.related_model, ())})
        with unscoped("尚未办结的数据，无论谁能看到"):
            number = rows.count()
        if number:
            ledger = registry.of_model(whole.related_model)
            sentences.append(f"{number} 条“{model._meta.verbose_name}”，其“{ledger.label}”尚未办结")
    return sentences


def keys_of(record, family):
    """Return model -> keys of a record and of what hangs on it."""
    keys = defaultdict(list, {type(record): [record.pk]})
    for model, rows in family.items():
        keys[model] += [row.pk for row in rows]
    return dict(keys)


def under_way(record):
    """Say whether a live record is between the beginning and the end of its workflow: it is not archived then."""
    flow = record.workflow
    return bool(flow) and not record.archived_at and record.state != flow.first and record.state not in flow.closed


def held_by_its_way(record):
    """Return why a live record that is under way may not be archived, None where it is begun or finished."""
    return f"“{record}”处于“{record.state_label}”，正在办理，不能归档。" if under_way(record) else None


def barrier(record, family, user):
    """Return as a sentence why this person may not archive or restore `record` with its `family` now, None where he may."""
    if held := held_by_its_way(record):
        return held
    obstacles = "、".join(beyond(family, user))
    if not record.archived_at:
        if obstacles:
            return f"“{record}”不能归档：其下有{obstacles}，请先由负责的岗位处理。未归档任何记录。"
        waiting = "；".join(unfinished(keys_of(record, family)))
        return f"“{record}”不能归档：已有 {waiting}；{WAIT}。未归档任何记录。" if waiting else None
    if obstacles:
        return f"“{record}”不能恢复：一同归档的记录中有{obstacles}，请先由负责的岗位处理。未恢复任何记录。"
    above = archived_above([record, *(row for rows in family.values() for row in rows)])
    names = "、".join(f"“{row}”" for row in above[:5])
    return f"“{record}”不能恢复：它所属的{names}已归档，请先恢复。" if above else None


def beyond(family, user):
    """Return sentences about the rows of `family` this person may not archive or restore; none for the system."""
    sentences = []
    for model, rows in family.items() if user else ():
        ledger = registry.of_model(model)
        hidden = len(rows) - model.objects.visible_to(user).filter(pk__in=[row.pk for row in rows]).count()
        moving = sum(map(under_way, rows))
        if not any(user.may("archive", code) for code in (ledger.code, ledger.part_of) if code):
            sentences.append(f"{len(rows)} 条“{ledger.label}”由别的岗位管理")
        elif hidden:
            sentences.append(f"{hidden} 条“{ledger.label}”不在您的范围内")
        elif moving:
            sentences.append(f"{moving} 条“{ledger.label}”正在办理")
    return sentences


def archived_above(records):
    """Return the archived records that rows of `records` (to be restored together) refer to."""
    together = {(type(record), record.pk) for record in records}
    return archived_among({named for record in records for named in references_of(record)} - together)


def references_of(record, names=None):
    """Return [(model, key)] of the ledgers' rows a record refers to, in the fields `names` or in any."""
    fields = [field for field in record._meta.concrete_fields if field.is_relation and registry.of_model(field.related_model)]
    held = [(field.related_model, getattr(record, field.attname)) for field in fields if names is None or field.name in names]
    return [(model, key) for model, key in held if key is not None]


def archived_among(named):
    """Return the archived of the rows `named` as (model, key), whoever may see them."""
    keys = {}
    for model, key in named:
        keys.setdefault(model, set()).add(key)
    with unscoped("所引用的记录是否已归档"):
        return [row for model, wanted in keys.items() for row in model.objects.filter(pk__among=wanted, archived_at__isnull=False)]


def in_words(family, user):
    """Return [(label of the ledger, number, first names of those in the person's scope)]."""
    words = []
    for model, rows in family.items():
        seen = model.objects.visible_to(user).filter(pk__in=[row.pk for row in rows]).order_by("pk")
        words.append((registry.of_model(model).label, len(rows), [str(row) for row in seen[:5]]))
    return words
