"""What people have said of the columns and the names in their files, kept for the next one."""

from django.conf import settings
from django.db import models

from apps.core import clock
from apps.exchange.choices import Answer, NameFound
from apps.ledger import registry
from apps.ledger.models import LedgerModel, LedgerQuerySet

ORGANISATION = "accounts.Organisation"  # by name only: accounts lies above


def kinds():
    """Return the kinds of spreadsheet as choices: code and label of every ledger that has one."""
    return [(ledger.code, ledger.label) for ledger in registry.all() if ledger.resource]


class ColumnMappingQuerySet(LedgerQuerySet):
    """Mappings are the office's own: its people see them, and who may see those of every office."""

    def _visible_to(self, user):
        rows = super()._visible_to(user)
        if rows.query.is_empty() or user.may("every_office", "column-mappings"):
            return rows
        return rows.filter(organisation=user.unit_id)


class ColumnMapping(LedgerModel):
    """Which column of an office's sheet is which field (列对应): recognised by its titles, offered the next time.

    columns: key of a title (titles.key_of) -> [field name or "" for a column that is not read, unit or ""]. Nothing else
    of a file is kept: no figures, no formulas.  sheet: key of the sheet's name, which decides where several fit.
    """

    scope_paths = {"organisation": "organisation"}

    name = models.CharField("名称", max_length=40)
    organisation = models.ForeignKey(ORGANISATION, models.PROTECT, verbose_name="单位", related_name="+")
    kind = models.CharField("类别", max_length=40, choices=kinds)
    sheet = models.CharField("工作表", max_length=40, blank=True, editable=False)
    columns = models.JSONField("各列", default=dict, editable=False)

    objects = ColumnMappingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "列对应"
        ordering = ["organisation__name", "kind", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "name"],
                name="one_mapping_of_a_name",
                violation_error_message="该单位在这一类别已有同名的列对应（可能已归档）。",
            )
        ]

    def __str__(self):
        return self.name

    @property
    def ledger(self):
        return registry.get(self.kind)


class Reading(models.Model):
    """By which columns one uploaded file is read. It is there as soon as the file could be opened.

    by_person: somebody said so for this file; otherwise `saved` was recognised, or nothing (columns is empty).
    """

    batch = models.OneToOneField("exchange.Batch", models.CASCADE, verbose_name="批次", related_name="reading")
    saved = models.ForeignKey(ColumnMapping, models.SET_NULL, verbose_name="列对应", related_name="+", null=True)
    by_person = models.BooleanField("由上传人指定", default=False)
    sheet = models.CharField("工作表", max_length=40, blank=True)
    columns = models.JSONField("各列", default=dict)

    class Meta:
        verbose_name = verbose_name_plural = "读取方式"

    def __str__(self):
        return f"{self.batch} {self.saved or ''}".strip()


class NameInFile(models.Model):
    """A name that stands in an uploaded file for a record, what was found for it, and what the uploader said to it.

    candidates: [[primary key, code, name, place, likeness in percent]].
    """

    batch = models.ForeignKey("exchange.Batch", models.CASCADE, verbose_name="批次", related_name="names")
    key = models.CharField("名称键", max_length=200)
    written = models.CharField("文件中的名称", max_length=200)
    rows = models.JSONField("行", default=list)
    found = models.CharField("查找结果", max_length=10, choices=NameFound)
    candidates = models.JSONField("可能的记录", default=list)
    answer = models.CharField("决定", max_length=10, choices=Answer, blank=True)
    target = models.BigIntegerField("对应记录", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "文件中的名称"
        ordering = ["batch", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "key"], name="name_once_in_a_file"),
            models.CheckConstraint(condition=models.Q(found__in=NameFound.values), name="name_found"),
            models.CheckConstraint(condition=models.Q(answer__in=["", *Answer.values]), name="name_answer"),
        ]

    def __str__(self):
        return self.written


class ConfirmedName(models.Model):
    """A name an office once confirmed to mean a record (已确认的名称): used the next time, said every time, removable."""

    organisation = models.ForeignKey(ORGANISATION, models.CASCADE, verbose_name="单位", related_name="+")
    ledger = models.CharField("台账", max_length=40)
    key = models.CharField("名称键", max_length=200)
    written = models.CharField("文件中的名称", max_length=200)
    target = models.BigIntegerField("对应记录")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="确认人", related_name="+")
    at = models.DateTimeField("确认时间", default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = "已确认的名称"
        ordering = ["organisation", "written"]
        constraints = [models.UniqueConstraint(fields=["organisation", "ledger", "key"], name="name_confirmed_once")]

    def __str__(self):
        return self.written
