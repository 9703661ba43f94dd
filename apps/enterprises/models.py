from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models

from apps.core import clock
from apps.core.clock import FIRST_YEAR, LAST_YEAR, YEAR_LIMITS
from apps.core.fields import QuantityField
from apps.core.text import pinyin_initials
from apps.enterprises.choices import EnterpriseState, FindingKind, OccupationKind, Office, Scale
from apps.enterprises.querysets import FiguresQuerySet, OccupationQuerySet
from apps.enterprises.rules import parcel_fault
from apps.enterprises.validators import check_credit_code, check_not_in_future
from apps.ledger.checks import refuse_rows
from apps.ledger.models import LedgerModel
from apps.platforms.models import Industry, Parcel, Platform, Town

NOT_NEGATIVE = [MinValueValidator(0, "不能为负数。")]
REFRESH_GRADES = ("grading.refresh", "refresh", {})  # names no year: the job finds the years whose inputs have changed
YEARS = [MinValueValidator(FIRST_YEAR, YEAR_LIMITS), MaxValueValidator(LAST_YEAR, YEAR_LIMITS)]


class Enterprise(LedgerModel):
    """An enterprise as a legal person, known by its unified social credit code (GB 32100)."""

    scope_paths = {"platform": "platform", "town": "town", "industry": "industry"}
    derived_fields = ["initials"]

    credit_code = models.CharField("统一社会信用代码", max_length=18, unique=True, validators=[check_credit_code])
    name = models.CharField("企业名称", max_length=80)
    former_name = models.CharField("曾用名", max_length=80, blank=True)
    initials = models.CharField("拼音首字母", max_length=80, blank=True, editable=False, db_index=True)
    scale = models.CharField("规模", max_length=10, choices=Scale)
    state = models.CharField("经营状态", max_length=10, choices=EnterpriseState, default=EnterpriseState.ACTIVE)
    town = models.ForeignKey(Town, models.PROTECT, verbose_name="乡镇街道", related_name="enterprises")
    platform = models.ForeignKey(Platform, models.PROTECT, verbose_name="平台", related_name="enterprises", null=True, blank=True)
    industry = models.ForeignKey(Industry, models.PROTECT, verbose_name="产业", related_name="enterprises")
    gb_code = models.CharField(
        "行业代码", max_length=5, blank=True, validators=[RegexValidator(r"^[A-Z]?\d{2,4}$", "应为 GB/T 4754 代码，如 C3421。")]
    )
    founded_on = models.DateField("成立日期", null=True, blank=True, validators=[check_not_in_future])
    address = models.CharField("地址", max_length=200, blank=True)
    contact = models.CharField("联系人", max_length=30, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "企业"
        ordering = ["credit_code"]
        constraints = [
            models.CheckConstraint(condition=models.Q(scale__in=Scale.values), name="enterprise_scale"),
            models.CheckConstraint(condition=models.Q(state__in=EnterpriseState.values), name="enterprise_state"),
        ]

    def __str__(self):
        return self.name

    def derive(self):
        self.initials = pinyin_initials(self.name)[:80]

    @property
    def place(self):
        """The statistical place: the row of Table 2. Rows never overlap."""
        return self.platform.short_name if self.platform_id and self.platform.counts_alone else self.town.name

    def recalculates(self):
        """An enterprise that leaves the ledger or comes back changes who is graded."""
        yield REFRESH_GRADES


class Figures(LedgerModel):
    """What is reported of an enterprise for a period. Empty means no data, never zero."""

    scope_paths = {"platform": "enterprise__platform", "town": "enterprise__town", "industry": "enterprise__industry"}

    output = QuantityField("工业总产值", unit="万元", validators=NOT_NEGATIVE)
    revenue = QuantityField("营业收入", unit="万元", validators=NOT_NEGATIVE)
    value_added = QuantityField("工业增加值", unit="万元")
    profit = QuantityField("利润总额", unit="万元")
    tax = QuantityField("评价税收", unit="万元")
    staff = models.PositiveIntegerField("平均职工人数", null=True, blank=True)
    energy = QuantityField("综合能耗", unit="吨标准煤", decimal_places=3, validators=NOT_NEGATIVE)
    power = QuantityField("用电量", unit="万千瓦时", decimal_places=4, validators=NOT_NEGATIVE)

    objects = FiguresQuerySet.as_manager()

    class Meta:
        abstract = True


class YearlyFact(Figures):
    """The year's figures of an enterprise; what the per-mu evaluation is made of."""

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, verbose_name="企业", related_name="yearly_facts")
    year = models.PositiveSmallIntegerField("年份", validators=YEARS)
    scale = models.CharField("规模", max_length=10, choices=Scale, help_text="按该年度统计年报名单。")
    rd_expense = QuantityField("研发费用", unit="万元", validators=NOT_NEGATIVE)
    discharge = QuantityField("主要污染物排放量", unit="吨", decimal_places=4, validators=NOT_NEGATIVE)

    class Meta:
        verbose_name = verbose_name_plural = "年度数据"
        ordering = ["-year", "enterprise__credit_code"]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "year"], name="one_fact_a_year", violation_error_message="该企业该年度已有数据。"
            ),
            models.CheckConstraint(condition=models.Q(scale__in=Scale.values), name="yearly_scale"),
        ]

    def __str__(self):
        return f"{self.enterprise} {self.year}年"

    def recalculates(self):
        """The grades of the year hang on this row."""
        yield "grading.regrade", f"regrade:{self.year}", {"year": self.year}


class MonthlyFact(Figures):
    """Cumulative figures of an enterprise from January to `month` (累计)."""

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, verbose_name="企业", related_name="monthly_facts")
    year = models.PositiveSmallIntegerField("年份", validators=YEARS)
    month = models.PositiveSmallIntegerField(
        "月份", validators=[MinValueValidator(1, "月份应在 1 至 12 之间。"), MaxValueValidator(12, "月份应在 1 至 12 之间。")]
    )

    class Meta:
        verbose_name = verbose_name_plural = "月度累计数据"
        ordering = ["-year", "-month", "enterprise__credit_code"]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "year", "month"], name="one_fact_a_month", violation_error_message="该企业该月已有数据。"
            ),
            models.CheckConstraint(condition=models.Q(month__range=(1, 12)), name="month_in_year"),
        ]

    def __str__(self):
        return f"{self.enterprise} {self.year}年1—{self.month}月"


class LandOccupation(LedgerModel):
    """Land an enterprise holds on a parcel. On each parcel owned + leased - let out adds up to the parcel's area."""

    scope_paths = {"platform": "enterprise__platform", "town": "enterprise__town", "industry": "enterprise__industry"}
    locks_first = "parcel"

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, verbose_name="企业", related_name="occupations")
    parcel = models.ForeignKey(Parcel, models.PROTECT, verbose_name="宗地", related_name="occupations")
    kind = models.CharField("占用方式", max_length=10, choices=OccupationKind)
    area = QuantityField(
        "面积", unit="亩", decimal_places=4, null=False, blank=False, validators=[MinValueValidator(Decimal("0.0001"), "面积必须大于 0。")]
    )
    start = models.DateField("起始日期")
    end = models.DateField("终止日期", null=True, blank=True, help_text="仍在使用的不填。")

    objects = OccupationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "用地占用"
        ordering = ["parcel__code", "enterprise__credit_code", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "parcel", "kind", "start"],
                name="one_occupation",
                violation_error_message="该企业在该宗地上同日起已有同类占用。",
            ),
            models.CheckConstraint(condition=models.Q(area__gt=0), name="occupation_area_positive"),
            models.CheckConstraint(
                condition=models.Q(end__isnull=True) | models.Q(end__gte=models.F("start")),
                name="occupation_order",
                violation_error_message="终止日期不能早于起始日期。",
            ),
            models.CheckConstraint(condition=models.Q(kind__in=OccupationKind.values), name="occupation_kind"),
        ]

    def __str__(self):
        return f"{self.enterprise} · {self.parcel.code} {self.get_kind_display()}"

    def recalculates(self):
        """The land of every year inside the term, of now and of before, may have changed."""
        yield REFRESH_GRADES

    @classmethod
    def check_written(cls, records):
        """Refuse when a parcel a row lies on, or lay on before it was moved, holds more land than it has or lets out."""
        parcels = {record.pk: [record.parcel_id] for record in records}
        for pk, parcel in cls.history.filter(id__in=parcels).order_by().values_list("id", "parcel_id").distinct():
            parcels[pk].append(parcel)
        sentences = overfull({parcel for lain_on in parcels.values() for parcel in lain_on})
        faults = {pk: [sentences[parcel] for parcel in lain_on if parcel in sentences] for pk, lain_on in parcels.items()}
        refuse_rows((record, "area", next(iter(faults[record.pk]), None)) for record in records)


class DataReminder(models.Model):
    """The per-mu office asked an office to look at its data of a year (数据核对提醒): at most once a day each."""

    year = models.PositiveSmallIntegerField("年份", validators=YEARS)
    office = models.CharField("部门", max_length=20, choices=Office)
    on = models.DateField("日期")
    share = models.DecimalField("变动界限（%）", max_digits=5, decimal_places=1)
    findings = models.JSONField("事项数", default=dict, help_text="当日的结果：类别与项数。")
    told = models.ManyToManyField(settings.AUTH_USER_MODEL, verbose_name="提醒对象", related_name="+")
    seen_by = models.ManyToManyField(settings.AUTH_USER_MODEL, verbose_name="已知悉", related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="提醒人", related_name="+")
    post = models.CharField("身份", max_length=100, blank=True)
    at = models.DateTimeField("提醒时间", default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = "数据核对提醒"
        ordering = ["-on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["year", "office", "on"], name="data_reminder_once_a_day"),
            models.CheckConstraint(condition=models.Q(office__in=Office.values), name="data_reminder_office"),
        ]

    def __str__(self):
        return f"{self.year}年{self.get_office_display()}"

    @property
    def words(self):
        """Say what was found: 缺数据 12 项，比上年变动大 3 项."""
        return "，".join(f"{label} {self.findings[kind]} 项" for kind, label in FindingKind.choices if self.findings.get(kind))


def check_parcels(records):
    """Refuse to cut a parcel below the land held on it: the same rule seen from the parcel (registered in apps.py)."""
    sentences = overfull({record.pk for record in records})
    refuse_rows((record, "area", sentences.get(record.pk)) for record in records)


def overfull(parcels):
    """Return parcel -> why, for those of the parcels (primary keys) on which more land is held than they have.

    The write path has locked them (`locks_first`), so that of two people who enter land on one parcel, or change the parcel
    meanwhile, the second sees what the first has written.
    """
    areas = dict(Parcel.objects.filter(pk__in=parcels).values_list("pk", "area"))
    rows = LandOccupation.objects.live().filter(parcel__in=areas).order_by("parcel_id", "start")
    held = {}
    for parcel, code, *row in rows.values_list("parcel_id", "parcel__code", "enterprise_id", "kind", "area", "start", "end"):
        held.setdefault((parcel, code), []).append(row)
    faults = {(parcel, code): parcel_fault(areas[parcel], rows) for (parcel, code), rows in held.items()}
    return {
        parcel: f"宗地 {code} 面积 {areas[parcel].normalize():f} 亩，{fault}；请核对宗地面积和自有、承租、出租面积。"
        for (parcel, code), fault in faults.items()
        if fault
    }
