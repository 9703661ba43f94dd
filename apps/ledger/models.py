import uuid

from django.conf import settings
from django.db import models
from django.db.models.fields.files import FieldFile

from apps.core import clock, packed
from apps.core.bulk import insert_records, update_records
from apps.core.scope import ScopedQuerySet, unscoped
from apps.ledger import clocks
from apps.ledger.choices import BatchKind, Origin
from apps.ledger.history import LedgerHistory, require_writing


class LedgerQuerySet(ScopedQuerySet):
    """Rows of one ledger. Reading starts at `visible_to(user)`; writing belongs to apps.ledger.services."""

    def live(self):
        """Return the rows that are not archived."""
        return self.filter(archived_at__isnull=True)

    def offered_to(self, user, kept=None):
        """Return the live rows `user` may refer to, and the one called `kept` that a visible record refers to already."""
        if kept is None:
            return self.visible_to(user).live()
        offered = models.Q(pk__in=self.visible_to(user).live().values("pk"))
        return self.filter(offered | models.Q(pk=kept)).unscoped("已引用的记录保留在选项中")

    def update(self, **kwargs):
        require_writing(self.model)
        return super().update(**kwargs)

    def bulk_create(self, objs, *args, **kwargs):
        require_writing(self.model)
        return super().bulk_create(objs, *args, **kwargs)

    def bulk_update(self, objs, *args, **kwargs):
        require_writing(self.model)
        return super().bulk_update(objs, *args, **kwargs)

    def insert(self, records):
        """Write new rows the fast way and give them their keys (`core.bulk`)."""
        require_writing(self.model)
        insert_records(records)

    def rewrite(self, records, names):
        """Write the fields `names` of rows that are there, the fast way (`core.bulk`)."""
        require_writing(self.model)
        update_records(records, sorted(names))

    def delete(self):
        require_writing(self.model)
        return super().delete()


class LedgerModel(models.Model):
    """A row of a ledger: versioned, archived instead of deleted, with history.

    scope_paths: dimension -> look-up path from this model ({"platform": "enterprise__platform"}), or
    `core.scope.OPEN`. A model must say it; without it nobody but readers of everything sees a row.
    workflow: the table of moves (apps.ledger.moves.Workflow) of a model with a field `state`, which only a move writes.
    clock: the deadline (apps.ledger.clocks.Clock) a row is held to.
    settled: lines (apps.ledger.settled.Settled) that say which fields a record keeps, and from when on.
    locks_first: the foreign key whose row is locked before a row of this model, whatever is done to it: `check_written`
    compares with it (docs/decisions/32-lock-order.md).
    belongs_to: of rows that have no ledger of their own, the foreign key to the record whose way they go; until it is closed,
    what they refer to stays in its ledger (`dependents.unfinished`).
    """

    scope_paths = {}
    derived_fields = ()
    workflow = None
    clock = None
    settled = ()
    locks_first = None
    belongs_to = None
    computed = frozenset()  # fields whose value the write under way follows from others: a rule on what is typed does not ask them

    version = models.PositiveIntegerField("版本", default=1, editable=False)
    origin = models.CharField("来源", max_length=10, choices=Origin, default=Origin.OFFICE, editable=False)
    archived_at = models.DateTimeField("归档时间", null=True, blank=True, editable=False)
    archive_reason = models.CharField("归档原因", max_length=200, blank=True, editable=False)
    created_at = models.DateTimeField("登记时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = LedgerQuerySet.as_manager()
    history = LedgerHistory(excluded_fields=["created_at", "updated_at"])

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        require_writing(type(self))
        super().save(*args, **kwargs)

    def validate_unique(self, exclude=None):
        """A value is taken by a row out of sight as well."""
        with unscoped("唯一性检查"):
            super().validate_unique(exclude)

    def validate_constraints(self, exclude=None):
        with unscoped("唯一性检查"):
            super().validate_constraints(exclude)

    def derive(self):
        """Set the fields that follow from others; called before every write."""

    @classmethod
    def check_written(cls, records):
        """Check rules that span rows, inside the transaction and after the write; raise Refused to undo it."""

    def deadline_faults(self):
        """Return what is wrong with the deadline and the extension asked for (`clocks.deadline_faults`).

        What a move computes is not given now: after a freeze, or as the extension that was asked for, a deadline may lie in
        the past, and the record is overdue.
        """
        if getattr(self, self.clock.due) is None and self.extension_to is None:
            return {}  # nothing to compare: a file of such rows asks the database nothing
        stored = type(self)._base_manager.filter(pk=self.pk).values(self.clock.due, "extension_to").first() if self.pk else None
        known = (stored or {}) | {name: getattr(self, name) for name in self.computed}
        return clocks.deadline_faults(self, known, clock.today(), due=self.clock.due)

    @property
    def state_label(self):
        return self.workflow.label(self.state)

    @property
    def light(self):
        """The light of the row's deadline with its reason in words."""
        flow = self.workflow
        closed, paused = bool(flow) and self.state in flow.closed, bool(flow) and self.state in flow.paused
        return clocks.read(self.clock, getattr(self, self.clock.due), clock.today(), closed=closed, paused=paused)


class OfRecord(models.Model):
    """A row that belongs to one record of any ledger; it is reached only through that record, in the reader's scope."""

    ledger = models.CharField("台账", max_length=40)
    record_id = models.PositiveBigIntegerField("记录")

    class Meta:
        abstract = True


class TrailEntry(OfRecord):
    """One move of a record (流转): who, in which post, on which day, from which state to which, with which comment.

    `number` runs without gaps from 0, the entry of the record itself.
    """

    number = models.PositiveIntegerField("序号")
    move = models.CharField("动作", max_length=40)
    label = models.CharField("动作名称", max_length=40)
    source = models.CharField("原状态", max_length=20, blank=True)
    target = models.CharField("新状态", max_length=20)
    comment = models.CharField("意见", max_length=500, blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="办理人", related_name="+", null=True)
    post = models.CharField("身份", max_length=100, blank=True)
    channel = models.CharField("途径", max_length=20)
    at = models.DateTimeField("时间", default=clock.now)
    on = models.DateField("日期", default=clock.today)

    class Meta:
        verbose_name = verbose_name_plural = "流转"
        ordering = ["ledger", "record_id", "number"]
        constraints = [models.UniqueConstraint(fields=["ledger", "record_id", "number"], name="one_trail")]
        indexes = [models.Index(fields=["ledger", "move", "user"], name="trail_by_move")]

    def __str__(self):
        return f"{self.ledger} {self.record_id} {self.number} {self.label}"


class PaperFile(FieldFile):
    """The file of a paper: an office file is looked into (`core.packed`) before anything of it is written, whoever writes it."""

    def save(self, name, content, save=True):
        """Store `content`; raise Refused where it is not what the paper's own name says."""
        packed.check(self.instance.title, content.read())
        content.seek(0)
        super().save(name, content, save)


class PaperFileField(models.FileField):
    attr_class = PaperFile

    def deconstruct(self):
        """Stand in migrations as what the database knows."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.FileField", args, kwargs


class Paper(OfRecord):
    """A paper (附件) in a slot of a record. It is never overwritten; a wrong one is withdrawn with a reason."""

    slot = models.CharField("类别", max_length=40)
    title = models.CharField("文件名", max_length=200)
    file = PaperFileField("文件", upload_to="papers/%Y/%m", max_length=200)  # papers.FOLDER
    sha256 = models.CharField("校验值", max_length=64)
    size = models.PositiveIntegerField("大小（字节）")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="上传人", related_name="+", null=True)
    post = models.CharField("身份", max_length=100, blank=True)
    at = models.DateTimeField("上传时间", default=clock.now)
    withdrawn_at = models.DateTimeField("撤下时间", null=True)
    withdrawn_why = models.CharField("撤下原因", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "附件"
        ordering = ["slot", "pk"]
        indexes = [models.Index(fields=["ledger", "record_id"], name="paper_of_record")]

    def __str__(self):
        return self.title


class Reminder(OfRecord):
    """A warning (提醒) that a deadline is near or has passed: once for each mark of each deadline."""

    due = models.DateField("时限")
    mark = models.SmallIntegerField("提前天数", help_text="-1：已逾期。")
    at = models.DateTimeField("提醒时间", default=clock.now)
    seen_by = models.ManyToManyField(settings.AUTH_USER_MODEL, verbose_name="已知悉", related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "提醒"
        ordering = ["-at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["ledger", "record_id", "due", "mark"], name="remind_once")]

    def __str__(self):
        return f"{self.ledger} {self.record_id} {self.due} {self.mark}"


class WriteBatch(models.Model):
    """Many rows of one ledger written by a person at once. Its key is the batch of their history rows."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ledger = models.CharField("台账", max_length=40, help_text="台账代码。")
    kind = models.CharField("类别", max_length=10, choices=BatchKind)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="人员", related_name="+")
    post = models.CharField("身份", max_length=100, blank=True)
    reason = models.CharField("原因", max_length=500)
    new = models.PositiveIntegerField("新增")
    changed = models.PositiveIntegerField("修改")
    at = models.DateTimeField("时间")
    undone_by = models.OneToOneField("self", models.PROTECT, verbose_name="撤销它的批次", related_name="undoes", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "写入批次"
        ordering = ["-at"]
        constraints = [models.CheckConstraint(condition=models.Q(kind__in=BatchKind.values), name="write_batch_kind")]
        indexes = [models.Index(fields=["ledger", "-at"], name="write_batch_of_ledger")]

    def __str__(self):
        return f"{self.get_kind_display()} {self.reason}"


class SavedView(models.Model):
    """A name for filter, sort and columns of a list; whoever opens it sees his own scope under it."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, verbose_name="所有人", related_name="+")
    ledger = models.CharField("台账", max_length=40, help_text="台账代码。")
    name = models.CharField("名称", max_length=30)
    shared = models.BooleanField("共享", default=False, help_text="能查阅本台账的人都可使用；各人只看到自己范围内的记录。")
    query = models.CharField("条件", max_length=2000, blank=True, help_text="筛选和排序，与列表地址中的写法相同。")
    columns = models.JSONField("列", default=list)

    class Meta:
        verbose_name = verbose_name_plural = "列表视图"
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["owner", "ledger", "name"], name="one_view_of_a_name")]

    def __str__(self):
        return self.name


class ListChoice(models.Model):
    """How a person wants a ledger's list: its columns, and the view it opens with."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, verbose_name="人员", related_name="+")
    ledger = models.CharField("台账", max_length=40, help_text="台账代码。")
    columns = models.JSONField("列", default=list)
    opens_with = models.ForeignKey(SavedView, models.SET_NULL, verbose_name="默认视图", related_name="+", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "列表设置"
        constraints = [models.UniqueConstraint(fields=["owner", "ledger"], name="one_list_choice")]

    def __str__(self):
        return f"{self.owner} {self.ledger}"


class Answer(models.Model):
    """What a request under an `Idempotency-Key`, or a marked form, was answered; kept with the act, given again for 24 hours (answers)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, verbose_name="人员", related_name="+")
    key = models.CharField("键", max_length=100)
    request = models.CharField("请求摘要", max_length=64)
    status = models.PositiveSmallIntegerField("状态码")
    headers = models.JSONField("应答头", default=dict)
    body = models.BinaryField("应答内容")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "接口应答"
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_answer_a_key")]

    def __str__(self):
        return self.key
