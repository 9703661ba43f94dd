from functools import cached_property

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from apps.core.fields import QuantityField
from apps.core.scope import OPEN
from apps.core.written_once import WrittenOnce
from apps.enterprises.choices import Scale
from apps.enterprises.models import Enterprise
from apps.grading.choices import Excluded, Grade
from apps.grading.rules.figures import FIGURES
from apps.grading.rules.method import parse
from apps.jobs.models import Job


class GradingRun(WrittenOnce):
    """One evaluation of one data year: method, inputs and results, all as they were at `cutoff`.

    grades: grade -> number of enterprises; groups: group code -> size, grades, benchmarks, averages, cut lines
    (`rules.record.summary`).
    """

    scope_paths = OPEN
    settable = frozenset({"published_at"})

    year = models.PositiveSmallIntegerField("数据年度")
    method_code = models.CharField("办法", max_length=40)
    method_version = models.PositiveSmallIntegerField("办法版本")
    method_hash = models.CharField("办法指纹", max_length=64)
    method_content = models.JSONField("办法全文")
    cutoff = models.DateTimeField("数据截至")
    input_hash = models.CharField("输入指纹", max_length=64)
    output_hash = models.CharField("结果指纹", max_length=64)
    population = models.PositiveIntegerField("评价对象")
    participants = models.PositiveIntegerField("参评")
    excluded = models.PositiveIntegerField("不定等级")
    grades = models.JSONField("各档家数")
    groups = models.JSONField("分组常数")
    job = models.OneToOneField(Job, models.PROTECT, verbose_name="作业", related_name="grading_run")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="提出人", related_name="+", null=True)
    created_at = models.DateTimeField("完成时间", auto_now_add=True)
    published_at = models.DateTimeField("公布时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "亩均评价运算"
        ordering = ["-pk"]
        constraints = [models.CheckConstraint(condition=Q(population=F("participants") + F("excluded")), name="run_population")]
        indexes = [models.Index(fields=["year", "published_at"], name="run_published")]

    def __str__(self):
        return f"{self.year}年第 {self.pk} 号"

    def get_absolute_url(self):
        return reverse("grading:overview", query={"year": self.year})

    @property
    def words(self):
        """The run in one sentence."""
        grades = "，".join(f"{grade} 档 {count}" for grade, count in self.grades.items())
        return f"{self}运算：评价对象 {self.population} 家，参评 {self.participants}，不定等级 {self.excluded}；{grades}。"

    @cached_property
    def method(self):
        """The method as it was when this run was computed."""
        return parse(self.method_content)


class GradeResult(WrittenOnce):
    """What became of one enterprise in one run, with the figures used, every single score and the rules applied."""

    scope_paths = {"platform": "enterprise__platform", "town": "enterprise__town", "industry": "enterprise__industry"}

    run = models.ForeignKey(GradingRun, models.PROTECT, verbose_name="运算", related_name="results")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, verbose_name="企业", related_name="grade_results")
    group = models.CharField("分组", max_length=10, choices=Scale)
    tax = QuantityField("评价税收", unit="万元")
    land = QuantityField("用地面积", unit="亩", decimal_places=4)
    value_added = QuantityField("工业增加值", unit="万元")
    energy = QuantityField("综合能耗", unit="吨标准煤", decimal_places=3)
    discharge = QuantityField("主要污染物排放量", unit="吨", decimal_places=4)
    staff = models.PositiveIntegerField("平均职工人数", null=True)
    rd_expense = QuantityField("研发费用", unit="万元")
    revenue = QuantityField("营业收入", unit="万元")
    power = QuantityField("用电量", unit="万千瓦时", decimal_places=4)
    excluded = models.CharField("不定等级原因", max_length=20, choices=Excluded, blank=True)
    scores = models.JSONField("各项得分")
    total = QuantityField("总分", decimal_places=6)
    rank = models.PositiveIntegerField("名次", null=True)
    size = models.PositiveIntegerField("同组家数", null=True)
    by_score = models.CharField("按得分", max_length=1, choices=Grade, blank=True)
    grade = models.CharField("等级", max_length=1, choices=Grade)
    trail = models.JSONField("规则")

    class Meta:
        verbose_name = verbose_name_plural = "亩均评价结果"
        ordering = ["group", F("rank").asc(nulls_last=True), "enterprise__credit_code"]
        constraints = [
            models.UniqueConstraint(fields=["run", "enterprise"], name="one_result_a_run"),
            models.CheckConstraint(condition=Q(group__in=Scale.values), name="result_group"),
            models.CheckConstraint(condition=Q(grade__in=Grade.values), name="result_grade"),
            models.CheckConstraint(condition=Q(by_score__in=["", *Grade.values]), name="result_by_score"),
            models.CheckConstraint(condition=Q(excluded__in=["", *Excluded.values]), name="result_excluded"),
            models.CheckConstraint(condition=Q(grade=Grade.N, rank=None) | ~Q(grade=Grade.N) & Q(rank__isnull=False), name="result_ranked"),
        ]
        indexes = [models.Index(fields=["run", "group", "rank"], name="result_order")]

    def __str__(self):
        return f"{self.enterprise} {self.grade}"

    @property
    def figures(self):
        """The figures this result was computed from: name -> Decimal, None for no data."""
        return {name: getattr(self, name) for name in FIGURES}

    @property
    def by_floor(self):
        """Whether the floor rule was applied, whatever the grade by score was."""
        return any(step["rule"] == "floor" for step in self.trail)


class CurrentRun(models.Model):
    """Which run of a data year people look at; the only row a recalculation changes."""

    year = models.PositiveSmallIntegerField("数据年度", unique=True)
    run = models.ForeignKey(GradingRun, models.PROTECT, verbose_name="运算", related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "当前运算"
        ordering = ["-year"]

    def __str__(self):
        return f"{self.year}年：{self.run}"
