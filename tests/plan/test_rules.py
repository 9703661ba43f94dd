"""The plan's self-check: verdicts come from formulas and move with the figures (plan tables 1-7, domain 6.1)."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from apps.plan.rules import CHECKS, Cell, Verdict, judge, number, places
from apps.plan.rules.formulas import INDUSTRIES

DATA = Path(__file__).parents[2] / "apps/plan/data"
AGREES, DIFFERS, OPEN = Verdict.AGREES, Verdict.DIFFERS, Verdict.OPEN

# domain 6.1, A1-A9 and A12-A14: what the plan prints, what its own figures give.
GOLDEN = {
    Cell("表1", "智能家居", "亩均产值"): ("335", "334"),
    Cell("表1", "信息技术", "亩均产值"): ("422", "426"),
    Cell("表1", "其他产业", "亩均产值"): ("406", "405"),
    Cell("表2", "丽缙园", "规上亩均产值"): ("367", "377"),
    Cell("表2", "壶镇镇", "规上亩均产值"): ("557", "553"),
    Cell("表2", "东方镇", "规上亩均产值"): ("709", "719"),
    Cell("表2", "新建镇", "规上亩均产值"): ("266", "256"),
    Cell("表2", "东渡镇", "规上亩均产值"): ("306", "296"),
    Cell("表2", "舒洪镇", "规上亩均产值"): ("325", "309"),
    Cell("表4", "亩均产出现状", "智能家居"): ("335", "334"),
    Cell("表4", "亩均产出现状", "信息技术"): ("422", "426"),
    Cell("表4", "亩均产出现状", "其他产业"): ("406", "405"),
    Cell("表5", "高铁3", "规划红线面积"): ("1118.9", "1118.7"),
    Cell("表5", "姓汪2", "规划红线面积"): ("1352.8", "1352.9"),
    Cell("表5", "总计", "规划红线面积"): ("8256.8", "8256.7"),
}


@pytest.fixture(scope="module")
def printed():
    found = {}
    for name in [f"table{place}" for place in range(1, 8)] + ["targets"]:
        with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                cell = Cell(row["table"], row["row"], row["column"])
                assert cell not in found
                found[cell] = row["printed"]
    return found


@pytest.fixture(scope="module")
def findings(printed):
    return judge(printed, CHECKS)


def test_exactly_fifteen_cells_differ(printed, findings):
    differing = {cell: (printed[cell], finding.recomputed) for cell, finding in findings.items() if finding.verdict == DIFFERS}
    assert differing == GOLDEN


def test_every_place_a_formula_names_is_printed(printed):
    named = {cell for check in CHECKS for cell in (check.target, *check.operands)}
    assert named - set(printed) == set()


def test_the_tables_are_whole(printed):
    sizes = {}
    for cell in printed:
        sizes[cell.table] = sizes.get(cell.table, 0) + 1
    assert sizes == {"表1": 7 * 4, "表2": 9 * 4, "表3": 7 * 6, "表4": 12 * 7, "表5": 10 * 7, "表6": 6 * 5 + 4, "表7": 23 * 2, "目标": 46}


# Domain 5.10: per industry Δ1, y1, land1, Δ2, y2, land2, total; the county's row are sums and quotients of sums.
FORECAST = {
    "现代装备": ("23.4", "650", "360", "200", "975", "2051", "2411"),
    "健康医疗": ("72.5", "700", "1036", "180", "1050", "1714", "2750"),
    "智能家居": ("68.7", "650", "1057", "230", "975", "2359", "3416"),
    "节能环保": ("76.6", "600", "1277", "120", "900", "1333", "2610"),
    "信息技术": ("54.5", "800", "681", "40", "1200", "333", "1014"),
    "其他产业": ("46", "650", "708", "130", "975", "1333", "2041"),
    "合计": ("341.7", "667.5", "5119", "900", "986.5", "9123", "14242"),
}
FORECAST_ROWS = (
    "2021-2025年新增产值",
    "前五年亩均产出要求",
    "2021-2025年新增土地要求",
    "2026-2035年新增产值",
    "2026-2035年亩均产出要求",
    "2026-2035年新增土地要求",
    "2021-2035年新增工业用地合计",
)


@pytest.mark.parametrize("column", FORECAST)
def test_all_seven_columns_of_table_4_are_reproduced(column, findings):
    recomputed = tuple(findings[Cell("表4", row, column)].recomputed for row in FORECAST_ROWS)
    verdicts = {findings[Cell("表4", row, column)].verdict for row in FORECAST_ROWS}
    assert recomputed == FORECAST[column]
    assert verdicts == {AGREES}


def test_figures_without_a_formula_stay_open(findings):
    open_tables = {cell.table for cell, finding in findings.items() if finding.verdict == OPEN}
    assert open_tables == {"表1", "表2", "表3", "表4", "表5", "表6", "表7", "目标"}
    assert findings[Cell("表1", "现代装备", "用地面积")].verdict == OPEN
    assert {finding.verdict for cell, finding in findings.items() if cell.table == "表7"} == {OPEN}
    assert findings[Cell("表4", "2025年目标", "其他产业")].verdict == OPEN


def test_a_total_with_two_formulas_fails_when_one_fails(findings):
    finding = findings[Cell("表5", "总计", "规划红线面积")]
    assert finding.formula == "农用地面积（不包括林地） ＋ 建设用地 ＋ 林地、及未利用地；各行“规划红线面积”之和"
    assert finding.working == "5642.1 ＋ 885.1 ＋ 1729.5 ＝ 8256.7"


def checkable():
    return list(dict.fromkeys(check.target for check in CHECKS))


@pytest.mark.parametrize("cell", checkable(), ids=lambda cell: "-".join(cell))
def test_changing_a_figure_moves_its_own_verdict_and_its_dependents_only(cell, printed, findings):
    value = number(printed[cell])
    changed = {**printed, cell: str(value + 3 * Decimal(1).scaleb(-places(value)))}
    after = judge(changed, CHECKS)
    dependents = {check.target for check in CHECKS if cell in check.operands}
    moved = {place for place in printed if after[place].verdict != findings[place].verdict}

    assert after[cell].verdict == DIFFERS
    assert moved <= dependents | {cell}
    exact = {check.target for check in CHECKS if cell in check.operands and not check.operation.rounded}
    assert {place for place in exact if findings[place].verdict == AGREES} <= moved


@pytest.mark.parametrize("cell", [cell for check in CHECKS if check.operation.rounded for cell in check.operands])
def test_a_large_change_of_an_input_moves_the_quotients_made_of_it(cell, printed, findings):
    after = judge({**printed, cell: str(number(printed[cell]) * 2)}, CHECKS)
    quotients = {check.target for check in CHECKS if cell in check.operands and check.operation.rounded}
    assert {after[place].verdict for place in quotients} == {DIFFERS}


def test_quotients_are_rounded_half_up_and_sums_are_exact(printed):
    half = {**printed, Cell("表1", "节能环保", "2020年产值"): "3.3935"}  # 308.5 rounds up to 309
    assert judge(half, CHECKS)[Cell("表1", "节能环保", "亩均产值")].verdict == AGREES
    below = {**printed, Cell("表1", "节能环保", "2020年产值"): "3.39349"}
    assert judge(below, CHECKS)[Cell("表1", "节能环保", "亩均产值")].recomputed == "308"
    almost = {**printed, Cell("表5", "西山沿", "建设用地"): "36.7"}  # 761.2 is not 761, though it rounds to it
    assert judge(almost, CHECKS)[Cell("表5", "西山沿", "规划红线面积")].verdict == DIFFERS


def test_what_cannot_be_computed_is_open_and_never_an_error(printed):
    without = {**printed, Cell("表1", "现代装备", "用地面积"): "0"}
    assert judge(without, CHECKS)[Cell("表1", "现代装备", "亩均产值")].verdict == OPEN
    words = {**printed, Cell("表1", "现代装备", "用地面积"): "—"}
    assert judge(words, CHECKS)[Cell("表1", "现代装备", "亩均产值")].verdict == OPEN
    alone = {Cell("表1", "现代装备", "亩均产值"): "546"}
    assert [finding.verdict for finding in judge(alone, CHECKS).values()] == [OPEN]


def test_the_six_industries_are_checked_in_both_tables():
    targets = set(checkable())
    assert {Cell("表1", name, "亩均产值") for name in INDUSTRIES} | {Cell("表4", "亩均产出现状", name) for name in INDUSTRIES} <= targets
