from django.db import models

from apps.assessments.choices import Light
from apps.assessments.models.rounds import AssessmentRound
from apps.assessments.models.scheme import Indicator, Unit
from apps.core.fields import QuantityField
from apps.core.scope import OPEN
from apps.core.written_once import WrittenOnce


class Computation(WrittenOnce):
    """One immutable computation of a round: what went in, what came out, by whom."""

    scope_paths = OPEN

    round = models.ForeignKey(AssessmentRound, models.PROTECT, verbose_name="轮次", related_name="computations")
    number = models.PositiveIntegerField("次数")
    result_share = models.DecimalField("结果占比", max_digits=4, decimal_places=3)
    input_hash = models.CharField("输入摘要", max_length=64)
    output_hash = models.CharField("结果摘要", max_length=64)
    actor = models.CharField("计分人", max_length=100, blank=True)
    created_at = models.DateTimeField("计分时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "计分"
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["round", "number"], name="one_computation_number")]

    def __str__(self):
        return f"{self.round} 第{self.number}次计分"


class Score(WrittenOnce):
    """One cell of the matrix: a unit on an indicator."""

    scope_paths = {"platform": "unit__platform", "town": "unit__town"}

    computation = models.ForeignKey(Computation, models.PROTECT, related_name="scores")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+")
    target = QuantityField("目标", decimal_places=6)
    actual = QuantityField("完成", decimal_places=6)
    ratio = QuantityField("完成率", unit="%", decimal_places=6)
    weight = QuantityField("计分权重", decimal_places=8, help_text="分摊后的权重。")
    score = QuantityField("得分", decimal_places=8)
    rank = models.PositiveSmallIntegerField("位次", null=True)
    stand_in = models.BooleanField("按组内平均", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "指标得分"
        ordering = ["computation", "unit__group__code", "unit__sort", "indicator__sort"]
        constraints = [models.UniqueConstraint(fields=["computation", "unit", "indicator"], name="one_score")]

    def __str__(self):
        return f"{self.unit} · {self.indicator}"


class Standing(WrittenOnce):
    """One row of the ranking: a unit's sums, its place in its group and its light."""

    scope_paths = {"platform": "unit__platform", "town": "unit__town"}

    computation = models.ForeignKey(Computation, models.PROTECT, related_name="standings")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    result = QuantityField("结果分", decimal_places=8)
    process = QuantityField("过程分", decimal_places=8)
    bonus = QuantityField("加分", decimal_places=8)
    penalty = QuantityField("扣分", decimal_places=8)
    total = QuantityField("总分", decimal_places=8)
    completion = QuantityField("综合完成率", unit="%", decimal_places=6)
    rank = models.PositiveSmallIntegerField("排名", null=True)
    light = models.CharField("亮灯", max_length=10, choices=Light)

    class Meta:
        verbose_name = verbose_name_plural = "考核排名"
        ordering = ["computation", "unit__group__code", "rank", "unit__sort"]
        constraints = [
            models.UniqueConstraint(fields=["computation", "unit"], name="one_standing"),
            models.CheckConstraint(condition=models.Q(light__in=Light.values), name="standing_light"),
        ]

    def __str__(self):
        return f"{self.unit} {self.rank or '—'}"
