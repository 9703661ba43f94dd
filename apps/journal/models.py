import hmac
from functools import cache

from django.conf import settings
from django.db import models
from django.utils.crypto import salted_hmac

from apps.journal.rules import GENESIS, canonical

SEALED = ("seq", "at", "user_id", "actor", "post", "channel", "address", "act", "target", "result", "detail", "prev")


def seal(values):
    """Return the HMAC (hex) over an entry's values (name -> value, those of SEALED)."""
    keyed = _keyed(settings.JOURNAL_KEY).copy()
    keyed.update(canonical(values).encode())
    return keyed.hexdigest()


@cache
def _keyed(secret):
    """Return the HMAC with its key already worked in: a whole chain is checked with one key."""
    return salted_hmac("apps.journal", b"", secret=secret, algorithm="sha256")


class JournalHead(models.Model):
    """The end of the chain. One row; whoever appends locks it, so the chain never forks."""

    seq = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64, default=GENESIS, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "日志链首"

    def __str__(self):
        return f"{self.seq} {self.digest}"


class JournalEntry(models.Model):
    """One act: who, in which post, through which door, from where, what, on what, with which result.

    Appended by `services.record` only; the database refuses every change (`guards`). `digest` is an HMAC over the
    other fields and the digest before it, so a changed, missing, swapped or added entry shows.
    """

    seq = models.PositiveBigIntegerField("序号", primary_key=True)
    at = models.CharField("时间", max_length=32, db_index=True)  # text: the hashed microseconds are the stored ones
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="人员", related_name="+", null=True)
    actor = models.CharField("姓名", max_length=60, blank=True)
    post = models.CharField("身份", max_length=100, blank=True)
    channel = models.CharField("途径", max_length=20)
    address = models.CharField("来源地址", max_length=45, blank=True)
    act = models.CharField("操作", max_length=40, db_index=True)
    target = models.CharField("对象", max_length=300, blank=True)
    result = models.CharField("结果", max_length=20)
    detail = models.JSONField("详情", default=dict)
    prev = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name = verbose_name_plural = "日志"
        ordering = ["-seq"]

    def __str__(self):
        return f"{self.seq} {self.act} {self.target}"

    def seal(self):
        """Return the HMAC (hex) this entry must carry."""
        return seal({name: getattr(self, name) for name in SEALED})

    @property
    def holds(self):
        """Whether the entry is as it was written (its place in the chain is checked by `selectors.verify`)."""
        return hmac.compare_digest(self.digest, self.seal())


class CountedRefusals(models.Model):
    """How many refusals of one person or address were not entered one by one (`services.record_refusal`)."""

    who = models.CharField("对象", max_length=60, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, verbose_name="人员", related_name="+", null=True)
    address = models.CharField("来源地址", max_length=45, blank=True)
    channel = models.CharField("途径", max_length=20)
    since = models.DateTimeField("起始时间")
    number = models.PositiveBigIntegerField("次数", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "未逐条记录的被拒"

    def __str__(self):
        return f"{self.who} {self.number}"
