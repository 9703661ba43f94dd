import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html_join

from apps.accounts.models import User
from apps.ledger.tables import LedgerTable, cell
from apps.ledger.templatetags.ledger import badge


class PeopleTable(LedgerTable):
    username = tables.Column(attrs=cell("用户名", "name"), linkify=lambda record: reverse("accounts:person", args=[record.pk]))
    name = tables.Column(attrs=cell("姓名"))
    organisation = tables.Column(attrs=cell("单位"))
    current_posts = tables.Column("岗位", orderable=False, attrs=cell("岗位"))
    is_active = tables.Column("状态", attrs=cell("状态"))
    last_login = tables.DateTimeColumn(verbose_name="最近登录", format="Y-m-d H:i", attrs=cell("最近登录"))

    class Meta(LedgerTable.Meta):
        model = User
        fields = ("username", "name", "organisation", "current_posts", "is_active", "last_login")

    def render_current_posts(self, value):
        return format_html_join("、", "{}", ((post,) for post in value))

    def render_is_active(self, value, record):
        if not value:
            return badge("停用", "muted")
        return badge("启用", "ok") if record.current_posts else badge("待授权", "warn")
