from contextlib import contextmanager

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, models, transaction
from django.db.models import BooleanField, Case, Exists, ExpressionWrapper, F, OuterRef, Q, When
from django.db.models.functions import Now

from apps.core.actor import Actor
from apps.jobs.choices import LOOKS, OPEN, STALLED, State
from apps.jobs.registry import KINDS
from apps.jobs.rules import MAX_ATTEMPTS, MAX_DEATHS, SUPERSEDED, percent, retry_delay
from apps.journal import services as journal


class Fenced(Exception):
    """Another worker took the job over; this one writes nothing any more."""


class JobQuerySet(models.QuerySet):
    """All times are the database's: workers on several machines need one clock."""

    def visible_to(self, user, act="read"):
        """Return the jobs `user` asked for in the acting post and those of the kinds on whose subject that post may do `act`.

        Who watches over the queue reads all: how each stands, and of the others not what came of it (`watched`). Each
        knows whether it is `stalled`: called running, while its worker is gone and no other has come yet.
        """
        readable = [kind.code for kind in KINDS.values() if user.may(act, kind.subject)]
        own = Q(requested_by=user, requested_post=user.acting_label) | Q(kind__in=readable)
        jobs = self.select_related("requested_by").knowing_stalled()
        if act == "read" and user.may("watch", "jobs"):
            return jobs.annotate(watched=ExpressionWrapper(~own, output_field=BooleanField()))
        return jobs.filter(own)

    def knowing_stalled(self):
        """Let each job know whether its worker is gone."""
        return self.annotate(stalled=ExpressionWrapper(Q(state=State.RUNNING, lease_until__lt=Now()), output_field=BooleanField()))

    def expired(self):
        """Return jobs whose worker died: running, lease run out."""
        return self.filter(state=State.RUNNING, lease_until__lt=Now())

    def exhausted(self):
        """Return jobs whose workers died as often as they may (`MAX_DEATHS`), or at the last attempt."""
        return self.expired().filter(Q(attempts__gte=F("max_attempts")) | Q(deaths__gte=MAX_DEATHS - 1))

    def due(self):
        """Return jobs a worker may claim now, oldest first; none while its twin (same kind and key) is alive."""
        twin = Job.objects.filter(kind=OuterRef("kind"), key=OuterRef("key"), state=State.RUNNING, lease_until__gte=Now())
        waiting = Q(state=State.PENDING) & (Q(not_before=None) | Q(not_before__lte=Now()))
        dead = Q(state=State.RUNNING, lease_until__lt=Now(), deaths__lt=MAX_DEATHS - 1)
        return self.filter(waiting | dead, ~Exists(twin), attempts__lt=F("max_attempts")).order_by("pk")

    @transaction.atomic
    def claim(self, pk):
        """Take the job for this worker and return it, or None where it is not to be had.

        The twins are locked first, so that a job and its revived twin are never taken at the same moment; a row
        somebody holds right now is left to the sweeper instead of waited for.
        """
        wanted = Job.objects.filter(pk=pk).values("kind", "key").first()
        if wanted is None:
            return None
        twins = Job.objects.filter(**wanted, state__in=OPEN).order_by("pk")
        if len(twins.select_for_update(skip_locked=True, no_key=True)) != twins.count():
            return None
        taken = (
            self.due()
            .filter(pk=pk)
            .update(
                state=State.RUNNING,
                attempts=F("attempts") + 1,
                deaths=F("deaths") + Case(When(state=State.RUNNING, then=1), default=0),
                fence=F("fence") + 1,
                lease_until=Now() + settings.JOB_LEASE,
                started_at=Now(),
                not_before=None,
            )
        )
        return self.get(pk=pk) if taken else None


class Job(models.Model):
    """A piece of work promised by the transaction that inserted this row.

    The row is the truth: a lease says who works on it, the fence number makes a worker that lost its lease write
    nothing, and a message in a queue is no more than a bell.
    """

    kind = models.CharField("类别", max_length=60)
    key = models.CharField("业务键", max_length=120)
    params = models.JSONField("参数", default=dict, encoder=DjangoJSONEncoder)
    state = models.CharField("状态", max_length=10, choices=State, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField("尝试次数", default=0)
    deaths = models.PositiveSmallIntegerField("中断次数", default=0, help_text="处理它的进程中途消失、由别的进程接手的次数。")
    max_attempts = models.PositiveSmallIntegerField("最多尝试", default=MAX_ATTEMPTS)
    planned = models.BooleanField("计划任务", default=False)
    fence = models.PositiveBigIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    not_before = models.DateTimeField("不早于", null=True)
    progress_done = models.PositiveIntegerField("已处理", default=0)
    progress_total = models.PositiveIntegerField("总数", default=0)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="提出人", related_name="+", null=True)
    requested_post = models.CharField("身份", max_length=100, blank=True)
    result = models.JSONField("结果", null=True, encoder=DjangoJSONEncoder)
    error = models.CharField("原因", max_length=500, blank=True)
    created_at = models.DateTimeField("提出时间", db_default=Now())
    started_at = models.DateTimeField("开始时间", null=True)
    finished_at = models.DateTimeField("结束时间", null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "后台作业"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], condition=Q(state=State.PENDING), name="job_pending_once"),
            models.UniqueConstraint(fields=["kind", "key"], condition=Q(planned=True), name="job_planned_once"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="job_state"),
        ]
        indexes = [
            models.Index(fields=["kind", "key"], condition=Q(state__in=OPEN), name="job_open"),
            models.Index(fields=["requested_by", "-id"], name="job_requester"),
        ]

    stalled = False  # said by `visible_to`, which asks the database's clock
    watched = False  # also said there: the reader sees how it stands, not what came of it

    def __str__(self):
        return KINDS[self.kind].title(self.params) if self.kind in KINDS else self.kind

    @property
    def actor(self):
        """Who acts when the job writes: the person who asked for it, in the post of then."""
        return Actor(user=self.requested_by, post=self.requested_post, channel="后台作业")

    @property
    def percent(self):
        return 100 if self.state == State.DONE else percent(self.progress_done, self.progress_total)

    @property
    def label(self):
        """The word of the state's badge."""
        return STALLED if self.stalled else self.get_state_display()

    @property
    def look(self):
        """The tone of the state's badge."""
        return LOOKS[self.state]

    @property
    def is_open(self):
        return self.state in OPEN

    @property
    def words(self):
        """One sentence on how the job stands."""
        tries = f"（第 {self.attempts}/{self.max_attempts} 次）"
        if self.stalled:
            return f"处理中断，将自动重试{tries}"
        if self.state == State.RUNNING:
            count = f"：已处理 {self.progress_done} / {self.progress_total}" if self.progress_total else ""
            return f"正在处理{count}{tries if self.attempts > 1 else ''}"
        if self.state == State.PENDING:
            return f"上次未成功，将自动重试{tries}" if self.attempts else "等待开始"
        if self.watched:
            return self.error or self.get_state_display()
        return self.error or (self.result or {}).get("text") or self.get_state_display()

    def beat(self, done, total):
        """Report progress and extend the lease; call it about once a second.

        Raises Fenced when the job is no longer this worker's: lost with the lease, or cancelled.
        """
        self._hold(progress_done=done, progress_total=total, lease_until=Now() + settings.JOB_LEASE)
        self.progress_done, self.progress_total = done, total

    @contextmanager
    def finishing(self, result):
        """Open the transaction in which the results are written and the job becomes done, both or neither.

        `result` (dict) is given to the block, which may add to it. Raises Fenced before anything is written when
        another worker took the job over or somebody cancelled it. The run's entry in the journal is the block's last.
        """
        with transaction.atomic():
            self._hold(state=State.DONE, finished_at=Now(), lease_until=None, error="")
            yield result
            Job.objects.filter(pk=self.pk).update(result=result)
            self.note("作业完成", self.actor)
        self.state, self.result = State.DONE, result

    def note(self, act, actor, result="成功", **detail):
        """Put what became of the job into the journal."""
        detail = {"job": self.pk, "kind": self.kind, "key": self.key, "attempts": self.attempts, **detail}
        journal.record(act=act, actor=actor, target=str(self), detail=detail, result=result)

    def fail(self, sentence):
        """End the job without success; `sentence` (Chinese) tells people why."""
        self._hold(state=State.FAILED, finished_at=Now(), lease_until=None, error=sentence[:500])

    def retry_later(self):
        """Give the job back to be tried again after a pause; a newer request for the same thing takes its place."""
        try:
            with transaction.atomic():
                self._hold(state=State.PENDING, not_before=Now() + retry_delay(self.attempts), lease_until=None)
        except IntegrityError:
            self._hold(state=State.CANCELLED, finished_at=Now(), lease_until=None, error=SUPERSEDED)

    def _hold(self, **values):
        """Write to the row while this worker's fence is still the row's."""
        mine = Job.objects.filter(pk=self.pk, fence=self.fence, state=State.RUNNING)
        if not mine.update(**values):
            raise Fenced(f"{self}: fence {self.fence} is no longer valid")


class Sweep(models.Model):
    """When somebody last looked after the queue: a pulse people can see. One row."""

    at = models.DateTimeField("最近一次巡检")

    class Meta:
        verbose_name = verbose_name_plural = "作业巡检"

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M:%S}"
