"""Who sees which rows: the one choke point `visible_to(user)`, and the guard that nobody reads past it.

A model says on which of its paths a scope can lie (`scope_paths`), a user says how far he reaches
(`user.reach()`); neither knows the other's app. While a request is answered, a query of such a model that did not go
through `visible_to` raises (docs/decisions/23-scope-guard.md).
"""

from contextvars import ContextVar
from dataclasses import dataclass, field

from django.db import models
from django.db.models import Q

from apps.core.context import setting

OPEN = "open"  # a model every signed-in person with a business post may read: towns, industries, platforms


@dataclass(frozen=True)
class Reach:
    """How far a person's acting post reaches.

    everything: reads all rows.  limits: dimension ("platform", "town", "industry") -> primary keys; a row is
    visible when any one of them holds.  nobody: no business data at all (the three administrators).
    """

    everything: bool = False
    nobody: bool = False
    limits: dict = field(default_factory=dict)


class OutsideScope(RuntimeError):
    """A request was about to read rows of a scoped model past `visible_to`: a mistake of ours, never of the person."""


_guarded = ContextVar("scope_guarded", default=False)


def guarded():
    """Refuse reads past the scope inside this block: a request (core.middleware.ScopeGuard)."""
    return setting(_guarded, True)


def unscoped(reason):
    """Let the system read past the scope inside this block, for `reason` (Chinese, as the review reads it).

    Run the query inside the block: a queryset only made there still raises. Every use stands in the reviewed list of
    tests/scope/test_guard.py.
    """
    return setting(_guarded, not reason)  # without a reason the guard stays


class ScopedQuerySet(models.QuerySet):
    """Rows of a model with `scope_paths`. Remembers whether it went through `visible_to`; every clone inherits it."""

    _scoped = False

    def visible_to(self, user):
        """Return only what `user` may see through the acting post; deny by default."""
        rows = self._visible_to(user)._chain()
        rows._scoped = True
        return rows

    def read_by(self, user):
        """Return what `user` may see; every row for a command or a job that acts for nobody (None), which a request is not."""
        return self if user is None else self.visible_to(user)

    def unscoped(self, reason):
        """Return the same rows past the scope, for `reason`: where a form or a page reads them later. See `unscoped` above."""
        rows = self._chain()
        rows._scoped = bool(reason)
        return rows

    def _visible_to(self, user):
        if not getattr(user, "is_authenticated", False) or not user.is_active:
            return self.none()
        reach = user.reach()
        if reach.nobody:
            return self.none()
        if reach.everything or self.model.scope_paths == OPEN:
            return self
        allowed = Q()
        for dimension, keys in reach.limits.items():
            if dimension in self.model.scope_paths:
                allowed |= Q(**{f"{self.model.scope_paths[dimension]}__in": keys})
        return self.filter(allowed) if allowed else self.none()

    # --- the guard --------------------------------------------------------------------------------------------

    def _clone(self):
        clone = super()._clone()
        clone._scoped = self._scoped
        return clone

    def _require_scope(self):
        """Raise where a request would read rows it did not ask the scope for; what was read already is not read again."""
        if _guarded.get() and not self._in_scope and self._result_cache is None:
            raise OutsideScope(f"{self.model.__name__}: start from visible_to(user), or say why not with core.scope.unscoped(reason)")

    @property
    def _in_scope(self):
        return self._scoped or self.query.is_empty()

    def _fetch_all(self):
        self._require_scope()
        super()._fetch_all()

    def iterator(self, *args, **kwargs):
        self._require_scope()
        return super().iterator(*args, **kwargs)

    def count(self):
        self._require_scope()
        return super().count()

    def exists(self):
        self._require_scope()
        return super().exists()

    def aggregate(self, *args, **kwargs):
        self._require_scope()
        return super().aggregate(*args, **kwargs)

    def update(self, **kwargs):
        self._require_scope()
        return super().update(**kwargs)

    def delete(self):
        self._require_scope()
        return super().delete()

    delete.queryset_only = True

    def raw(self, *args, **kwargs):
        raise OutsideScope(f"{self.model.__name__}: SQL written by hand knows no scope")

    # --- two querysets made one: only as much in scope as the wider of both --------------------------------------

    def __or__(self, other):
        return self._joined(super().__or__(other), other)

    def __xor__(self, other):
        return self._joined(super().__xor__(other), other)

    def _combinator_query(self, combinator, *others, all=False):
        return self._joined(super()._combinator_query(combinator, *others, all=all), *others)

    def _joined(self, result, *others):
        result._scoped = self._in_scope and all(getattr(other, "_in_scope", False) for other in others)
        return result
