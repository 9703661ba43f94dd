from django.db import models

from apps.core.fields import QuantityField
from apps.core.scope import OPEN, ScopedQuerySet
from apps.plan.choices import SOURCES, Severity
from apps.plan.rules import Cell


class PlanFigure(models.Model):
    """A figure as the plan prints it. `printed` is never corrected; no ledger calculates with it (domain 6)."""

    scope_paths = OPEN

    section = models.CharField("章节", max_length=10)
    table = models.CharField("表", max_length=10, choices=[(name, name) for name in SOURCES])
    row = models.CharField("行", max_length=60)
    column = models.CharField("列", max_length=60)
    printed = models.CharField("规划数", max_length=20)
    value = QuantityField("数值", decimal_places=4, help_text="规划数的数值；文字为空。")
    unit = models.CharField("单位", max_length=10, blank=True)
    qualifier = models.CharField("限定语", max_length=10, blank=True, help_text="“…”处为规划数，如“突破…”。")
    order = models.PositiveSmallIntegerField("次序")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "规划数据"
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["table", "row", "column"], name="one_figure_a_place"),
            models.CheckConstraint(condition=models.Q(table__in=list(SOURCES)), name="plan_figure_table"),
        ]

    def __str__(self):
        return f"{self.table} {self.row} {self.column}"

    @property
    def cell(self):
        return Cell(self.table, self.row, self.column)

    @property
    def phrase(self):
        """The printed figure with the plan's own limiting word: 突破 1500, 660 以上."""
        return self.qualifier.replace("…", f" {self.printed} ").strip() if self.qualifier else self.printed


class PlanNote(models.Model):
    """A reviewed finding where two places of the plan disagree or imply something odd (domain 6.2 and 6.3)."""

    scope_paths = OPEN

    code = models.CharField("编号", max_length=5, unique=True)
    place = models.CharField("位置", max_length=60)
    first = models.CharField("规划所述", max_length=100)
    second = models.CharField("另一处或推算", max_length=100)
    severity = models.CharField("性质", max_length=1, choices=Severity)
    comment = models.CharField("说明", max_length=200)
    order = models.PositiveSmallIntegerField("次序")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "规划校核意见"
        ordering = ["order"]
        constraints = [models.CheckConstraint(condition=models.Q(severity__in=Severity.values), name="plan_note_severity")]

    def __str__(self):
        return f"{self.code} {self.place}"

    @property
    def tone(self):
        return Severity(self.severity).tone
