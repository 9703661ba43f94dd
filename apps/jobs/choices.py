from django.db import models


class State(models.TextChoices):
    """Where a job stands. Whether a running one is alive is said by its lease, not by this word."""

    PENDING = "pending", "等待中"
    RUNNING = "running", "进行中"
    DONE = "done", "已完成"
    FAILED = "failed", "失败"
    CANCELLED = "cancelled", "已取消"


STALLED = "已中断"  # called running, while its worker is gone
OPEN = (State.PENDING, State.RUNNING)
ENDED_EARLY = (State.FAILED, State.CANCELLED)
LOOKS = {State.PENDING: "muted", State.RUNNING: "warn", State.DONE: "ok", State.FAILED: "bad", State.CANCELLED: "muted"}
