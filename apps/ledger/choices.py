from django.db import models


class Sensitivity(models.TextChoices):
    """How far what a ledger, or a workbook of it, says may go (GB/T 22239-2019 8.1.4.2 g)."""

    PUBLIC = "public", "公开"
    INTERNAL = "internal", "内部"
    SENSITIVE = "sensitive", "敏感"

    @property
    def said(self):
        """The words that stand in the head of what is given out."""
        return f"敏感级别：{self.label}"


class Origin(models.TextChoices):
    """Where a row came from; loaders touch only rows of their own origin."""

    OFFICE = "office", "本单位"
    SAMPLE = "sample", "示例"
    PLAN = "plan", "规划"


class BatchKind(models.TextChoices):
    """What wrote many rows at once; only these can be looked up and undone."""

    IMPORT = "import", "导入"
    BULK = "bulk", "批量修改"
    UNDO = "undo", "撤销批次"
