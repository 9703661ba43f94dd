from django.db import models


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
