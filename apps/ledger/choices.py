from django.db import models


class BatchKind(models.TextChoices):
    """What wrote many rows at once; only these can be looked up and undone."""

    IMPORT = "import", "导入"
    BULK = "bulk", "批量修改"
    UNDO = "undo", "撤销批次"
