"""The official forms of the enterprise ledgers: the list of enterprises, the figures of a year."""

import re

from apps.core.errors import Refused
from apps.exchange.official import Form, Part, figure, quantity, register
from apps.ledger.measures import Ratio

CODE = "统一社会信用代码"
WHERE = "归属"
MADE = "生产经营（万元）"


@register
class EnterpriseList(Form):
    kind = "enterprises"
    label = "缙云县企业名录"
    unit = each = "家"
    parts = (
        Part("企业名称", "name", width=30),
        Part(CODE, "credit_code", "code"),
        Part("规模", lambda firm: firm.get_scale_display(), width=7),
        Part("经营状态", lambda firm: firm.get_state_display(), width=9),
        Part("成立日期", "founded_on", "date"),
        Part("乡镇（街道）", "town", group=WHERE),
        Part("平台", "platform", group=WHERE),
        Part("产业", "industry", group=WHERE),
        Part("行业代码", "gb_code", "code", width=10),
        Part("地址", "address", width=30),
        Part("联系人", "contact", width=10),
    )

    def rows(self, filterset):
        return filterset.qs.select_related("town", "platform", "industry")


@register
class YearlyFigures(Form):
    kind = "enterprise-facts"
    label = "年度企业数据表"
    each = "家"
    unit = "万元、亩、人、吨标准煤、万千瓦时、吨、万元/亩"
    parts = (
        Part("企业名称", "enterprise__name", width=28),
        Part(CODE, "enterprise__credit_code", "code"),
        Part("统计区域", "enterprise__place", width=12),
        Part("产业", "enterprise__industry", width=12),
        Part("规模", lambda fact: fact.get_scale_display(), width=7),
        quantity("area", "用地面积", "亩"),
        quantity("output", "工业总产值", "", group=MADE, width=14),
        quantity("revenue", "营业收入", "", group=MADE, width=14),
        quantity("value_added", "工业增加值", "", group=MADE, width=14),
        quantity("profit", "利润总额", "", group=MADE),
        quantity("tax", "评价税收", "", group=MADE),
        quantity("rd_expense", "研发费用", "", group=MADE),
        quantity("staff", "平均职工人数", "人", 0),
        quantity("energy", "综合能耗（吨标准煤）", "", 3, group="能耗与排放", width=13),
        quantity("power", "用电量（万千瓦时）", "", 4, group="能耗与排放", width=13),
        quantity("discharge", "主要污染物（吨）", "", 4, group="能耗与排放", width=13),
        figure(Ratio("output_per_mu", "产值", "", top="output", bottom="area"), group="亩均（万元/亩）", width=10),
        figure(Ratio("tax_per_mu", "税收", "", top="tax", bottom="area"), group="亩均（万元/亩）", width=10),
    )
    notes = ("用地面积为当年 12 月 31 日的净用地（自有加承租减出租）。",)

    def select(self, user, params):
        filterset = super().select(user, params)
        if filterset.form.is_valid() and not filterset.form.cleaned_data.get("year"):
            raise Refused("年度企业数据表一年一张，请先选定年份。")
        return filterset

    def title(self, filterset):
        return f"缙云县{filterset.form.cleaned_data['year']}{self.label}"

    def year_of(self, title):
        year = re.search(rf"(\d{{4}}){self.label}", title)
        return year and int(year[1])

    def rows(self, filterset):
        return filterset.qs.select_related("enterprise__town", "enterprise__platform", "enterprise__industry")
