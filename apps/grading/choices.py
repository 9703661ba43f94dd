from django.db import models

from apps.grading.rules.method import Basis
from apps.grading.rules.scoring import Exclusion, Flag


class Grade(models.TextChoices):
    """The four grades (domain 1.6) and N, not graded."""

    A = "A", "A 优先发展"
    B = "B", "B 鼓励提升"
    C = "C", "C 规范转型"
    D = "D", "D 倒逼整治"
    N = "N", "N 不定等级"


class Excluded(models.TextChoices):
    """Why an enterprise is not graded; all of them are 数据缺失."""

    NO_TAX = Exclusion.NO_TAX, "数据缺失：没有评价税收"
    NO_LAND = Exclusion.NO_LAND, "数据缺失：没有用地面积"
    LAND_NOT_POSITIVE = Exclusion.LAND_NOT_POSITIVE, "数据缺失：用地面积不大于 0"


FLAGS = {
    Flag.NO_NUMERATOR: "缺{numerator}数据，计 0 分",
    Flag.NEGATIVE: "{numerator}为负，计 0 分",
    Flag.NO_DENOMINATOR: "缺{denominator}数据，计 0 分",
    Flag.AVERAGED: "缺{denominator}数据，取本组该项平均得分",
    Flag.NO_BENCHMARK: "本组没有基准值，计 0 分",
}

BASES = {
    Basis.DOCUMENT: ("有文件", "ok"),
    Basis.PLAN: ("规划规定", "ok"),
    Basis.UNPUBLISHED: ("未公布（采用默认）", "warn"),
    Basis.ASSUMPTION: ("假设", "warn"),
}
