"""A result in words a firm's manager can read: formulas with numbers, what each rule did, and why this grade."""

from decimal import Decimal

from apps.core.numbers import half_up
from apps.grading.choices import FLAGS, Excluded
from apps.grading.rules.figures import FIGURES
from apps.grading.rules.method import GRADES

SHARE = "比值"  # a ratio without a unit, shown in percent


def ratio(value, unit):
    """Write a ratio with its unit: two decimals from 10 upwards, four below; a share in percent."""
    if value is None:
        return "—"
    if unit == SHARE:
        return f"{half_up(value * 100, 2):,}%"
    return f"{half_up(value, 2 if abs(value) >= 10 else 4):,} {unit}"


def figure(name, value):
    """Write a figure with all its digits and its unit: 1,200.00 万元; a dash where there is no data."""
    if value is None:
        return "—"
    value = Decimal(value).normalize()
    places = max(FIGURES[name].places, -value.as_tuple().exponent)
    return f"{value:,.{places}f} {FIGURES[name].unit}"


def formula(indicator):
    """Write the formula in words: 评价税收 ÷ 用地面积."""
    return f"{FIGURES[indicator.formula.numerator].label} ÷ {FIGURES[indicator.formula.denominator].label}"


def calculation(indicator, figures, value):
    """Write the formula in numbers: 1,200.00 万元 ÷ 30.00 亩 = 40.00 万元/亩."""
    upper, lower = indicator.formula.numerator, indicator.formula.denominator
    answer = "无法计算" if value is None else ratio(value, indicator.formula.unit)
    return f"{figure(upper, figures[upper])} ÷ {figure(lower, figures[lower])} = {answer}"


def benchmark_origin(indicator, mark):
    """Say where a benchmark comes from: the printed value, or the group's sums."""
    if mark["numerator"] is None:
        return "办法公布值"
    upper, lower = indicator.formula.numerator, indicator.formula.denominator
    return f"本组合计 {figure(upper, mark['numerator'])} ÷ {figure(lower, mark['denominator'])}"


def flag(indicator, code):
    """Say what was wrong with an indicator's data, "" when nothing was."""
    names = {"numerator": FIGURES[indicator.formula.numerator].label, "denominator": FIGURES[indicator.formula.denominator].label}
    return FLAGS[code].format(**names) if code else ""


def bounds(grade, quotas):
    """Return the shares (percent) between which a grade lies by rank: B under 20/45/30/5 -> (20, 65)."""
    place = GRADES.index(grade)
    return sum(quotas[:place]), sum(quotas[: place + 1])


def standing(result, group):
    """Write the rank: 在规上 211 家中排第 20 名（前 9.48%）."""
    share = half_up(Decimal(result.rank) * 100 / result.size, 2)
    return f"在{group.name} {result.size} 家参评企业中排第 {result.rank} 名（前 {share}%）"


def floor_products(floor, figures):
    """Write the comparison the floor rule makes, by products: 86.44 万元 < 3 × 28.85 亩 = 86.55 万元."""
    upper, lower = floor.formula.numerator, floor.formula.denominator
    limit = floor.below.value * figures[lower]
    sign = "<" if figures[upper] < limit else "≥"
    right = f"{floor.below.value} × {figure(lower, figures[lower])} = {figure(upper, limit)}"
    return f"{FIGURES[upper].label} {figure(upper, figures[upper])} {sign} {right}"


def effect(step, result, method):
    """Say what one applied rule did. step: {"rule", "before", "after"} of the result's trail."""
    group, figures = method.groups[result.group], result.figures
    if step["rule"] == "population":
        return f"有 {result.run.year} 年度数据，列入评价对象，按该年度名单分在{group.name}组。"
    if step["rule"] == "exclusion":
        return f"{Excluded(result.excluded).label}，不参与评价，不定等级。"
    if step["rule"] == "score":
        most = f"，最高为权重的 {group.cap.value} 倍" if group.cap.value else ""
        return f"{len(group.indicators)} 项指标分别计分（指标值 ÷ 基准值 × 权重，最低 0 分{most}），合计 {half_up(result.total, 4)} 分。"
    if step["rule"] == "quota":
        lower, upper = bounds(step["after"], group.quotas.value)
        return f"{standing(result, group)}，{step['after']} 档为 {lower}% 至 {upper}%（含），按得分定为 {step['after']} 档。"
    return f"{floor_products(method.floor, figures)}，低于{method.floor.name}，由 {step['before']} 档直接定为 {step['after']} 档。"


def floor_kept(result, method):
    """Say that the floor rule changed nothing, "" where it was applied or could not be."""
    if result.excluded or result.by_floor:
        return ""
    return f"{method.floor.name}：{floor_products(method.floor, result.figures)}，未低于保底线，等级不变。"


def why(result, method):
    """Say in one or two sentences why the enterprise has its grade."""
    if result.excluded:
        return f"没有定等级，因为{Excluded(result.excluded).label}。数据补齐并重算后参加评价。"
    group = method.groups[result.group]
    if result.by_floor:
        missed = f"没有达到{method.floor.name}：{floor_products(method.floor, result.figures)}"
        always = f"低于保底线的不论得分直接定为 {result.grade} 档"
        return f"定为 {result.grade} 档，因为{missed}；{always}。按得分是 {result.by_score} 档，{standing(result, group)}。"
    lower, upper = bounds(result.grade, group.quotas.value)
    place = f"总分 {half_up(result.total, 4)}，{standing(result, group)}"
    return (
        f"定为 {result.grade} 档，因为{place}；{result.grade} 档为 {lower}% 至 {upper}%（含）。{next_grade(result)}{weakest(result, group)}"
    )


def next_grade(result):
    """Say how far it is to the next better grade, "" for the best."""
    place = GRADES.index(result.grade)
    if place == 0:
        return ""
    better = GRADES[place - 1]
    line = result.run.groups[result.group]["cuts"].get(better)
    return f"{better} 档最低分为 {half_up(Decimal(line), 4)}，相差 {half_up(Decimal(line) - result.total, 4)} 分。" if line else ""


def weakest(result, group):
    """Name the indicator that falls furthest short of its weight, "" for the best grade and where none does."""
    scored = [(line, Decimal(score["score"])) for line, score in zip(group.indicators, result.scores, strict=True)]
    line, points = max(scored, key=lambda pair: pair[0].weight.value - pair[1])
    if points >= line.weight.value or result.grade == GRADES[0]:
        return ""
    return f"失分最多的是{line.name}：得 {half_up(points, 4)} 分，权重 {line.weight.value} 分。"
