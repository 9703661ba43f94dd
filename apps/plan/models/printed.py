"""The plan's Tables 1 to 7, a row as printed a record: a clerk's sheet is imported as it stands (decision 29)."""

import re

from django.core.validators import RegexValidator
from django.db import models

from apps.core.scope import OPEN
from apps.ledger.models import LedgerModel
from apps.plan.choices import SOURCES
from apps.plan.fields import PrintedField
from apps.plan.models.notes import PlanFigure
from apps.plan.rules import number

TOTALS = ("合计", "总计")
LABEL = re.compile(r"^(.+)（([^（）]+)）$")
KEPT = {"id", "name", *(field.name for field in LedgerModel._meta.fields)}  # every other field is a printed cell
WORDS = RegexValidator(r"[^\W\d_]", "应为规划印出的名称，不能只是数字或符号。")  # a pasted 序号 is no label
LABEL_COLUMN = {"max_length": 60, "unique": True, "validators": [WORDS]}


class PrintedRow(LedgerModel):
    """A row of one of the tables. `name` is its label, every other field of `columns()` a printed cell."""

    scope_paths = OPEN
    number = 0
    unit_in_rows = False  # Table 4 alone prints the unit behind the label of the row

    class Meta:
        abstract = True
        ordering = ["pk"]  # rows are written in the order of the print

    def __str__(self):
        return f"{self.table} {self.name}"

    @property
    def table(self):
        return f"表{self.number}"

    @classmethod
    def columns(cls):
        """Return the fields of the printed cells, in the order of the print."""
        return [field for field in cls._meta.fields if field.name not in KEPT]

    @classmethod
    def names(cls):
        """Return the names of label and printed cells, in the order of the print: what list, page and sheet show."""
        return ["name", *(field.name for field in cls.columns())]

    @property
    def figures(self):
        """Return the row's printed cells as PlanFigures nobody stores; what the plan leaves empty is no figure."""
        label = LABEL.match(self.name) if self.unit_in_rows else None
        row, unit = label.groups() if label else (self.name, "")
        cells = [(field, getattr(self, field.name)) for field in self.columns()]
        return [
            PlanFigure(
                section=SOURCES[self.table][0],
                table=self.table,
                row=row,
                column=str(field.verbose_name),
                printed=printed,
                value=number(printed),
                unit=unit or getattr(field, "unit", ""),
            )
            for field, printed in cells
            if printed
        ]


class PlanTable1(PrintedRow):
    number = 1

    name = models.CharField("产业名称", **LABEL_COLUMN)
    enterprises = PrintedField("规上企业数", unit="家")
    output = PrintedField("2020年产值", unit="亿元")
    area = PrintedField("用地面积", unit="亩")
    output_per_mu = PrintedField("亩均产值", unit="万元/亩")

    class Meta(PrintedRow.Meta):
        verbose_name = verbose_name_plural = "规划表1 规上工业产业"


class PlanTable2(PrintedRow):
    number = 2

    name = models.CharField("区域", **LABEL_COLUMN)
    enterprises = PrintedField("规上企业数", unit="家")
    output = PrintedField("规上工业产值", unit="亿元")
    area = PrintedField("规上企业用地", unit="亩")
    output_per_mu = PrintedField("规上亩均产值", unit="万元/亩")

    class Meta(PrintedRow.Meta):
        verbose_name = verbose_name_plural = "规划表2 规上工业区域"


class PlanTable3(PrintedRow):
    number = 3

    name = models.CharField("园区", **LABEL_COLUMN)
    area = PrintedField("面积", unit="平方公里")
    output = PrintedField("工业产值", unit="亿元")
    output_above = PrintedField("规上工业产值", unit="亿元")
    value_added = PrintedField("工业增加值", unit="亿元")
    value_added_above = PrintedField("规上工业增加值", unit="亿元")
    tax = PrintedField("税收", unit="亿元")

    class Meta(PrintedRow.Meta):
        verbose_name = verbose_name_plural = "规划表3 工业平台"


class PlanTable4(PrintedRow):
    """The only table with its items in rows: the unit stands in the row's label, 2020年产值（亿元）."""

    number = 4
    unit_in_rows = True

    name = models.CharField("产业", **LABEL_COLUMN)
    equipment = PrintedField("现代装备")
    health = PrintedField("健康医疗")
    home = PrintedField("智能家居")
    environment = PrintedField("节能环保")
    information = PrintedField("信息技术")
    others = PrintedField("其他产业")
    total = PrintedField("合计")

    class Meta(PrintedRow.Meta):
        verbose_name = verbose_name_plural = "规划表4 土地需求预测"


class PlanTable5(PrintedRow):
    """The print names no column of labels: its corner holds the unit."""

    number = 5

    name = models.CharField("地块", **LABEL_COLUMN)
    red_line = PrintedField("规划红线面积", unit="亩")
    farmland = PrintedField("农用地面积（不包括林地）", unit="亩")
    built = PrintedField("建设用地", unit="亩")
    forest = PrintedField("林地、及未利用地", unit="亩")
    demolition = PrintedField("拆迁建筑面积", unit="平方米")
    supplied = PrintedField("已供应用地", unit="亩")
    developable = PrintedField("可开发面积", unit="亩")

    class Meta(PrintedRow.Meta):
        verbose_name = verbose_name_plural = "规划表5 丽缙园拓展地块"


class PlanTable6(PrintedRow):
    number = 6

    name = models.CharField("区块名称", **LABEL_COLUMN)
    area = PrintedField("面积", unit="亩")
    former_use = models.CharField("原规划用地性质", max_length=20, blank=True)
    adjusted = PrintedField("用地调整面积", unit="亩")
    new_land = PrintedField("需新增城镇建设用地", unit="亩")
    basic_farmland = PrintedField("永久基本农田面积", unit="亩")

    class Meta(PrintedRow.Meta):
        verbose_name = verbose_name_plural = "规划表6 开发区拓展区块"


class PlanTable7(PrintedRow):
    number = 7

    name = models.CharField("园区名称", **LABEL_COLUMN)
    investor = models.CharField("投资主体", max_length=20, blank=True)
    area = PrintedField("占地面积", unit="亩")

    class Meta(PrintedRow.Meta):
        verbose_name = verbose_name_plural = "规划表7 重点园区"


TABLES = [PlanTable1, PlanTable2, PlanTable3, PlanTable4, PlanTable5, PlanTable6, PlanTable7]
