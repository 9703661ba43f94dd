from hashlib import sha256

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from apps.assessments import rules
from apps.assessments.choices import OPEN_STATES, SHOWN_TO_UNITS, RoundState, Source
from apps.assessments.models.scheme import Indicator, Scheme, Unit
from apps.assessments.workflow import ROUND
from apps.core.fields import QuantityField
from apps.core.json import dumps
from apps.core.scope import OPEN, unscoped
from apps.ledger import papers
from apps.ledger.clocks import Clock
from apps.ledger.models import LedgerModel, Paper
from apps.ledger.settled import Settled

SETTINGS = ("code", "block", "weight", "method", "cap", "step", "direction", "pace", "missing", "feed")  # what a score depends on


class AssessmentRound(LedgerModel):
    """One quarter of a scheme; its figures are cumulative from January. `current` is the computation that counts."""

    scope_paths = OPEN
    workflow = ROUND
    clock = Clock("due", working=True, near=3, marks=(3, 1))
    settled = (
        Settled(("scheme", "quarter"), models.Q(values__isnull=False), "已建立考核数据", "请另建一轮；误建而尚未开始填报的，请归档"),
    )

    scheme = models.ForeignKey(Scheme, models.PROTECT, verbose_name="方案", related_name="rounds")
    quarter = models.PositiveSmallIntegerField("季度", validators=[MinValueValidator(1), MaxValueValidator(4)])
    state = models.CharField("状态", max_length=10, choices=RoundState, default=RoundState.DRAFT, editable=False)
    due = models.DateField("本环节截止", null=True, blank=True, help_text="填报截止日；送复核时自动定为 3 个工作日后。")
    bulletin_number = models.CharField("通报文号", max_length=60, blank=True)
    published_on = models.DateField("通报日期", null=True, blank=True, editable=False)
    current = models.ForeignKey(
        "assessments.Computation", models.PROTECT, verbose_name="当前计分", related_name="+", null=True, blank=True, editable=False
    )

    class Meta:
        verbose_name = verbose_name_plural = "考核轮次"
        ordering = ["-scheme__year", "-quarter", "scheme__code"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "quarter"], name="one_round", violation_error_message="该方案本季度已有考核轮次。"),
            models.CheckConstraint(condition=models.Q(quarter__range=(1, 4)), name="round_quarter"),
            models.CheckConstraint(condition=models.Q(state__in=RoundState.values), name="round_state"),
        ]

    def __str__(self):
        return f"{self.scheme} {self.code}"

    @property
    def code(self):
        """The quarter as written everywhere: 2021Q3."""
        return f"{self.scheme.year}Q{self.quarter}"

    @property
    def last_month(self):
        """The month up to which the figures are summed."""
        return 3 * self.quarter

    @property
    def period(self):
        return f"{self.scheme.year}年1—{self.last_month}月（累计）"

    @property
    def takes_values(self):
        """Whether values may be typed now."""
        return self.archived_at is None and self.state in OPEN_STATES

    @property
    def takes_score(self):
        """Whether the round may be computed again now."""
        return self.archived_at is None and ROUND.may_edit(self.state, "current")

    def values_with_parts(self):
        """Return the values with unit, group and indicator, in the order of the matrix."""
        return list(self.values.select_related("unit__group", "indicator"))

    def values_without_paper(self):
        """Return the values that need an evidence file and have none, in the order of the matrix."""
        with unscoped("考核数据的佐证材料是否齐全"):
            typed = self.values.filter(source=Source.TYPED).select_related("unit", "indicator", "paper")
            return [value for value in typed if value.lacks_paper]

    def proved_values(self, user):
        """Return the values that name an evidence file, as far as `user` sees them: a unit its own, once it sees its score."""
        values = self.values.visible_to(user).exclude(paper=None).select_related("unit__group", "indicator", "paper")
        return values if user.may("read", "assessments") or self.state in SHOWN_TO_UNITS else values.none()

    def input_hash(self, values):
        """Digest everything a computation depends on: the scheme's settings, the indicators, every target and value."""
        settings = [self.scheme.result_share, self.scheme.green_from, self.scheme.yellow_from]
        indicators = [[getattr(indicator, name) for name in SETTINGS] for indicator in {value.indicator: None for value in values}]
        rows = [[str(value.unit.group), str(value.unit), value.indicator.code, value.target, value.actual] for value in values]
        return sha256(dumps([settings, indicators, rows]).encode()).hexdigest()

    @property
    def is_stale(self):
        """Whether values or settings changed since the current computation."""
        with unscoped("数据在计分后是否有变化"):
            return self.current is not None and self.current.input_hash != self.input_hash(self.values_with_parts())


class AssessmentValue(LedgerModel):
    """What one unit was to reach and reached on one indicator by the end of the quarter, and where that is known from."""

    scope_paths = {"platform": "unit__platform", "town": "unit__town"}
    belongs_to = "round"

    round = models.ForeignKey(AssessmentRound, models.PROTECT, verbose_name="轮次", related_name="values")
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="考核对象", related_name="values")
    indicator = models.ForeignKey(Indicator, models.PROTECT, verbose_name="指标", related_name="values")
    target = QuantityField("目标", decimal_places=6)
    actual = QuantityField("完成", decimal_places=6)
    source = models.CharField("来源", max_length=10, choices=Source, editable=False)
    evidence = models.CharField("佐证", max_length=200, blank=True, help_text="文件名称、文号或出处。")
    paper = models.ForeignKey(
        Paper,
        models.PROTECT,
        verbose_name="佐证材料",
        related_name="+",
        null=True,
        blank=True,
        help_text="加分、扣分和完成率超过 100% 的必须选定；从本轮已上传的佐证材料中选。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "考核数据"
        ordering = ["round", "unit__group__code", "unit__sort", "indicator__sort"]
        constraints = [
            models.UniqueConstraint(fields=["round", "unit", "indicator"], name="one_value"),
            models.CheckConstraint(condition=models.Q(source__in=Source.values), name="value_source"),
            models.CheckConstraint(
                condition=~models.Q(source=Source.TYPED) | models.Q(actual__isnull=True) | ~models.Q(evidence=""),
                name="typed_value_has_evidence",
                violation_error_message="人工填报的数据必须写明佐证。",
            ),
        ]

    def __str__(self):
        return f"{self.round.code} {self.unit} · {self.indicator}"

    @property
    def lacks_paper(self):
        """Whether the value needs an evidence file and names none, or one that was withdrawn meanwhile."""
        if self.source != Source.TYPED or not rules.needs_paper(self.indicator.measure(), rules.Reading(self.target, self.actual)):
            return False
        return self.paper is None or self.paper.withdrawn_at is not None

    def clean(self):
        if self.paper_id and not papers.of(self.round).filter(pk=self.paper_id, slot="evidence").exists():
            raise ValidationError({"paper": "只能选本轮的佐证材料。"})
        if self.source == Source.TYPED and self.actual is not None and not self.evidence.strip():
            raise ValidationError({"evidence": "人工填报的数据必须写明佐证。"})
        if self.indicator.is_points and self.actual is not None and not 0 <= self.actual <= self.indicator.weight:
            raise ValidationError({"actual": f"应在 0 至 {self.indicator.weight.normalize():f} 分之间。"})
