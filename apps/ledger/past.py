"""A ledger as it was (截至): the ordinary queries of a list or a record, answered from the history tables.

For one query every ledger's table is replaced by a common table expression of the same name, which holds each row's
last history row before a moment. So filters, sort, sums, joins and annotations need not know that they look back.
docs/decisions/21-past-as-a-table.md says why, and who may see what.
"""

import datetime as dt
import json
from functools import cache

from django import forms
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLCompiler
from django.utils import timezone

from apps.core import clock
from apps.core.errors import Refused
from apps.core.scope import OPEN, ScopedQuerySet
from apps.ledger.models import LedgerModel

FIRST_DAY = dt.date(2000, 1, 1)
WRONG_DAY = "截至日期不正确，应为不晚于今天的日期，如 2021-06-30。"


def not_out_of_time(day):
    """Refuse a day of which the history cannot know anything. History rows bear the real date."""
    today = timezone.localtime(clock.now()).date()
    if not FIRST_DAY <= day <= today:
        raise ValidationError(f"截至日期应在 {FIRST_DAY} 至 {today} 之间。")


def day_in(params):
    """Return the day that the address of a page asks for (`as_of`), None without one or with one not understood."""
    try:
        return forms.DateField(required=False, validators=[not_out_of_time]).clean(params.get("as_of"))
    except ValidationError:
        return None


def end_of(day):
    """Return the moment a day of the office is over."""
    return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min))


def as_of(rows, day, user):
    """Return the queryset `rows` (filtered, annotated, unevaluated) as it was at the end of `day`.

    The scope already in `rows` is asked of the row as it was; a row that `user` may not see now, or that named then
    what he may not see now, is left out.
    """
    rows = rows.all()
    rows.query = rows.query.chain(PastQuery)
    rows.query.moment = end_of(day)
    rows.query.narrowed = {rows.model: _seen_now(rows.model, end_of(day), user)}
    return rows


def record_as_of(rows, record, day, user):
    """Return a record that `user` sees now as it was at the end of `day`; Refused where it was not there, or not his to see.

    rows: the queryset to read it by, with the joins of what it referred to.
    """
    before = as_of(rows, day, user).filter(pk=record.pk).first()
    if before is None:
        raise Refused(f"{day} 还没有这条记录，或者它当时不在您的范围内。")
    return before


def latest(model, moment):
    """Return the last history row of each row of `model` before `moment`."""
    rows = model.history.model.objects.filter(history_date__lt=moment)
    same = rows.filter(id=OuterRef("id"))
    later = same.filter(Q(history_date__gt=OuterRef("history_date")) | Q(history_date=OuterRef("history_date"), pk__gt=OuterRef("pk")))
    return rows.exclude(history_type="-").filter(~Exists(later))


def _seen_now(model, moment, user):
    """Return the history rows of that moment which `user` may see as things stand today; None where he sees all."""
    if user.reach().everything:
        return None
    rows = latest(model, moment).filter(id__in=model.objects.visible_to(user).values("pk"))
    for field in model._meta.concrete_fields:
        named = field.related_model.objects.all() if field.is_relation else None
        if isinstance(named, ScopedQuerySet) and named.model.scope_paths != OPEN:
            still = Exists(model.objects.filter(pk=OuterRef("id"), **{field.attname: OuterRef(field.attname)}))
            seen = Q(**{f"{field.attname}__in": named.visible_to(user).values("pk")})
            rows = rows.filter(seen | still | Q(**{f"{field.attname}__isnull": True}))
    return list(rows.order_by().values_list("pk", flat=True))


@cache
def _tables():
    """Return quoted table name -> model of every ledger."""
    models = [model for model in apps.get_models() if issubclass(model, LedgerModel)]
    return {f'"{model._meta.db_table}"': model for model in models}


class PastQuery(Query):
    """A query whose ledger tables are what the history says of `moment`."""

    moment = None
    narrowed = {}  # model -> history rows it is restricted to, None for no restriction

    def get_compiler(self, using=None, connection=None, elide_empty=True):
        ordinary = super().get_compiler(using, connection, elide_empty)
        return PastCompiler(self, ordinary.connection, ordinary.using, elide_empty)


class PastCompiler(SQLCompiler):
    """Writes the past tables in front of the ordinary statement."""

    def as_sql(self, with_limits=True, with_col_aliases=False):
        sql, params = super().as_sql(with_limits, with_col_aliases)
        tables = [self._past(model) for name, model in _tables().items() if name in sql]
        before = ", ".join(table for table, _ in tables)
        return f"WITH {before} {sql}", (*(param for _, given in tables for param in given), *params)

    def _past(self, model):
        """Return (the table expression of `model`, its parameters); inlined, so that the history's indexes serve it."""
        quote, history = self.connection.ops.quote_name, self.connection.ops.quote_name(model.history.model._meta.db_table)
        moment = self.connection.ops.adapt_datetimefield_value(self.query.moment)
        kept = {field.name for field in model.history.model._meta.fields}
        columns = ", ".join(
            f"h.{quote(field.column if field.name in kept else 'history_date')} AS {quote(field.column)}"
            for field in model._meta.concrete_fields
        )
        narrowing, keys = self._narrowing(self.query.narrowed.get(model))
        return (
            f"{quote(model._meta.db_table)} AS NOT MATERIALIZED (SELECT {columns} FROM {history} h "
            f"WHERE h.history_date < %s AND h.history_type <> '-' AND NOT EXISTS (SELECT 1 FROM {history} l "
            f"WHERE l.id = h.id AND l.history_date < %s AND (l.history_date, l.history_id) > (h.history_date, h.history_id))"
            f"{narrowing})",
            (moment, moment, *keys),
        )

    def _narrowing(self, keys):
        if keys is None:
            return "", ()
        if self.connection.vendor == "postgresql":
            return " AND h.history_id = ANY(%s)", (keys,)
        return " AND h.history_id IN (SELECT value FROM json_each(%s))", (json.dumps(keys),)
