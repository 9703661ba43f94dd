"""The formulas of the plan's tables as data: what is computed from what (plan tables 1-6, domain 5.10).

Figures no formula stands for (what was counted or measured, table 7, most targets) are not named here: they cannot
be checked from the plan itself. Where a number is printed again later, the later place is judged by the earlier one.
"""

from dataclasses import dataclass

from apps.plan.rules.checks import DIFFERENCE, PER_MU, RAISED, SAME, SUM, Cell, Check, Operation

INDUSTRIES = ("现代装备", "健康医疗", "智能家居", "节能环保", "信息技术", "其他产业")
PLACES = ("丽缙园", "开发区", "壶镇镇", "东方镇", "新建镇", "东渡镇", "舒洪镇", "五云街道")
LIJIN_BLOCKS = ("高铁1", "高铁2", "高铁3", "高铁4", "西山沿", "姓汪1", "姓汪2", "姓汪3", "前杨")
ZONE_BLOCKS = ("红狮区块", "洋山区块", "三都区块", "新西村区块", "宅基区块", "雅施区块")
PARKS_OF_PLACES = {
    "浙江丽缙五金科技产业园": "丽缙园",
    "浙江缙云经济开发区": "开发区",
    "壶镇工业园": "壶镇镇",
    "东方工业功能区": "东方镇",
    "新建镇洋山工业功能区": "新建镇",
    "东渡镇五东工业功能区": "东渡镇",
    "舒洪镇螺蛳岩工业功能区": "舒洪镇",
}


@dataclass(frozen=True)
class Sheet:
    """A printed table: its items (what a total adds up) and the name of the total.

    Table 4 prints the items as columns and the measures as rows; the others the other way round.
    """

    name: str
    items: tuple[str, ...] = ()
    total: str = ""
    items_in_columns: bool = False

    @property
    def everything(self):
        return (*self.items, self.total)

    def at(self, item, measure):
        return Cell(self.name, measure, item) if self.items_in_columns else Cell(self.name, item, measure)


TABLE_1 = Sheet("表1", INDUSTRIES, "合计")
TABLE_2 = Sheet("表2", PLACES, "合计")
TABLE_3 = Sheet("表3")
TABLE_4 = Sheet("表4", INDUSTRIES, "合计", items_in_columns=True)
TABLE_5 = Sheet("表5", LIJIN_BLOCKS, "总计")
TABLE_6 = Sheet("表6", ZONE_BLOCKS, "合计")
TARGETS = Sheet("目标")


@dataclass(frozen=True)
class Formula:
    """`measure` of every item in `items` is `operation` over other measures of the same item, or over fixed cells."""

    sheet: Sheet
    items: tuple[str, ...]
    measure: str
    operation: Operation
    operands: tuple[str | Cell, ...]

    def checks(self):
        words = self.operation.write([operand.row if isinstance(operand, Cell) else operand for operand in self.operands])
        for item in self.items:
            cells = tuple(operand if isinstance(operand, Cell) else self.sheet.at(item, operand) for operand in self.operands)
            yield Check(self.sheet.at(item, self.measure), self.operation, cells, words)


@dataclass(frozen=True)
class Total:
    """The totals of `measures` are the sums of the printed items, rounded as they are printed."""

    sheet: Sheet
    measures: tuple[str, ...]

    def checks(self):
        for measure in self.measures:
            cells = tuple(self.sheet.at(item, measure) for item in self.sheet.items)
            yield Check(
                self.sheet.at(self.sheet.total, measure), SUM, cells, f"各{'列' if self.sheet.items_in_columns else '行'}“{measure}”之和"
            )


@dataclass(frozen=True)
class Again:
    """A number printed before: `items` maps an item of the later place to the item of the earlier one."""

    sheet: Sheet
    measure: str
    earlier: Sheet
    earlier_measure: str
    items: dict[str, str]

    def checks(self):
        for item, earlier_item in self.items.items():
            source = self.earlier.at(earlier_item, self.earlier_measure)
            words = f"{source.table}“{source.row}”“{source.column}”"
            yield Check(self.sheet.at(item, self.measure), SAME, (source,), words)


SAME_INDUSTRY = {name: name for name in TABLE_1.everything}
ONLY_TOTAL = {"合计": "合计"}
NEW_OUTPUT = ("2021-2025年新增产值", "2026-2035年新增产值")
NEW_LAND = ("2021-2025年新增土地要求", "2026-2035年新增土地要求")
RISE = Cell("目标", "亩均产出要求提升", "“十四五”末至2035年")
PER_MU_REQUIRED = ("前五年亩均产出要求", "2026-2035年亩均产出要求")

FORMULAS = (
    # Table 1
    Formula(TABLE_1, TABLE_1.everything, "亩均产值", PER_MU, ("2020年产值", "用地面积")),
    Total(TABLE_1, ("规上企业数", "2020年产值", "用地面积")),
    # Table 2
    Formula(TABLE_2, TABLE_2.everything, "规上亩均产值", PER_MU, ("规上工业产值", "规上企业用地")),
    Total(TABLE_2, ("规上企业数", "规上工业产值", "规上企业用地")),
    Again(TABLE_2, "规上企业数", TABLE_1, "规上企业数", ONLY_TOTAL),
    Again(TABLE_2, "规上工业产值", TABLE_1, "2020年产值", ONLY_TOTAL),
    Again(TABLE_2, "规上企业用地", TABLE_1, "用地面积", ONLY_TOTAL),
    # Table 3
    Again(TABLE_3, "规上工业产值", TABLE_2, "规上工业产值", PARKS_OF_PLACES),
    # Table 4: per industry; the county's requirements are quotients of the county's sums (domain 5.10)
    Again(TABLE_4, "2020年产值", TABLE_1, "2020年产值", SAME_INDUSTRY),
    Again(TABLE_4, "土地占用现状", TABLE_1, "用地面积", SAME_INDUSTRY),
    *(
        Again(TABLE_4, f"{year}目标", TARGETS, year, {name: f"{name}规上产值" for name in INDUSTRIES[:-1]} | {"合计": "规上产值"})
        for year in ("2025年", "2035年")
    ),
    Again(TABLE_4, PER_MU_REQUIRED[0], TARGETS, "“十四五”期间", {name: f"{name}亩均产出" for name in INDUSTRIES}),
    Formula(TABLE_4, TABLE_4.everything, NEW_OUTPUT[0], DIFFERENCE, ("2025年目标", "2020年产值")),
    Formula(TABLE_4, TABLE_4.everything, NEW_OUTPUT[1], DIFFERENCE, ("2035年目标", "2025年目标")),
    Formula(TABLE_4, TABLE_4.everything, "亩均产出现状", PER_MU, ("2020年产值", "土地占用现状")),
    Formula(TABLE_4, INDUSTRIES, NEW_LAND[0], PER_MU, (NEW_OUTPUT[0], PER_MU_REQUIRED[0])),
    Formula(TABLE_4, INDUSTRIES, NEW_LAND[1], PER_MU, (NEW_OUTPUT[1], PER_MU_REQUIRED[1])),
    Formula(TABLE_4, INDUSTRIES, PER_MU_REQUIRED[1], RAISED, (PER_MU_REQUIRED[0], RISE)),
    Formula(TABLE_4, ("合计",), PER_MU_REQUIRED[0], PER_MU, (NEW_OUTPUT[0], NEW_LAND[0])),
    Formula(TABLE_4, ("合计",), PER_MU_REQUIRED[1], PER_MU, (NEW_OUTPUT[1], NEW_LAND[1])),
    Formula(TABLE_4, TABLE_4.everything, "2021-2035年新增工业用地合计", SUM, NEW_LAND),
    Total(TABLE_4, ("2020年产值", "2025年目标", "2035年目标", "土地占用现状", *NEW_OUTPUT, *NEW_LAND, "2021-2035年新增工业用地合计")),
    # Table 5: a block's boundary is the sum of what lies in it; judged at the boundary
    Formula(TABLE_5, TABLE_5.everything, "规划红线面积", SUM, ("农用地面积（不包括林地）", "建设用地", "林地、及未利用地")),
    Formula(TABLE_5, TABLE_5.everything, "可开发面积", DIFFERENCE, ("规划红线面积", "已供应用地")),
    Total(
        TABLE_5,
        ("规划红线面积", "农用地面积（不包括林地）", "建设用地", "林地、及未利用地", "拆迁建筑面积", "已供应用地", "可开发面积"),
    ),
    # Table 6
    Total(TABLE_6, ("面积", "用地调整面积", "需新增城镇建设用地", "永久基本农田面积")),
    # Targets (§5.1, §5.2)
    Again(TARGETS, "“十四五”期间", TABLE_4, NEW_LAND[0], {"需新增发展空间": "合计"}),
    Again(TARGETS, "至2035年", TABLE_4, "2021-2035年新增工业用地合计", {"需新增发展空间": "合计"}),
    Formula(TARGETS, ("丽缙园整合提升面积",), "合计", SUM, ("原范围", "区域一", "区域二", "区域三", "区块四")),
    Formula(TARGETS, ("开发区整合提升面积",), "合计", SUM, ("已核准开发区", "连片区域", "五东南部区块", "螺蛳岩及北拓区块")),
)

CHECKS = tuple(check for formula in FORMULAS for check in formula.checks())
