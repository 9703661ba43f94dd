from apps.core.numbers import half_up


def totals(matrix):
    """Return the ECharts option of the totals: one bar per unit, in the order of the ranking."""
    rows = [row for section in matrix.sections for row in section.ranked]
    return {
        "grid": {"left": 8, "right": 48, "top": 8, "bottom": 8, "containLabel": True},
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "value", "name": "分"},
        "yAxis": {"type": "category", "inverse": True, "data": [row.unit.name for row in rows]},
        "series": [
            {
                "name": "总分",
                "type": "bar",
                "label": {"show": True, "position": "right"},
                "itemStyle": {"color": "#1f5fa8"},
                "data": [half_up(row.standing.total, 2) for row in rows],
            }
        ],
    }
