"""What the pages show of a method and of a run, ready for the templates."""

from apps.grading import charts, wording
from apps.grading.choices import BASES
from apps.grading.rules.method import GRADES, GROUP_RATIO, ZERO_SCORE
from apps.grading.rules.record import number


def described(method):
    """Return every value of a method in words with the source it rests on."""
    floor = method.floor
    fallen = f"{wording.formula(floor)}低于 {floor.below.value} {floor.formula.unit} 的直接定为 D 档，不占 D 档比例"
    return {
        "code": method.code,
        "label": method.label,
        "summary": method.summary,
        "groups": [_group(group) for group in method.groups.values()],
        "sources": [_ground(source) for source in method.sources],
        "rules": [(floor.name, _entry(fallen, floor.below)), ("同分", _entry("同名次，取较好档次，下一名次顺延", method.ties))],
    }


def spread(run, group, rows):
    """Return how one group of a run is spread. rows: (grade, grade by score, total) of the enterprises a person may see."""
    kept = run.groups[group.code]
    steps = charts.bins([(grade, total) for grade, _, total in rows if total is not None])
    size = sum(step["all"] for step in steps)
    return {
        "code": group.code,
        "name": group.name,
        "size": size,
        "excluded": len(rows) - size,
        "grades": [_line(grade, rows, size, kept["cuts"]) for grade in GRADES],
        "steps": steps,
        "chart": f"spread-{group.code}",
        "title": f"{group.name}企业总分分布",
        "option": charts.distribution(steps, kept["cuts"]),
        "benchmarks": [
            (
                f"{indicator.code} {indicator.name}",
                wording.ratio(number(kept["benchmarks"][indicator.code]["value"]), indicator.formula.unit),
            )
            for indicator in group.indicators
        ],
    }


def _line(grade, rows, size, cuts):
    """Return one grade's count, share of the graded, how many the floor put there, and the lowest total by rank."""
    count = sum(row[0] == grade for row in rows)
    moved = sum(row[0] == grade != row[1] for row in rows)
    return {"grade": grade, "count": count, "share": count * 100 / size if size else None, "moved": moved, "cut": number(cuts.get(grade))}


def _group(group):
    cap = f"权重的 {group.cap.value} 倍" if group.cap.value else "不封顶"
    quotas = " / ".join(f"{grade} {share}%" for grade, share in zip(GRADES, group.quotas.value, strict=True))
    return {
        "name": group.name,
        "indicators": [_indicator(indicator) for indicator in group.indicators],
        "rules": [("单项封顶", _entry(cap, group.cap)), ("各档比例", _entry(quotas, group.quotas))],
    }


def _indicator(indicator):
    benchmark = "本组合计之比" if indicator.benchmark.value == GROUP_RATIO else f"{indicator.benchmark.value}"
    missing = "计 0 分" if indicator.missing.value == ZERO_SCORE else "取本组平均得分"
    return {
        "code": indicator.code,
        "name": indicator.name,
        "formula": wording.formula(indicator),
        "unit": indicator.formula.unit,
        "values": [
            ("权重", _entry(f"{indicator.weight.value}", indicator.weight)),
            ("基准值", _entry(benchmark, indicator.benchmark)),
            ("缺数据时", _entry(missing, indicator.missing)),
        ],
    }


def _entry(text, sourced):
    return {"text": text, **_ground(sourced.source)}


def _ground(source):
    label, tone = BASES[source.basis]
    return {"basis": label, "tone": tone, "source": source.text}
