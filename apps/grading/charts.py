"""The distribution of totals as a table and as a chart (an ECharts option) with the cut lines."""

from decimal import Decimal

from apps.grading.rules.method import GRADES

STEP = 10  # points a bar spans
COLOURS = {"A": "#1a7f47", "B": "#1f5fa8", "C": "#8a6100", "D": "#b3261e"}


def bins(results):
    """Count results (pairs grade, total) in steps of 10 points: [{"low", "high", "counts": {grade: n}, "all": n}]."""
    counts = {}
    for grade, total in results:
        step = counts.setdefault(int(total // STEP), dict.fromkeys(GRADES, 0))
        step[grade] += 1
    steps = [(step, counts.get(step, dict.fromkeys(GRADES, 0))) for step in range(max(counts, default=-1) + 1)]
    return [{"low": step * STEP, "high": (step + 1) * STEP, "counts": by_grade, "all": sum(by_grade.values())} for step, by_grade in steps]


def distribution(steps, cuts):
    """Return the ECharts option of `bins`, one stacked bar a step. cuts: grade -> lowest total that earned it by rank."""
    lines = [{"xAxis": Decimal(line), "label": {"formatter": f"{grade} ≥ {Decimal(line):.2f}"}} for grade, line in cuts.items() if line]
    series = [
        {
            "name": f"{grade} 档",
            "type": "bar",
            "stack": "grades",
            "barWidth": "92%",
            "itemStyle": {"color": COLOURS[grade]},
            "data": [[step["low"] + STEP / 2, step["counts"][grade]] for step in steps],
        }
        for grade in GRADES
    ]
    series[0]["markLine"] = {"symbol": "none", "silent": True, "lineStyle": {"color": "#1d2733", "type": "dashed"}, "data": lines}
    return {
        "grid": {"left": 48, "right": 24, "top": 56, "bottom": 44},
        "legend": {"top": 0, "left": 0},
        "xAxis": {"type": "value", "name": "总分", "nameLocation": "middle", "nameGap": 26, "min": 0, "max": len(steps) * STEP},
        "yAxis": {"type": "value", "name": "家", "minInterval": 1},
        "series": series,
    }
