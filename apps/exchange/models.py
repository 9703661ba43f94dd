import uuid

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.urls import reverse

from apps.exchange.choices import TONES, BatchState, FileFormat, Verdict
from apps.exchange.mapping_models import ColumnMapping, ConfirmedName, NameInFile, Reading
from apps.exchange.wishes import Wish
from apps.ledger import registry


def stored_name(batch, filename):
    """Return where an upload lies: a random name outside everything that is served."""
    return f"uploads/{uuid.uuid4().hex}"


class Batch(models.Model):
    """One uploaded file, judged and waiting for its uploader to confirm it. Its key is the batch of the history.

    Judging and writing it are jobs under the batch's key. Its rows and its file are kept for settings.IMPORT_KEPT; the
    batch itself, with the file's SHA-256 and the counts, stays.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField("类别", max_length=40)
    year = models.PositiveSmallIntegerField("年份", null=True, blank=True)
    uploader = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="上传人", related_name="+")
    post = models.CharField("身份", max_length=100, blank=True)
    filename = models.CharField("文件名", max_length=200)
    file = models.FileField("文件", upload_to=stored_name, blank=True, help_text="清理后为空。")
    sha256 = models.CharField("SHA-256", max_length=64)
    state = models.CharField("状态", max_length=10, choices=BatchState)
    message = models.CharField("结论", max_length=500, blank=True)
    sheet = models.CharField("工作表", max_length=100, blank=True)
    header_row = models.PositiveIntegerField("标题行", null=True)
    counts = models.JSONField("统计", default=dict)
    notes = models.JSONField("说明", default=list)
    errors = models.JSONField("整表错误", default=list, help_text="不属于某一行的错误。")
    conflicts = models.JSONField("冲突", default=list, help_text="入库时发现的变动：行、记录、谁、何时、发生了什么。前 200 行。")
    separable = models.BooleanField("可只入库无误的行", default=False)
    good_rows = models.BooleanField("只入库了无误的行", default=False)
    jobs = models.JSONField("后续作业", default=list, help_text="入库后排入的重算：类别和键。")
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)
    confirmed_at = models.DateTimeField("入库时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "导入批次"
        ordering = ["-uploaded_at"]
        constraints = [models.CheckConstraint(condition=models.Q(state__in=BatchState.values), name="batch_state")]
        indexes = [models.Index(fields=["uploader", "-uploaded_at"], name="batch_of_uploader")]

    def __str__(self):
        return self.filename

    def get_absolute_url(self):
        return reverse("exchange:batch", args=[self.pk])

    @property
    def look(self):
        """The tone of the state's badge."""
        return TONES.get(self.state, "muted")

    @property
    def to_write(self):
        """How many rows a confirmation would write, or has written."""
        return self.counts.get(Verdict.NEW, 0) + self.counts.get(Verdict.CHANGED, 0)

    @property
    def ledger(self):
        return registry.get(self.kind)


class StagedRow(models.Model):
    """One row of an uploaded file as it will be written: only this is applied, the file is never read again."""

    batch = models.ForeignKey(Batch, models.CASCADE, verbose_name="批次", related_name="rows")
    row = models.PositiveIntegerField("行")
    verdict = models.CharField("判定", max_length=10, choices=Verdict)
    label = models.CharField("记录", max_length=200, blank=True)
    target = models.BigIntegerField("对应记录", null=True)
    base_version = models.PositiveIntegerField("依据版本", null=True)
    values = models.JSONField("新值", default=dict, encoder=DjangoJSONEncoder)
    changes = models.JSONField("变化", default=list, encoder=DjangoJSONEncoder, help_text="[列标题, 原值, 新值]")
    errors = models.JSONField("错误", default=list, help_text="[列, 原文, 原因与办法]")

    class Meta:
        verbose_name = verbose_name_plural = "导入行"
        ordering = ["batch", "row"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "row"], name="staged_row_once"),
            models.CheckConstraint(condition=models.Q(verdict__in=Verdict.values), name="staged_verdict"),
        ]
        indexes = [models.Index(fields=["batch", "verdict"], name="staged_by_verdict")]

    def __str__(self):
        return f"{self.batch} 第 {self.row} 行"


def stored_export(record, filename):
    """Return where a finished export lies: a random name outside everything that is served."""
    return f"exports/{uuid.uuid4().hex}"


class ExportFile(models.Model):
    """A large export somebody asked for, made by a job; the file is only his, in the post and the scope of then."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="提出人", related_name="+")
    post_number = models.BigIntegerField("岗位编号")
    post = models.CharField("身份", max_length=100)
    reach = models.TextField("范围", help_text="提出时的范围；与下载时的范围比较。")
    kind = models.CharField("类别", max_length=40)
    query = models.TextField("条件", blank=True, help_text="列表地址中的参数。")
    columns = models.JSONField("列", default=list, help_text="所列的列；空为全部列。")
    format = models.CharField("格式", max_length=5, choices=FileFormat, default=FileFormat.XLSX)
    official = models.BooleanField("官方表式", default=False)
    name = models.CharField("文件名", max_length=200)
    conditions = models.CharField("条件说明", max_length=500)
    total = models.PositiveIntegerField("提出时的条数")
    asked_at = models.DateTimeField("提出时间", auto_now_add=True)
    file = models.FileField("文件", upload_to=stored_export, blank=True)
    rows = models.PositiveIntegerField("条数", null=True)
    size = models.PositiveBigIntegerField("字节", null=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    made_at = models.DateTimeField("生成时间", null=True)
    expires_at = models.DateTimeField("保留至")

    class Meta:
        verbose_name = verbose_name_plural = "导出文件"
        ordering = ["-asked_at"]
        constraints = [models.CheckConstraint(condition=models.Q(format__in=FileFormat.values), name="export_format")]
        indexes = [
            models.Index(fields=["owner", "-asked_at"], name="export_of_owner"),
            models.Index(fields=["expires_at"], name="export_ends"),
        ]

    def __str__(self):
        return self.name

    @property
    def wish(self):
        return Wish(self.kind, self.query, tuple(self.columns), self.format, self.official)


__all__ = ["Batch", "ColumnMapping", "ConfirmedName", "ExportFile", "NameInFile", "Reading", "StagedRow", "stored_name"]
