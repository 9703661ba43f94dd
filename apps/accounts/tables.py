import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html_join

from apps.accounts.models import User
from apps.ledger.tables import LedgerTable
from apps.ledger.templatetags.ledger import badge


def _named(label, css=""):
    return {"th": {"class": css}, "td": {"class": css, "data-label": label}}


class PeopleTable(LedgerTable):
    username = tables.Column(attrs=_named("用户名", "name"), linkify=lambda record: reverse("accounts:person", args=[record.pk]))
    name = tables.Column(attrs=_named("姓名"))
    organisation = tables.Column(attrs=_named("单位"))
    current_posts = tables.Column("岗位", orderable=False, attrs=_named("岗位"))
    is_active = tables.Column("状态", attrs=_named("状态"))
    last_login = tables.DateTimeColumn(verbose_name="最近登录", format="Y-m-d H:i", attrs=_named("最近登录"))

    class Meta(LedgerTable.Meta):
        model = User
        fields = ("username", "name", "organisation", "current_posts", "is_active", "last_login")

    def render_current_posts(self, value):
        return format_html_join("、", "{}", ((post,) for post in value))

    def render_is_active(self, value, record):
        if not value:
            return badge("停用", "muted")
        return badge("启用", "ok") if record.current_posts else badge("待授权", "warn")
