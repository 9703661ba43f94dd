from django.db import models

from apps.enterprises.rules.reconciliation import Kind
from apps.ledger.parts import Part

ITEMS = {  # data item -> what its department reports of a period; of a field that two may write the first is asked
    "tax": Part("税收", "县税务局", ("tax",)),
    "statistics": Part("统计", "县统计局", ("output", "revenue", "value_added", "profit", "staff", "energy")),
    "power": Part("用电用能", "县供电公司", ("power", "energy")),
    "environment": Part("排放", "市生态环境局缙云分局", ("discharge",)),
    "research": Part("研发", "县统计局", ("rd_expense",)),
}
OF_LAND = {"land": Part("用地", "县自然资源和规划局", ("area", "end"))}
NAMES = {item: f"{part.office}（{part.label}）" for item, part in (ITEMS | OF_LAND).items()}


class Scale(models.TextChoices):
    """规上: main revenue of 20 million yuan and more, on the statistics bureau's list of the year (domain 1.2)."""

    ABOVE = "above", "规上"
    BELOW = "below", "规下"


class EnterpriseState(models.TextChoices):
    ACTIVE = "active", "在营"
    IDLE = "idle", "停产"
    CLOSED = "closed", "注销"


class OccupationKind(models.TextChoices):
    """How an enterprise holds land on a parcel. Net use = owned + leased - let out (domain 1.7)."""

    OWNED = "owned", "自有"
    LEASED = "leased", "承租"
    LET_OUT = "let_out", "出租"


class Office(models.TextChoices):
    """Whom to ask about a figure: the office of each data item (domain 0.4)."""

    TAX = "tax", NAMES["tax"]
    STATISTICS = "statistics", NAMES["statistics"]
    POWER = "power", NAMES["power"]
    ENVIRONMENT = "environment", NAMES["environment"]
    RESEARCH = "research", NAMES["research"]
    LAND = "land", NAMES["land"]


class FindingKind(models.TextChoices):
    """What the reconciliation (数据核对) finds."""

    MISSING = Kind.MISSING.value, "缺数据"
    DIFFERS = Kind.DIFFERS.value, "两处不一致"
    CHANGED = Kind.CHANGED.value, "比上年变动大"

    @property
    def tone(self):
        return "bad" if self == FindingKind.DIFFERS else "warn"
