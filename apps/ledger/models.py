from django.db import models

from apps.core.scope import ScopedQuerySet
from apps.ledger.history import LedgerHistory, require_writing


class Origin(models.TextChoices):
    """Where a row came from; loaders touch only rows of their own origin."""

    OFFICE = "office", "本单位"
    SAMPLE = "sample", "示例"
    PLAN = "plan", "规划"


class LedgerQuerySet(ScopedQuerySet):
    """Rows of one ledger. Reading starts at `visible_to(user)`; writing belongs to apps.ledger.services."""

    def live(self):
        """Return the rows that are not archived."""
        return self.filter(archived_at__isnull=True)

    def update(self, **kwargs):
        require_writing(self.model)
        return super().update(**kwargs)

    def bulk_create(self, objs, *args, **kwargs):
        require_writing(self.model)
        return super().bulk_create(objs, *args, **kwargs)

    def bulk_update(self, objs, *args, **kwargs):
        require_writing(self.model)
        return super().bulk_update(objs, *args, **kwargs)

    def delete(self):
        require_writing(self.model)
        return super().delete()


class LedgerModel(models.Model):
    """A row of a ledger: versioned, archived instead of deleted, with history.

    scope_paths: dimension -> look-up path from this model ({"platform": "enterprise__platform"}), or
    `core.scope.OPEN`. A model must say it; without it nobody but readers of everything sees a row.
    """

    scope_paths = {}
    derived_fields = ()
    history_row = None  # key of the history row of the last write through this instance

    version = models.PositiveIntegerField("版本", default=1, editable=False)
    origin = models.CharField("来源", max_length=10, choices=Origin, default=Origin.OFFICE, editable=False)
    archived_at = models.DateTimeField("归档时间", null=True, blank=True, editable=False)
    archive_reason = models.CharField("归档原因", max_length=200, blank=True, editable=False)
    created_at = models.DateTimeField("登记时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = LedgerQuerySet.as_manager()
    history = LedgerHistory(excluded_fields=["created_at", "updated_at"])

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        require_writing(type(self))
        super().save(*args, **kwargs)

    def derive(self):
        """Set the fields that follow from others; called before every write."""

    @classmethod
    def check_written(cls, records):
        """Check rules that span rows, inside the transaction and after the write; raise Refused to undo it."""
