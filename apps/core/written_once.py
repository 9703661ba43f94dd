"""Rows that are written once: results of a computation. A new one is computed instead of changing an old one."""

from django.db import models

from apps.core.scope import ScopedQuerySet


class Immutable(RuntimeError):
    """A row that is written once was about to be changed or deleted."""


class WrittenOnceQuerySet(ScopedQuerySet):
    """No update, no delete."""

    def update(self, **kwargs):
        raise Immutable(self.model.__name__)

    def bulk_update(self, *args, **kwargs):
        raise Immutable(self.model.__name__)

    def delete(self):
        raise Immutable(self.model.__name__)


class WrittenOnce(models.Model):
    """A row that never changes after its insertion; `settable` names what may be filled in once, later."""

    settable = frozenset()

    objects = WrittenOnceQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, update_fields=None, **kwargs):
        if not self._state.adding and not (update_fields and self.settable.issuperset(update_fields)):
            raise Immutable(str(self))
        super().save(*args, update_fields=update_fields, **kwargs)

    def delete(self, *args, **kwargs):
        raise Immutable(str(self))
