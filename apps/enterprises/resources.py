"""Spreadsheet columns of the enterprise ledgers. A fact is known by credit code and period, an occupation by its start."""

from apps.enterprises.models import Enterprise, LandOccupation, MonthlyFact, YearlyFact
from apps.exchange.resources import Companion, LedgerResource
from apps.exchange.widgets import CellWidget
from apps.platforms.resources import PLATFORM, TOWN, TOWN_TITLES

CODE_TITLES = ("社会信用代码", "统一信用代码", "信用代码", "纳税人识别号", "统一社会信用代码（纳税人识别号）")
NAME_TITLES = ("单位名称", "企业全称", "单位详细名称", "单位全称", "公司名称", "纳税人名称", "纳税人")
BY_CREDIT_CODE = {
    "by": ("credit_code",), "title": "统一社会信用代码", "text_only": True, "names": ("name", "former_name"), "place": "town"
}  # fmt: skip
FIGURES = ["output", "revenue", "value_added", "profit", "tax", "staff"]
FIGURE_TITLES = {
    "enterprise": CODE_TITLES,
    "output": ("总产值", "产值", "工业产值"),
    "value_added": ("增加值", "规上工业增加值"),
    "profit": ("利润",),
    "tax": ("税收", "评价税收合计"),
    "staff": ("平均职工数", "职工人数", "平均用工人数", "从业人员平均人数"),
    "energy": ("能耗", "综合能源消费量", "能源消费量"),
    "power": ("电量",),
    "rd_expense": ("研发费", "研究开发费用", "R&D经费"),
    "discharge": ("污染物排放量", "主要污染物"),
}


def company():
    """Return the column with the enterprise's name: for people, compared with the present and the former name."""
    return Companion(
        reference="enterprise", name="name", formerly="former_name", title="企业名称", widget=CellWidget(), aliases=NAME_TITLES
    )


class EnterpriseResource(LedgerResource):
    references = {"town": TOWN, "platform": PLATFORM, "industry": {"by": ("name", "code")}}
    codes = {"credit_code": {"text_only": True}, "gb_code": {"letter": "门类字母"}}
    aliases = {
        "credit_code": CODE_TITLES,
        "name": NAME_TITLES,
        "town": TOWN_TITLES,
        "platform": ("所属平台", "所在平台", "园区"),
        "industry": ("所属产业",),
    }

    alike = ("name",)

    class Meta:
        model = Enterprise
        fields = [
            "credit_code", "name", "former_name", "scale", "state", "town", "platform", "industry", "gb_code", "founded_on",
            "address", "contact",
        ]  # fmt: skip
        import_id_fields = ["credit_code"]


class YearlyFactResource(LedgerResource):
    enterprise__name = company()
    references = {"enterprise": BY_CREDIT_CODE}
    aliases = {**FIGURE_TITLES, "year": ("年度", "数据年份", "所属年度", "所属年份", "统计年度")}
    units = {"staff": "人"}
    totals = against_last_year = (*FIGURES, "rd_expense", "energy", "power", "discharge")

    class Meta:
        model = YearlyFact
        fields = ["enterprise", "enterprise__name", "year", "scale", *FIGURES, "rd_expense", "energy", "power", "discharge"]
        import_id_fields = ["enterprise", "year"]

    def complete(self, record):
        """A department's sheet has no 规模: a new year starts with what the enterprise ledger says."""
        if not record.scale:
            record.scale = record.enterprise.scale
            yield "scale", f"取自企业台账：{record.get_scale_display()}"


class MonthlyFactResource(LedgerResource):
    enterprise__name = company()
    references = {"enterprise": BY_CREDIT_CODE}
    aliases = {**FIGURE_TITLES, "year": ("年度",), "month": ("月", "累计月份", "截至月份")}
    units = {"staff": "人"}
    totals = against_last_year = (*FIGURES, "energy", "power")
    cumulative = ("output", "revenue", "value_added", "tax", "energy", "power")

    class Meta:
        model = MonthlyFact
        fields = ["enterprise", "enterprise__name", "year", "month", *FIGURES, "energy", "power"]
        import_id_fields = ["enterprise", "year", "month"]


class LandOccupationResource(LedgerResource):
    enterprise__name = company()
    references = {"enterprise": BY_CREDIT_CODE, "parcel": {"by": ("code",), "title": "宗地编号"}}
    aliases = {"enterprise": CODE_TITLES, "parcel": ("宗地号", "地块编号"), "kind": ("使用方式",), "area": ("用地面积", "占用面积")}
    ends = ("end",)

    class Meta:
        model = LandOccupation
        fields = ["enterprise", "enterprise__name", "parcel", "kind", "start", "end", "area"]
        import_id_fields = ["enterprise", "parcel", "kind", "start"]
