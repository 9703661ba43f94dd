from django.db import models


class Block(models.TextChoices):
    """Where an indicator counts: 过程+结果 (plan §7.4), bonus and penalty beside them (domain 4.3)."""

    RESULT = "result", "结果"
    PROCESS = "process", "过程"
    BONUS = "bonus", "加分"
    PENALTY = "penalty", "扣分"


class Method(models.TextChoices):
    """How a value becomes points (domain 4.4)."""

    COMPLETION = "completion", "完成率法"
    RANK = "rank", "争先进位法"
    POINTS = "points", "直接计分"


class Direction(models.TextChoices):
    HIGHER = "higher", "越高越好"
    LOWER = "lower", "越低越好"


class Pace(models.TextChoices):
    """What a yearly target means for a quarter."""

    PACED = "paced", "按序时进度"
    LEVEL = "level", "各季相同"


class Missing(models.TextChoices):
    """What stands in for a value nobody has: no data is not zero (domain 4.4)."""

    SPREAD = "spread", "权重分摊"
    AVERAGE = "average", "按组内平均"


class Feed(models.TextChoices):
    """A ledger that supplies the value; empty: somebody types it with evidence."""

    NONE = "", "人工填报"
    OUTPUT = "output", "规上工业总产值（累计）"
    OUTPUT_GROWTH = "output_growth", "规上工业总产值同比"
    TAX = "tax", "规上工业税收（累计）"


class Source(models.TextChoices):
    FED = "fed", "台账取数"
    TYPED = "typed", "人工填报"


class Light(models.TextChoices):
    GREEN = "green", "绿灯"
    YELLOW = "yellow", "黄灯"
    RED = "red", "红灯"
    GREY = "grey", "无数据"


class RoundState(models.TextChoices):
    """The way of a round (domain 4.5)."""

    DRAFT = "draft", "建轮"
    FILLING = "filling", "填报"
    CHECKING = "checking", "审核"
    SCORED = "scored", "计分"
    RECHECK = "recheck", "复核"
    APPROVED = "approved", "审定"
    PUBLISHED = "published", "通报"
    FILED = "filed", "归档"


OPEN_STATES = (RoundState.DRAFT, RoundState.FILLING)  # in which values are typed
SHOWN_TO_UNITS = (RoundState.RECHECK, RoundState.APPROVED, RoundState.PUBLISHED, RoundState.FILED)  # a unit sees its own score
PERIODS = {1: "一季度", 2: "上半年", 3: "前三季度", 4: "全年"}  # what the cumulative figures of a quarter cover
