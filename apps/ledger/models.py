from django.db import models

from apps.core.scope import ScopedQuerySet, unscoped
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

    def offered_to(self, user, kept=None):
        """Return the live rows `user` may refer to, and the one called `kept` that a visible record refers to already."""
        if kept is None:
            return self.visible_to(user).live()
        offered = models.Q(pk__in=self.visible_to(user).live().values("pk"))
        return self.filter(offered | models.Q(pk=kept)).unscoped("已引用的记录保留在选项中")

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

    def validate_unique(self, exclude=None):
        """A value is taken by a row out of sight as well."""
        with unscoped("唯一性检查"):
            super().validate_unique(exclude)

    def validate_constraints(self, exclude=None):
        with unscoped("唯一性检查"):
            super().validate_constraints(exclude)

    def derive(self):
        """Set the fields that follow from others; called before every write."""

    @classmethod
    def check_written(cls, records):
        """Check rules that span rows, inside the transaction and after the write; raise Refused to undo it."""
