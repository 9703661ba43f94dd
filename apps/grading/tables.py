import django_tables2 as tables
from django.db.models import F
from django.urls import reverse
from django.utils.html import format_html

from apps.core.numbers import ratio, show
from apps.ledger.tables import LedgerTable, NumberColumn, cell


class Ordered(NumberColumn):
    """A number people sort by: what has no data comes last in both directions and on every database."""

    def __init__(self, by, **kwargs):
        self.by = by
        super().__init__(**kwargs)

    def order(self, rows, is_descending):
        first = self.by.desc(nulls_last=True) if is_descending else self.by.asc(nulls_last=True)
        return rows.order_by(first, "enterprise__credit_code"), True


class ResultTable(LedgerTable):
    """The enterprises of a run with their grades."""

    Meta = LedgerTable.Meta

    credit_code = tables.Column("统一社会信用代码", accessor="enterprise__credit_code", attrs=cell("统一社会信用代码", "code"))
    name = tables.Column("企业", accessor="enterprise__name", attrs=cell("企业", "name"))
    grade = tables.Column("等级", attrs=cell("等级"))
    group = tables.Column("分组", attrs=cell("分组"))
    place = tables.Column("统计区域", accessor="enterprise__place", orderable=False, attrs=cell("统计区域"))
    industry = tables.Column("产业", accessor="enterprise__industry", attrs=cell("产业"))
    tax = Ordered(F("tax"), verbose_name="评价税收（万元）", attrs=cell("评价税收（万元）", "num"))
    land = Ordered(F("land"), verbose_name="用地面积（亩）", attrs=cell("用地面积（亩）", "num"))
    tax_per_mu = Ordered(F("tax") / F("land"), verbose_name="亩均税收（万元/亩）", accessor="pk", attrs=cell("亩均税收（万元/亩）", "num"))
    total = Ordered(F("total"), verbose_name="总分", attrs=cell("总分", "num"))
    rank = Ordered(F("rank"), verbose_name="名次", attrs=cell("名次", "num"))

    def render_name(self, value, record):
        return format_html('<a href="{}">{}</a>', reverse("grading:trace", args=[record.run.year, record.enterprise.credit_code]), value)

    def render_grade(self, record):
        return format_html('<span class="grade grade-{}">{}</span>{}', record.grade, record.grade, " 保底线" if record.by_floor else "")

    def render_tax_per_mu(self, record):
        return show(ratio(record.tax, record.land))

    def render_rank(self, record):
        return f"{record.rank} / {record.size}"
