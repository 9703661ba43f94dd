from django.db import models


class ItemState(models.TextChoices):
    """How far one of the nine ones is."""

    NOT_STARTED = "todo", "未启动"
    DOING = "doing", "推进中"
    DONE = "done", "已完成"
