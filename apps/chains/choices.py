from django.db import models


class ItemState(models.TextChoices):
    """How far one of the nine ones is."""

    NOT_STARTED = "todo", "未启动"
    DOING = "doing", "推进中"
    DONE = "done", "已完成"


class InstructionSource(models.TextChoices):
    """Where an instruction comes from (domain 3.3)."""

    VISIT = "visit", "走访"
    MEETING = "meeting", "会议"
    LETTER = "letter", "批示"
    OTHER = "other", "其他"


class Urgency(models.TextChoices):
    NORMAL = "normal", "一般"
    URGENT = "urgent", "紧急"


class InstructionState(models.TextChoices):
    """The way of an instruction (domain 3.3). Overdue is computed from the deadline, never set."""

    DRAFT = "draft", "拟办"
    ISSUED = "issued", "已交办"
    SIGNED = "signed", "已签收"
    DOING = "doing", "办理中"
    EXTENSION = "extension", "申请延期"
    ANSWERED = "answered", "已反馈"
    CONFIRMED = "confirmed", "链长确认"
    CLOSED = "closed", "办结"
