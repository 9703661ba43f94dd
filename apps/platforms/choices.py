from django.db import models


class TownKind(models.TextChoices):
    STREET = "street", "街道"
    TOWN = "town", "镇"
    TOWNSHIP = "township", "乡"


class IndustryKind(models.TextChoices):
    """The plan's 3+X (§4.1)."""

    LEADING = "leading", "主导产业"
    EMERGING = "emerging", "新兴产业"
    OTHER = "other", "其他产业"
