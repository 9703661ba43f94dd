"""What the yearly review of rights reads: who may do what, who holds which post, who may open which page."""

from types import SimpleNamespace

from django.contrib.auth.mixins import LoginRequiredMixin
from django.db import transaction
from django.urls import URLResolver, get_resolver

from apps.accounts.choices import ADMINISTRATORS, DataItem, Role
from apps.accounts.models import READS_EVERYTHING, Post, User
from apps.accounts.rights import ACTS, RIGHTS, SENSITIVE, SUBJECTS, may
from apps.core import clock
from apps.core.errors import Refused
from apps.exchange.columns import Column
from apps.exchange.widgets import CellWidget, DateWidget
from apps.exchange.writer import to_file, write_book
from apps.journal import services as journal
from apps.ledger import registry
from apps.ledger.choices import Sensitivity
from apps.ledger.fields import label_of

YES, SIGNED_IN, ANYBODY, OWN_RULE = "✓", "登录即可", "不须登录", "按接口规则"


def export(*, actor):
    """Write the rights matrix; return (open temporary file, rows, sha256), the export journalled.

    Raises Refused unless the acting post may review the rights.
    """
    if not actor.user.may("review", "people"):
        raise Refused("只有安全管理员、审计管理员可以导出权限清单。")
    head = [f"截至：{clock.today().isoformat()}　导出人：{actor.user}（{actor.post}）　{Sensitivity.SENSITIVE.said}"]
    sheets = [
        {"title": "权限", "columns": _columns("对象", "操作", *Role.labels), "rows": rights()},
        {"title": "敏感级别", "columns": _columns("台账", "级别", "敏感列", *Role.labels), "rows": levels()},
        {"title": "人员与岗位", "columns": _columns("用户名", "姓名", "单位", "账号", "岗位", "数据项", *TERM, "状态"), "rows": people()},
        {"title": "页面", "columns": _columns("地址", "台账", *Role.labels), "rows": pages()},
    ]
    output, count, digest = to_file(lambda file: write_book(file, [sheet | {"head": head} for sheet in sheets]))
    with transaction.atomic():
        journal.record(act="导出", actor=actor, target=f"权限清单：{count} 行", detail={"rows": count, "sha256": digest})
    return output, count, digest


TERM = ("任职日期", "离任日期")


def _columns(*titles):
    return [Column(name=title, title=title, widget=DateWidget() if title in TERM else CellWidget()) for title in titles]


def rights():
    """Yield [subject, act, a mark per role]: reading first, which follows from scope, then the table of rights."""
    yield ["业务数据", "查看、导出", *(_sight(role) for role in Role)]
    for subject, roles in RIGHTS.items():
        for act in sorted(set().union(*roles.values()), key=lambda act: (list(ACTS).index(act) if act in ACTS else len(ACTS), act)):
            yield [subject_label(subject), act_label(subject, act), *(YES if may(role, act, subject) else "" for role in Role)]


def levels():
    """Yield [ledger, its level, its sensitive columns, a mark per role that is shown them]."""
    for ledger in registry.all():
        names = "、".join(label_of(ledger.model._meta.get_field(name)) for name in ledger.sensitive)
        seen = [YES if names and role in SENSITIVE.get(ledger.code, ()) else "" for role in Role]
        yield [ledger.label, ledger.sensitivity.label, names, *seen]


def _sight(role):
    return "" if role in ADMINISTRATORS else "全县" if role in READS_EVERYTHING else "本范围"


def subject_label(subject):
    ledger = registry.get(subject)
    return ledger.label if ledger else SUBJECTS[subject]


def act_label(subject, act):
    """Return the label of an act: a move of the ledger's workflow by the move's own."""
    flow = getattr(registry.get(subject), "workflow", None)
    move = flow.move(act) if flow else None
    return move.label if move else ACTS[act]


def people():
    """Yield a row per post a person has, had or will have, and one for everybody without a post."""
    held = {}
    for post in Post.objects.select_related("platform", "town", "industry", "user__organisation"):
        held.setdefault(post.user_id, []).append(post)
    for user in User.objects.select_related("organisation"):
        own = [user.username, user.name, str(user.organisation or ""), "启用" if user.is_active else "停用"]
        for post in held.get(user.pk, []):
            items = "、".join(DataItem(item).label for item in post.data_items)
            yield [*own, str(post), items, post.start, post.end, _standing(post)]
        if user.pk not in held:
            yield [*own, "", "", None, None, "无岗位"]


def _standing(post):
    return "已离任" if post.is_over else "在任" if post.start <= clock.today() else "未到任"


def pages():
    """Yield [address, ledger, a mark per role]: asked of each page's own rule for somebody who holds nothing but the role."""
    holders = [User.holding(role) for role in Role]
    for address, view in _views(get_resolver()):
        ledgers = registry.all() if "<slug:code>" in address else [None]
        for ledger in ledgers:
            yield [f"/{address}", ledger.label if ledger else "", *(_mark(view, ledger, holder) for holder in holders)]


def _views(resolver, start=""):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _views(entry, start + str(entry.pattern))
        else:
            yield start + str(entry.pattern), getattr(entry.callback, "view_class", None)


def _mark(view, ledger, holder):
    if view is None:
        return OWN_RULE
    page = view()
    page.ledger, page.request = ledger, SimpleNamespace(user=holder)
    if hasattr(page, "allowed"):
        return YES if page.allowed(holder) else ""
    if hasattr(page, "test_func"):
        return YES if page.test_func() else ""
    return SIGNED_IN if isinstance(page, LoginRequiredMixin) else ANYBODY
