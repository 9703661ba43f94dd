from dataclasses import dataclass

from django.db import models

TARGETS = "目标"
BASE_YEAR = 2020  # the year the plan describes (tables 1-3)

SOURCES = {
    "表1": ("§1.3", "全县2020年规上工业产业发展基本情况表"),
    "表2": ("§1.3", "全县2020年规上工业区域发展基本情况表"),
    "表3": ("§1.4", "全县2020年工业平台现状情况表"),
    "表4": ("§5.1", "全县工业产业土地需求预测表"),
    "表5": ("§5.3", "浙江丽缙五金科技产业园开发拓展地块汇总表"),
    "表6": ("§5.3", "浙江缙云经济开发区开发拓展区块汇总表"),
    "表7": ("§5.4", "重点园区规划建设情况表"),
    TARGETS: ("", "规划目标"),
}


@dataclass(frozen=True)
class Counterpart:
    """A printed table the ledger can be laid beside. by: the grouping; measures: printed column -> the ledger's measure."""

    table: str
    by: str
    measures: dict[str, str]
    total: str = "合计"


MEASURES = ("enterprises", "output", "area", "output_per_mu")
LEDGER_TABLES = {
    1: Counterpart("表1", "industry", dict(zip(("规上企业数", "2020年产值", "用地面积", "亩均产值"), MEASURES, strict=True))),
    2: Counterpart("表2", "place", dict(zip(("规上企业数", "规上工业产值", "规上企业用地", "规上亩均产值"), MEASURES, strict=True))),
}


class Severity(models.TextChoices):
    """What kind of finding a reviewed note is (domain 6)."""

    ERROR = "E", "计算或文字错误"
    CONTRADICTION = "X", "前后矛盾"
    IMPLAUSIBLE = "I", "推算异常"
    ROUNDING = "R", "口径或取整"
    POLICY = "P", "政策衔接"

    @property
    def tone(self):
        return {"E": "bad", "X": "bad", "I": "warn", "P": "warn"}.get(self.value, "muted")
