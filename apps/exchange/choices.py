from django.db import models


class BatchState(models.TextChoices):
    """Where an uploaded file stands."""

    READING = "reading", "核对中"
    READY = "ready", "待确认"
    ERRORS = "errors", "有错误"
    CONFLICT = "conflict", "需重新核对"
    REFUSED = "refused", "已退回"
    DONE = "done", "已入库"
    UNDONE = "undone", "已撤销"
    EXPIRED = "expired", "已过期"


WRITTEN = (BatchState.DONE, BatchState.UNDONE)
ENDED = (*WRITTEN, BatchState.EXPIRED)
TONES = {
    BatchState.READY: "warn", BatchState.ERRORS: "bad", BatchState.CONFLICT: "bad", BatchState.REFUSED: "bad",
    BatchState.DONE: "ok", BatchState.UNDONE: "warn",
}  # fmt: skip


class Verdict(models.TextChoices):
    """What one row of a file means for the ledger."""

    NEW = "new", "新增"
    CHANGED = "changed", "修改"
    UNCHANGED = "unchanged", "无变化"
    ERROR = "error", "错误"
    CONFLICT = "conflict", "冲突"
