"""How one enterprise came to its grade: the document behind the trace page and the command."""

from apps.grading import wording
from apps.grading.rules.record import number

RULES = {
    "population": "评价对象",
    "exclusion": "不定等级",
    "score": "单项计分",
    "quota": "按得分排名定档",
    "floor": "保底线",
}


def trace(result):
    """Return the working of one GradeResult: numbers as Decimals with six decimals, beside them the same in words.

    Everything comes from the run: figures, method and constants as they were then.
    """
    run, method, firm = result.run, result.run.method, result.enterprise
    group = method.groups[result.group]
    return {
        "credit_code": firm.credit_code,
        "name": firm.name,
        "year": run.year,
        "run": run.pk,
        "published": run.published_at is not None,
        "method": run.method_code,
        "method_name": method.label,
        "cutoff": run.cutoff,
        "group": group.name,
        "figures": result.figures,
        "excluded": result.get_excluded_display() if result.excluded else None,
        "indicators": _indicators(result, group),
        "total": result.total,
        "rank": result.rank,
        "n": result.size,
        "grade_by_score": result.by_score or None,
        "rules": [{**step, "name": RULES[step["rule"]], "effect": wording.effect(step, result, method)} for step in result.trail],
        "floor": wording.floor_kept(result, method),
        "grade": result.grade,
        "why": wording.why(result, method),
    }


def _indicators(result, group):
    """Return the lines of the working; an enterprise without a grade was not scored and has none."""
    if result.excluded:
        return []
    return [_indicator(indicator, score, result, group) for indicator, score in zip(group.indicators, result.scores, strict=True)]


def _indicator(indicator, score, result, group):
    """Return one line of the working. score: what the run kept of it."""
    mark = result.run.groups[result.group]["benchmarks"][indicator.code]
    value = number(score["value"])
    return {
        "code": indicator.code,
        "name": indicator.name,
        "formula": wording.formula(indicator),
        "unit": indicator.formula.unit,
        "calculation": wording.calculation(indicator, result.figures, value),
        "value": value,
        "benchmark": number(mark["value"]),
        "benchmark_text": wording.ratio(number(mark["value"]), indicator.formula.unit),
        "benchmark_origin": wording.benchmark_origin(indicator, {name: number(text) for name, text in mark.items()}),
        "weight": indicator.weight.value,
        "most": group.cap.value and group.cap.value * indicator.weight.value,
        "score": number(score["score"]),
        "capped": score["capped"],
        "flag": wording.flag(indicator, score["flag"]),
    }
