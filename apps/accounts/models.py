import datetime as dt
import uuid
from functools import reduce
from operator import or_

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django_otp.models import Device, ThrottlingMixin, TimestampMixin
from django_otp.plugins.otp_totp.models import TOTPDevice
from knox.models import AbstractAuthToken

from apps.accounts.choices import ADMINISTRATORS, AlarmKind, DataItem, Role
from apps.accounts.rights import SENSITIVE, may, roles_that_may
from apps.accounts.validators import profile
from apps.core import cipher, clock
from apps.core.scope import Reach
from apps.platforms.models import Industry, Platform, Town

READS_EVERYTHING = frozenset(Role) - ADMINISTRATORS - {Role.PARK, Role.TOWN, Role.CHAIN_CHIEF, Role.CHAIN_OFFICE}


class OrganisationQuerySet(models.QuerySet):
    def that_may(self, act, subject):
        """Return the bodies for which somebody acts who may do `act` on `subject`."""
        return self.filter(pk__in=Post.objects.that_may(act, subject).order_by().values("body"))


class Organisation(models.Model):
    """A body of the county: bureau, park management, town, leading group. A tree."""

    name = models.CharField("名称", max_length=60, unique=True)
    parent = models.ForeignKey("self", models.PROTECT, verbose_name="上级", related_name="children", null=True, blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "单位"
        ordering = ["name"]

    def __str__(self):
        return self.name


class User(AbstractBaseUser):
    """A person with a sign-in. What he may do comes from his posts, never from the account itself."""

    username = models.CharField(
        "用户名",
        max_length=30,
        unique=True,
        validators=[RegexValidator(r"^[a-z][a-z0-9_]{2,29}$", "用户名由小写字母、数字、下划线组成，以字母开头，3 至 30 位。")],
    )
    name = models.CharField("姓名", max_length=30)
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="单位", related_name="users", null=True, blank=True)
    is_active = models.BooleanField("启用", default=True)
    is_sample = models.BooleanField("示例人员", default=False, editable=False)
    must_change_password = models.BooleanField("须改密码", default=True, editable=False)
    password_changed_at = models.DateTimeField("密码修改时间", default=clock.now, editable=False)
    session_epoch = models.PositiveIntegerField(default=0, editable=False)
    session_places = models.JSONField("同时登录", default=list, editable=False)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)
    active_since = models.DateTimeField("启用时间", default=clock.now, editable=False)
    closed_because = models.CharField("停用原因", max_length=100, blank=True, editable=False)

    objects = BaseUserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = verbose_name_plural = "人员"
        ordering = ["username"]

    def __str__(self):
        return self.name or self.username

    acting_post_id = None  # set by the session middleware or a command; the acting post is chosen, not guessed

    @classmethod
    def holding(cls, role):
        """Return somebody, stored nowhere, who holds nothing but `role`: what may such a person do?"""
        user = cls(is_active=True)
        user._posts_held = [Post(role=role, start=clock.today())]
        return user

    @property
    def posts_held(self):
        """The posts in force today, in the order they were given; read once per user object."""
        if not hasattr(self, "_posts_held"):
            self._posts_held = list(self.posts.in_force().select_related("platform", "town", "industry", "organisation"))
        return self._posts_held

    @property
    def acting(self):
        """The post this person acts in now: the chosen one while it is in force; where none was chosen, the first one held.

        None without one. A chosen post that is over leaves none: nobody slips into another without having asked for it.
        """
        open_to = [post for post in self.posts_held if self.acting_post_id in (None, post.pk)]
        return open_to[0] if open_to else None

    @property
    def acting_label(self):
        return str(self.acting) if self.acting else "无岗位"

    @property
    def role(self):
        return self.acting.role if self.acting else None

    @property
    def password_is_due(self):
        """Say whether the password must be changed before anything else: one-time, or older than the profile allows."""
        if self.is_sample:
            return False
        max_age = profile().max_age
        return self.must_change_password or bool(max_age) and clock.now() - self.password_changed_at >= dt.timedelta(days=max_age)

    @property
    def one_time_password_lapsed(self):
        """Say whether a password issued for one sign-in was left unused too long."""
        return self.must_change_password and clock.now() - self.password_changed_at >= settings.ONE_TIME_PASSWORD_LIFE

    @property
    def needs_factor(self):
        """Say whether this person must have a second factor: holds a post of settings.SECOND_FACTOR_ROLES, acting in it or not."""
        return not self.is_sample and any(post.role in settings.SECOND_FACTOR_ROLES for post in self.posts_held)

    @property
    def unit_id(self):
        """The organisation this person acts for: the acting post's, else his own. What it answers for, its people see."""
        return (self.acting.organisation_id if self.acting else None) or self.organisation_id

    def reach(self):
        """Return how far the acting post reaches (core.scope.Reach)."""
        post = self.acting
        if post is None or post.role in ADMINISTRATORS:
            return Reach(nobody=True)
        if post.role in READS_EVERYTHING:
            return Reach(everything=True)
        limits = {"platform": post.platform_id, "town": post.town_id, "industry": post.industry_id, "organisation": self.unit_id}
        return Reach(limits={dimension: {key} for dimension, key in limits.items() if key})

    def may(self, act, subject):
        """Say whether the acting post may do `act` ("add", "change", "import", ...) on `subject` (a ledger's code)."""
        return self.role is not None and may(self.role, act, subject)

    def sees_sensitive(self, subject):
        """Say whether the acting post is shown the sensitive fields of `subject` (a ledger's code)."""
        return self.role in SENSITIVE.get(subject, ())

    def data_items(self):
        """Return the figure groups a department reporter may write; None means no such restriction."""
        return frozenset(self.acting.data_items) if self.role == Role.REPORTER else None


class PastPassword(models.Model):
    """The hash of a password a person has used, so that it is not used again soon."""

    user = models.ForeignKey(User, models.CASCADE, verbose_name="人员", related_name="past_passwords")
    password = models.CharField("密码散列", max_length=128)
    set_at = models.DateTimeField("启用时间", default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = "用过的密码"
        ordering = ["-set_at", "-pk"]

    def __str__(self):
        return f"{self.user} {self.set_at:%Y-%m-%d}"


class PostQuerySet(models.QuerySet):
    def in_force(self, day=None):
        """Return the posts whose term contains `day` (default: the office's today); on its end day a post is over."""
        day = day or clock.today()
        return self.filter(Q(start__lte=day), Q(end__isnull=True) | Q(end__gt=day))

    def that_may(self, act, subject):
        """Return the posts in force, of open accounts, that may do `act` on `subject`, each with the `body` it acts for.

        That is the body it names, else its holder's own (`User.unit_id`).
        """
        posts = self.in_force().filter(role__in=roles_that_may(act, subject), user__is_active=True)
        return posts.annotate(body=Coalesce("organisation", "user__organisation"))

    def none_reaches(self, act, subject, **paths):
        """Return, as a Q, the rows that no post which may do `act` on `subject` reaches.

        paths: what of a post reaches a row (platform, town, industry, body) -> the path of the row to it.
        """
        reached = reduce(or_, (Q(**{name: OuterRef(path)}) for name, path in paths.items()))
        return ~Q(Exists(self.that_may(act, subject).filter(reached)))


class Post(models.Model):
    """A role in a scope for a term. One person may hold several."""

    user = models.ForeignKey(User, models.PROTECT, verbose_name="人员", related_name="posts")
    role = models.CharField("角色", max_length=20, choices=Role)
    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="单位", related_name="posts", null=True, blank=True)
    platform = models.ForeignKey(Platform, models.PROTECT, verbose_name="平台", related_name="posts", null=True, blank=True)
    town = models.ForeignKey(Town, models.PROTECT, verbose_name="乡镇街道", related_name="posts", null=True, blank=True)
    industry = models.ForeignKey(Industry, models.PROTECT, verbose_name="产业", related_name="posts", null=True, blank=True)
    data_items = models.JSONField("数据项", default=list, blank=True)
    start = models.DateField("任职日期")
    end = models.DateField("离任日期", null=True, blank=True, help_text="自该日起不再任职。")

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "岗位"
        ordering = ["user", "start", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="post_role"),
            models.CheckConstraint(condition=Q(end__isnull=True) | Q(end__gte=F("start")), name="post_term"),
        ]

    def __str__(self):
        scope = self.platform or self.town or self.industry or "、".join(DataItem(item).label for item in self.data_items)
        return f"{self.get_role_display()}（{scope}）" if scope else self.get_role_display()

    @property
    def is_over(self):
        return self.end is not None and self.end <= clock.today()


class HandOver(models.Model):
    """The hand-over sheet (工作交接单) of a post that ended: its open items as they were, and who took them over."""

    post = models.ForeignKey(Post, models.PROTECT, verbose_name="移交岗位", related_name="hand_overs")
    successor = models.ForeignKey(Post, models.PROTECT, verbose_name="接收岗位", related_name="+", null=True, blank=True)
    on = models.DateField("交接日期")
    lines = models.JSONField("未办结事项", default=list)
    by = models.ForeignKey(User, models.PROTECT, verbose_name="办理人", related_name="+", null=True, blank=True)
    at = models.DateTimeField("办理时间", default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = "工作交接单"
        ordering = ["-on", "-pk"]

    def __str__(self):
        return f"{self.post.user} {self.post} {self.on}"


class AccessToken(AbstractAuthToken):
    """A key for scripts that act as this person in one post; only its hash is kept. Whether it still holds: apps.accounts.tokens."""

    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)  # names it in addresses; the key is its hash
    name = models.CharField("用途", max_length=40)
    post = models.ForeignKey(Post, models.PROTECT, verbose_name="岗位", related_name="+")
    epoch = models.PositiveIntegerField(editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "访问令牌"
        ordering = ["-created"]

    def __str__(self):
        return self.name


class Authenticator(TimestampMixin, ThrottlingMixin, Device):
    """A person's second factor: the secret an app on his phone shares with us, kept sealed; what it does is django-otp's own.

    django-otp's device keeps the secret as it is; a row of ours has the same behaviour over a sealed one.
    """

    sealed = models.TextField("密钥（加密）", editable=False)
    drift = models.SmallIntegerField("时间偏差", default=0, editable=False)
    last_t = models.BigIntegerField("上次使用", default=-1, editable=False)

    step, t0, digits, tolerance = 30, 0, 6, 1
    bin_key, config_url = TOTPDevice.bin_key, TOTPDevice.config_url
    verify_token, get_throttle_factor = TOTPDevice.verify_token, TOTPDevice.get_throttle_factor
    _read_str_from_settings = TOTPDevice._read_str_from_settings

    class Meta(Device.Meta):
        verbose_name = verbose_name_plural = "二次验证器"

    @property
    def key(self):
        """The secret as hex."""
        return cipher.unseal(self.sealed)


class Alarm(models.Model):
    """Something in the journal that somebody should look at, told once for each person (or address), day and kind."""

    kind = models.CharField("类别", max_length=20, choices=AlarmKind)
    on = models.DateField("日期")
    user = models.ForeignKey(User, models.PROTECT, verbose_name="人员", related_name="+", null=True)
    address = models.CharField("来源地址", max_length=45, blank=True)
    words = models.CharField("情况", max_length=200)
    raised_at = models.DateTimeField("告警时间", default=clock.now)
    handled_by = models.ForeignKey(User, models.PROTECT, verbose_name="处理人", related_name="+", null=True)
    handled_at = models.DateTimeField("处理时间", null=True)
    comment = models.CharField("处理意见", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "异常告警"
        ordering = ["-raised_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=AlarmKind.values), name="alarm_kind"),
            models.UniqueConstraint(fields=["kind", "on", "user"], condition=Q(user__isnull=False), name="alarm_once_a_person"),
            models.UniqueConstraint(fields=["kind", "on", "address"], condition=Q(user__isnull=True), name="alarm_once_an_address"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.user or self.address} {self.on}"
