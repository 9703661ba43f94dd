"""What the system holds about people: the inventory of personal fields, and what it holds about one (reliability.md F5).

docs/personal-data.md is the same table for people; tests/security/test_personal.py fails when a model gains a field that
looks personal and does not stand here.
"""

import ipaddress
from dataclasses import dataclass

from django.apps import apps
from django.db import transaction
from django.db.models import GenericIPAddressField, Q

from apps.accounts.models import Post, User
from apps.core.errors import Refused
from apps.journal import services as journal

MOST = 1_000  # rows of one field that are named one by one
ALWAYS = "随日志、流转和变更记录长期保存"
WHILE = "账号存续期间，停用后保留备查"


@dataclass(frozen=True)
class Held:
    """field: "app.Model.field".  what: content.  why: purpose.  kept: how long.  seen: who sees it."""

    field: str
    what: str
    why: str
    kept: str
    seen: str

    def of(self, user, name):
        """Return the rows that speak of this person: by key where the field is one, else by name or user name."""
        model, _, field_name = self.field.rpartition(".")
        model = apps.get_model(model)
        field = model._meta.get_field(field_name)
        target = field.related_model
        if target in (User, Post):
            wanted = {field_name: user} if target is User else {f"{field_name}__user": user}
            return model._base_manager.filter(**wanted) if user else model._base_manager.none()
        words = {name, user.username} if user else {name}
        return model._base_manager.filter(**{f"{field_name}__in": [word for word in words if _may_hold(field, word)]})


def _may_hold(field, word):
    """Say whether a column can hold the word: PostgreSQL compares a column of addresses with nothing but an address."""
    if not isinstance(field, GenericIPAddressField):
        return True
    try:
        ipaddress.ip_address(word)
    except ValueError:
        return False
    return True


HELD = (
    Held("accounts.User.username", "用户名", "登录", WHILE, "三员、本人"),
    Held("accounts.User.name", "姓名", "登录、办理留名", WHILE, "三员、能见到所办事项的人"),
    Held("accounts.PastPassword.user", "用过的密码散列", "不重复使用密码", "最近 5 个", "无人"),
    Held("accounts.Post.user", "岗位", "权限", "长期，备查", "三员、本人"),
    Held("accounts.HandOver.post", "交接单：移交人", "岗位交接", "长期，备查", "移交人、接收人"),
    Held("accounts.HandOver.successor", "交接单：接收人", "岗位交接", "长期，备查", "移交人、接收人"),
    Held("accounts.HandOver.by", "交接单：办理人", "岗位交接", "长期，备查", "移交人、接收人"),
    Held("accounts.AccessToken.user", "访问令牌", "接口调用", "有效期内或至撤销", "本人"),
    Held("accounts.AccessToken.post", "访问令牌的岗位", "接口调用", "有效期内或至撤销", "本人"),
    Held("accounts.Authenticator.user", "二次验证的密钥（加密）", "登录", "至解除", "无人"),
    Held("otp_totp.TOTPDevice.user", "二次验证的密钥（旧表，升级后为空）", "登录", "升级时移走", "无人"),
    Held("accounts.Alarm.user", "异常告警", "安全审计", "长期，备查", "安全管理员、审计管理员"),
    Held("accounts.Alarm.address", "来源地址", "安全审计", "长期，备查", "安全管理员、审计管理员"),
    Held("accounts.Alarm.handled_by", "告警处理人", "安全审计", "长期，备查", "安全管理员、审计管理员"),
    Held("axes.AccessAttempt.username", "登录失败的用户名", "防猜测密码", "登录成功或解除锁定即删除，其余次日删除", "无人"),
    Held("axes.AccessAttempt.ip_address", "来源地址", "防猜测密码", "登录成功或解除锁定即删除，其余次日删除", "无人"),
    Held("axes.AccessAttempt.user_agent", "浏览器", "防猜测密码", "登录成功或解除锁定即删除，其余次日删除", "无人"),
    Held("axes.AccessFailureLog.username", "登录失败的用户名", "防猜测密码", "解除锁定即删除，其余次日删除", "无人"),
    Held("axes.AccessFailureLog.ip_address", "来源地址", "防猜测密码", "解除锁定即删除，其余次日删除", "无人"),
    Held("axes.AccessFailureLog.user_agent", "浏览器", "防猜测密码", "解除锁定即删除，其余次日删除", "无人"),
    Held("axes.AccessLog.username", "不使用（登录记在日志）", "—", "—", "无人"),
    Held("axes.AccessLog.ip_address", "不使用（登录记在日志）", "—", "—", "无人"),
    Held("axes.AccessLog.user_agent", "不使用（登录记在日志）", "—", "—", "无人"),
    Held("journal.JournalEntry.user", "操作人", "安全审计", ALWAYS, "审计管理员"),
    Held("journal.JournalEntry.actor", "操作人姓名", "安全审计", ALWAYS, "审计管理员"),
    Held("journal.JournalEntry.address", "来源地址", "安全审计", ALWAYS, "审计管理员"),
    Held("journal.CountedRefusals.user", "被拒请求计数", "安全审计", "计入日志即删除", "不供查阅"),
    Held("journal.CountedRefusals.address", "被拒请求来源地址", "安全审计", "计入日志即删除", "不供查阅"),
    Held("jobs.Job.requested_by", "作业提出人", "办理留名", "长期，备查", "本人、可查看该作业的人"),
    Held("ledger.TrailEntry.user", "流转办理人", "办理留名", ALWAYS, "能见到该记录的人"),
    Held("ledger.Paper.user", "附件上传人", "办理留名", ALWAYS, "能见到该记录的人"),
    Held("ledger.Reminder_seen_by.user", "已知悉提醒的人", "提醒", "长期", "本人"),
    Held("ledger.WriteBatch.user", "批次办理人", "办理留名", ALWAYS, "本人、可归档该台账的人"),
    Held("ledger.SavedView.owner", "列表视图的所有人", "个人设置", "至删除", "本人；共享的为台账读者"),
    Held("ledger.ListChoice.owner", "列表设置的所有人", "个人设置", "长期", "本人"),
    Held("ledger.Answer.user", "接口应答的请求人", "重复请求只办一次", "24 小时", "本人"),
    Held("exchange.Batch.uploader", "上传人", "办理留名", ALWAYS, "本人"),
    Held("exchange.ExportFile.owner", "导出提出人", "取回导出", "到期删除", "本人"),
    Held("exchange.ConfirmedName.user", "名称确认人", "办理留名", "长期，备查", "本单位"),
    Held("enterprises.DataReminder.user", "提醒人", "办理留名", "长期，备查", "亩均办、被提醒单位"),
    Held("enterprises.DataReminder_told.user", "被提醒人", "提醒", "长期，备查", "亩均办、本人"),
    Held("enterprises.DataReminder_seen_by.user", "已知悉提醒的人", "提醒", "长期", "本人"),
    Held("grading.GradingRun.created_by", "重算提出人", "办理留名", ALWAYS, "可查看评价的人"),
    Held(
        "enterprises.Enterprise.contact", "企业联系人姓名", "联系企业", "企业在册期间，变更记录长期保存", "敏感：rights.SENSITIVE 所列岗位"
    ),
    Held("land.LandCase.leader", "责任领导姓名", "落实责任（公务）", ALWAYS, "能见到该记录的人"),
    Held("land.LandCase.holder", "土地使用权人（多为企业）", "一地一册", ALWAYS, "能见到该记录的人"),
    Held("chains.Chain.chief_title", "链长职务（公务，无姓名）", "规划所定", ALWAYS, "能见到该产业链的人"),
    Held("chains.Chain.specialist", "指导专员（岗位）", "落实责任（公务）", ALWAYS, "能见到该产业链的人"),
    Held("assessments.Computation.actor", "计分人", "办理留名", ALWAYS, "可查看考核的人"),
)


@transaction.atomic
def about(*, who, actor):
    """Return what is held about a person, named by user name or name; the question itself is journalled.

    Where a row lies is told, not what else it says: the administrators see no business data. Raises Refused without the
    right, and where nothing is held.
    """
    if not actor.user.may("review", "people"):
        raise Refused("只有安全管理员、审计管理员可以查询所存的个人信息。")
    people = list(User.objects.filter(Q(username=who) | Q(name=who)).select_related("organisation"))
    if len(people) > 1:
        raise Refused(f"有 {len(people)} 个人叫“{who}”，请改用用户名：{'、'.join(person.username for person in people)}。")
    user = people[0] if people else None
    name = user.name if user else who
    lines = [_line(held, held.of(user, name).order_by("pk")) for held in HELD]
    lines = [line for line in lines if line["count"]]
    if not lines:
        raise Refused(f"系统中没有“{who}”的信息。")
    journal.record(act="个人信息查询", actor=actor, target=who, detail={"fields": len(lines), "rows": sum(line["count"] for line in lines)})
    return {"person": who, "account": _account(user), "held": lines}


def _account(user):
    if user is None:
        return None
    return {
        "用户名": user.username,
        "姓名": user.name,
        "单位": str(user.organisation or ""),
        "启用": user.is_active,
        "建立时间": user.created_at.isoformat(),
        "最近登录": user.last_login and user.last_login.isoformat(),
    }


def _line(held, rows):
    keys = [str(key) for key in rows.values_list("pk", flat=True)[:MOST]]
    return {"field": held.field, "what": held.what, "why": held.why, "kept": held.kept, "count": rows.count(), "rows": keys}
