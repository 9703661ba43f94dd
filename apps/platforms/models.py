from decimal import Decimal

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models

from apps.core.fields import QuantityField
from apps.core.scope import OPEN
from apps.ledger.models import LedgerModel
from apps.platforms.choices import IndustryKind, TownKind


class Town(LedgerModel):
    """A street, town or township of the county (18; administrative codes 331122xxx)."""

    scope_paths = OPEN

    code = models.CharField("区划代码", max_length=9, unique=True, validators=[RegexValidator(r"^\d{9}$", "应为 9 位数字。")])
    name = models.CharField("名称", max_length=20, unique=True)
    kind = models.CharField("类别", max_length=10, choices=TownKind)

    class Meta:
        verbose_name = verbose_name_plural = "乡镇街道"
        ordering = ["code"]
        constraints = [models.CheckConstraint(condition=models.Q(kind__in=TownKind.values), name="town_kind")]

    def __str__(self):
        return self.name


class Platform(LedgerModel):
    """An industrial platform (园区) of Table 3."""

    scope_paths = {"platform": "pk", "town": "town"}

    code = models.CharField("编号", max_length=10, unique=True)
    name = models.CharField("名称", max_length=60, unique=True)
    short_name = models.CharField("简称", max_length=20, unique=True)
    town = models.ForeignKey(Town, models.PROTECT, verbose_name="所在乡镇", related_name="platforms")
    area_km2 = QuantityField("规划面积", unit="平方公里", decimal_places=4, validators=[MinValueValidator(0)])
    counts_alone = models.BooleanField("单独统计", default=False, help_text="是：其企业在表2中列入本平台；否：列入所在乡镇。")
    body = models.CharField("管理主体", max_length=60, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "平台"
        ordering = ["code"]

    def __str__(self):
        return self.short_name


class Industry(LedgerModel):
    """An industry of the plan's 3+X; not a GB/T 4754 class."""

    scope_paths = OPEN

    code = models.CharField("编号", max_length=20, unique=True)
    name = models.CharField("名称", max_length=20, unique=True)
    kind = models.CharField("类别", max_length=10, choices=IndustryKind)
    sort = models.PositiveSmallIntegerField("次序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "产业"
        ordering = ["sort", "code"]
        constraints = [models.CheckConstraint(condition=models.Q(kind__in=IndustryKind.values), name="industry_kind")]

    def __str__(self):
        return self.name


class Parcel(LedgerModel):
    """A parcel (宗地): identity, area, place. One parcel serves occupation, the denominator and the land case."""

    scope_paths = {"platform": "platform", "town": "town"}

    code = models.CharField("宗地编号", max_length=40, unique=True)
    name = models.CharField("宗地名称", max_length=80)
    unit_number = models.CharField(
        "不动产单元号",
        max_length=28,
        blank=True,
        validators=[RegexValidator(r"^\d{12}[A-Z]{2}\d{5}[FLQW]\d{8}$", "应为 28 位不动产单元号，如 331122001001GB00012W00000000。")],
    )
    town = models.ForeignKey(Town, models.PROTECT, verbose_name="所在乡镇", related_name="parcels")
    platform = models.ForeignKey(Platform, models.PROTECT, verbose_name="所在平台", related_name="parcels", null=True, blank=True)
    area = QuantityField(
        "面积", unit="亩", decimal_places=4, null=False, blank=False, validators=[MinValueValidator(Decimal("0.0001"), "面积必须大于 0。")]
    )
    address = models.CharField("坐落", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "宗地"
        ordering = ["code"]
        constraints = [models.CheckConstraint(condition=models.Q(area__gt=0), name="parcel_area_positive")]

    def __str__(self):
        return f"{self.code} {self.name}"


class Block(LedgerModel):
    """A key block (重点区块) a platform develops next, as the plan lists them in §5.3: how large, for what, and when."""

    scope_paths = {"platform": "platform", "town": "platform__town"}

    code = models.CharField("区块编号", max_length=20, unique=True)
    name = models.CharField("区块名称", max_length=40)
    platform = models.ForeignKey(Platform, models.PROTECT, verbose_name="所属平台", related_name="blocks")
    area = QuantityField("面积", unit="亩", validators=[MinValueValidator(Decimal("0.01"), "面积必须大于 0。")])
    planned_use = models.CharField("产业安排", max_length=200, blank=True)
    timing = models.CharField("开发时序", max_length=100, blank=True, help_text="如“十四五”期间开发。")

    class Meta:
        verbose_name = verbose_name_plural = "区块"
        ordering = ["code"]
        constraints = [models.CheckConstraint(condition=models.Q(area__gt=0), name="block_area_positive")]

    def __str__(self):
        return self.name
