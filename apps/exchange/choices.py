from django.db import models


class BatchState(models.TextChoices):
    """Where an uploaded file stands."""

    READING = "reading", "读取中"
    READY = "ready", "待确认"
    ERRORS = "errors", "有错误"
    REFUSED = "refused", "已退回"
    DONE = "done", "已入库"
    UNDONE = "undone", "已撤销"


TONES = {BatchState.READY: "warn", BatchState.ERRORS: "bad", BatchState.REFUSED: "bad", BatchState.DONE: "ok", BatchState.UNDONE: "warn"}


class Verdict(models.TextChoices):
    """What one row of a file means for the ledger."""

    NEW = "new", "新增"
    CHANGED = "changed", "修改"
    UNCHANGED = "unchanged", "无变化"
    ERROR = "error", "错误"


class FileFormat(models.TextChoices):
    """As which kind of file a list is exported."""

    XLSX = "xlsx", "Excel"
    CSV = "csv", "CSV"
