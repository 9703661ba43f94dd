from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from apps.assessments import rules
from apps.assessments.choices import Block, Direction, Feed, Method, Missing, Pace
from apps.core.fields import QuantityField
from apps.core.scope import OPEN
from apps.ledger import checks, lights
from apps.ledger.models import LedgerModel
from apps.ledger.settled import Settled
from apps.platforms.models import Platform, Town

SHARE = {"max_digits": 4, "decimal_places": 3}
MOST_TARGET = 999_999_999  # its share of a quarter is kept to six places
MOST_PACE = 999  # percent; three digits, as people write it (rules.parse_pace)
FROM_NONE_TO_ALL = [MinValueValidator(0), MaxValueValidator(1)]  # the completion a light shows counts no indicator more than once over


def pace():
    return list(rules.PACE)


class Scheme(LedgerModel):
    """A year's assessment scheme (考核方案): shares, thresholds and the pace are settings of the scheme, not of the program."""

    scope_paths = OPEN
    settled = (Settled(("year",), models.Q(rounds__isnull=False), "已开启考核轮次", "请另建考核方案"),)

    code = models.SlugField("编号", max_length=30, unique=True)
    name = models.CharField("名称", max_length=60)
    year = models.PositiveSmallIntegerField("年度", validators=[MinValueValidator(2000), MaxValueValidator(2100)])
    result_share = models.DecimalField(
        "结果占比",
        default=rules.RESULT_SHARE,
        validators=FROM_NONE_TO_ALL,
        help_text="过程占其余部分。",
        **SHARE,
    )
    pace = models.JSONField("序时进度（%）", default=pace, help_text="四个季度末应完成全年的百分比。")
    green_from = models.DecimalField(
        "绿灯下限", default=lights.GREEN_FROM, validators=FROM_NONE_TO_ALL, help_text="综合完成率，1 即 100%。", **SHARE
    )
    yellow_from = models.DecimalField(
        "黄灯下限", default=lights.YELLOW_FROM, validators=FROM_NONE_TO_ALL, help_text="不高于绿灯下限。", **SHARE
    )
    basis = models.CharField("依据", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "考核方案"
        ordering = ["-year", "code"]
        constraints = [models.CheckConstraint(condition=models.Q(result_share__range=(0, 1)), name="scheme_result_share")]

    def __str__(self):
        return self.name

    def clean(self):
        faults = {}
        numbers = isinstance(self.pace, list) and all(type(step) is int and 0 < step <= MOST_PACE for step in self.pace)
        if not numbers or len(self.pace) != 4 or sorted(self.pace) != self.pace:
            faults["pace"] = f"应为四个由小到大的正整数，最大 {MOST_PACE}，如 25、50、75、100。"
        if None not in (self.green_from, self.yellow_from) and self.yellow_from > self.green_from:
            faults["yellow_from"] = "黄灯下限不能高于绿灯下限。"
        if faults:
            raise ValidationError(faults)


class Group(LedgerModel):
    """Units are ranked only inside their group (domain 4.2)."""

    scope_paths = OPEN
    settled = (Settled(("scheme",), models.Q(units__values__isnull=False), "已有考核数据", "请在另一方案中新增分组"),)

    scheme = models.ForeignKey(Scheme, models.PROTECT, verbose_name="方案", related_name="groups")
    code = models.CharField("组别", max_length=10)
    name = models.CharField("名称", max_length=30)

    class Meta:
        verbose_name = verbose_name_plural = "考核分组"
        ordering = ["scheme", "code"]
        constraints = [models.UniqueConstraint(fields=["scheme", "code"], name="one_group_code")]

    def __str__(self):
        return f"{self.code} {self.name}"

    @property
    def key(self):
        """What names the group beyond its scheme, as spreadsheets write it: 2021/G1."""
        return f"{self.scheme.code}/{self.code}"


class Unit(LedgerModel):
    """An assessed body. Its firms are those of its platform, and those of its town outside platforms counted alone."""

    scope_paths = {"platform": "platform", "town": "town"}

    group = models.ForeignKey(Group, models.PROTECT, verbose_name="分组", related_name="units")
    name = models.CharField("考核对象", max_length=40)
    second_name = models.CharField("合署单位", max_length=40, blank=True, help_text="合署办公的另一块牌子，只考核一次。")
    platform = models.ForeignKey(Platform, models.PROTECT, verbose_name="对应平台", related_name="+", null=True, blank=True)
    town = models.ForeignKey(Town, models.PROTECT, verbose_name="对应乡镇街道", related_name="+", null=True, blank=True)
    sort = models.PositiveSmallIntegerField("次序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "考核对象"
        ordering = ["group__code", "sort", "pk"]
        constraints = [models.UniqueConstraint(fields=["group", "name"], name="one_unit_name")]

    def __str__(self):
        return self.name

    @classmethod
    def check_written(cls, records):
        """A unit with values may change its group, but stays in the scheme they were made for."""
        made = cls.objects.filter(pk__among=[unit.pk for unit in records], values__isnull=False)
        strayed = set(made.exclude(values__round__scheme=models.F("group__scheme")).values_list("pk", flat=True).distinct())
        sentence = "已有考核数据，只能改到同一方案的分组；其他方案请新增考核对象。"
        checks.refuse_rows([(unit, "group", sentence if unit.pk in strayed else None) for unit in records])

    @property
    def scheme(self):
        return self.group.scheme

    @property
    def key(self):
        """What names the unit beyond its group, as spreadsheets write it: 2021/G1/壶镇镇."""
        return f"{self.group.key}/{self.name}"


class Indicator(LedgerModel):
    """One row of the scheme: what is measured, what it weighs, how a value becomes points, who supplies it."""

    scope_paths = OPEN
    settled = (Settled(("scheme",), models.Q(values__isnull=False), "已有考核数据", "请在另一方案中新增指标"),)

    scheme = models.ForeignKey(Scheme, models.PROTECT, verbose_name="方案", related_name="indicators")
    code = models.CharField("编号", max_length=10)
    name = models.CharField("指标", max_length=40)
    block = models.CharField("类别", max_length=10, choices=Block)
    unit = models.CharField("计量单位", max_length=10)
    weight = models.DecimalField(
        "权重", max_digits=6, decimal_places=2, validators=[MinValueValidator(Decimal("0.01"))], help_text="加分、扣分项为其上限。"
    )
    method = models.CharField("计分方法", max_length=12, choices=Method)
    cap = models.DecimalField("完成率上限", default=Decimal("1.2"), validators=[MinValueValidator(Decimal("0.1"))], **SHARE)
    step = models.DecimalField("每位次递减", default=rules.RANK_STEP, validators=[MinValueValidator(0), MaxValueValidator(1)], **SHARE)
    direction = models.CharField("方向", max_length=10, choices=Direction, default=Direction.HIGHER)
    pace = models.CharField("目标口径", max_length=10, choices=Pace, default=Pace.PACED)
    missing = models.CharField("无数据时", max_length=10, choices=Missing, default=Missing.SPREAD)
    feed = models.CharField("取数", max_length=20, choices=Feed, default=Feed.NONE, blank=True)
    office = models.CharField("数据来源", max_length=40, help_text="对数据负责的部门。")
    note = models.CharField("说明", max_length=200, blank=True)
    sort = models.PositiveSmallIntegerField("次序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "考核指标"
        ordering = ["scheme", "sort", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "code"], name="one_indicator_code"),
            models.CheckConstraint(condition=models.Q(weight__gt=0), name="indicator_weight_positive"),
            models.CheckConstraint(condition=models.Q(block__in=Block.values), name="indicator_block"),
            models.CheckConstraint(condition=models.Q(method__in=Method.values), name="indicator_method"),
            models.CheckConstraint(condition=models.Q(direction__in=Direction.values), name="indicator_direction"),
            models.CheckConstraint(condition=models.Q(pace__in=Pace.values), name="indicator_pace"),
            models.CheckConstraint(condition=models.Q(missing__in=Missing.values), name="indicator_missing"),
            models.CheckConstraint(condition=models.Q(feed__in=Feed.values), name="indicator_feed"),
        ]

    def __str__(self):
        return self.name

    def clean(self):
        if (self.block in (Block.BONUS, Block.PENALTY)) != (self.method == Method.POINTS):
            raise ValidationError({"method": "加分、扣分项用直接计分法，结果、过程指标用其他方法。"})

    @property
    def key(self):
        """What names the indicator beyond its scheme, as spreadsheets write it: 2021/R1."""
        return f"{self.scheme.code}/{self.code}"

    @property
    def is_points(self):
        """A bonus or a penalty: points given by hand, without a target."""
        return self.method == Method.POINTS

    @property
    def adds_up(self):
        """Whether the values of units may be summed: amounts yes, rates no."""
        return self.pace == Pace.PACED and not self.is_points

    def measure(self):
        """Return what the rules need to know of this indicator."""
        return rules.Measure(
            key=self.pk,
            block=self.block,
            weight=self.weight,
            method=self.method,
            cap=self.cap,
            step=self.step,
            lower_is_better=self.direction == Direction.LOWER,
            missing=self.missing,
        )


class Target(LedgerModel):
    """What a unit is to reach on an indicator in the scheme's year."""

    scope_paths = {"platform": "unit__platform", "town": "unit__town"}

    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="考核对象", related_name="targets")
    indicator = models.ForeignKey(Indicator, models.PROTECT, verbose_name="指标", related_name="targets")
    yearly = QuantityField(
        "全年目标",
        decimal_places=4,
        null=False,
        blank=False,
        validators=[MinValueValidator(0, "不能为负数。"), MaxValueValidator(MOST_TARGET, f"不能超过 {MOST_TARGET:,}。")],
    )

    class Meta:
        verbose_name = verbose_name_plural = "考核目标"
        ordering = ["unit", "indicator"]
        constraints = [models.UniqueConstraint(fields=["unit", "indicator"], name="one_target")]

    def __str__(self):
        return f"{self.unit} · {self.indicator}"

    def clean(self):
        if self.unit_id and self.indicator_id and self.unit.group.scheme_id != self.indicator.scheme_id:
            raise ValidationError({"indicator": "考核对象和指标应属同一方案。"})

    def of_quarter(self, quarter, pace):
        """Return the target at the end of `quarter`, cumulative; a rate has the same target in every quarter."""
        return rules.quarter_target(self.yearly, quarter, pace) if self.indicator.pace == Pace.PACED else self.yearly
