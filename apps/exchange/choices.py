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


# its uploader may say more of it, and have it judged again
OPEN = (BatchState.READY, BatchState.ERRORS, BatchState.CONFLICT, BatchState.REFUSED)
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


class NameFound(models.TextChoices):
    """What the ledger knows of a name that stands in a file instead of a code."""

    SAME = "same", "名称相同"
    FORMER = "former", "曾用名相同"
    CONFIRMED = "confirmed", "曾经确认"
    ANSWERED = "answered", "本次确认"
    SKIPPED = "skipped", "跳过"
    SEVERAL = "several", "有同名"
    CLOSE = "close", "名称相近"
    UNKNOWN = "unknown", "没有相近的名称"


OPEN_NAMES = (NameFound.SEVERAL, NameFound.CLOSE, NameFound.UNKNOWN)  # wait for a person


class Answer(models.TextChoices):
    """What a person said to a name."""

    IS = "is", "就是它"
    SKIP = "skip", "不是，跳过此行"


class FileFormat(models.TextChoices):
    """As which kind of file a list is exported."""

    XLSX = "xlsx", "Excel"
    CSV = "csv", "CSV"
