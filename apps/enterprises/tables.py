"""The findings of a reconciliation as a list."""

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html

from apps.core.numbers import show
from apps.enterprises.choices import FindingKind
from apps.ledger.tables import LedgerTable, cell
from apps.ledger.templatetags.ledger import badge


class FindingTable(LedgerTable):
    Meta = LedgerTable.Meta

    name = tables.Column("企业（宗地）", accessor="subject__name", attrs=cell("企业（宗地）", "name"))
    code = tables.Column("代码", accessor="subject__code", attrs=cell("代码", "code"))
    place = tables.Column("统计区域", accessor="subject__place", attrs=cell("统计区域"))
    kind = tables.Column("类别", attrs=cell("类别"))
    office = tables.Column("问哪个部门", accessor="office__label", attrs=cell("问哪个部门"))
    figure = tables.Column("指标", attrs=cell("指标"))
    first = tables.Column("报数", default="", attrs=cell("报数", "num"))
    second = tables.Column("对照数", default="", attrs=cell("对照数", "num"))
    size = tables.Column("相差", default="", attrs=cell("相差", "num"))

    def render_name(self, value, record):
        link = format_html('<a href="{}">{}</a>', reverse("ledger:detail", args=[record.subject.ledger, record.subject.pk]), value)
        held = record.subject.holders
        return format_html('<span>{}<br><span class="muted">{}</span></span>', link, held) if held else link

    def render_kind(self, value):
        return badge(FindingKind(value).label, FindingKind(value).tone)

    def render_figure(self, value, record):
        return f"{value}（{record.unit}）" if record.unit else value

    def render_first(self, value, record):
        return self._told(record, value, record.sources[0])

    def render_second(self, value, record):
        return self._told(record, value, record.sources[1])

    def render_size(self, record):
        if record.kind == FindingKind.MISSING:
            return ""
        return "从零" if record.share is None else f"{show(record.share)}%"

    @staticmethod
    def _told(record, value, source):
        return format_html('<span><span class="muted">{}</span> {}</span>', source, show(value, record.places))
