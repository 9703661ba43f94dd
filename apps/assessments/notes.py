"""The scheme in words: what stands under the matrix and on the notes sheet of the workbook."""

from apps.assessments.choices import PERIODS, Direction, Feed, Method, Missing
from apps.assessments.selectors import indicators_of
from apps.core.numbers import half_up

MISSING = {
    Missing.SPREAD: "无数据不按 0 分计：其权重按比例分摊到同类其他指标。",
    Missing.AVERAGE: "无数据不按 0 分计：按组内有数据单位的平均得分率计分；全组无数据时权重分摊。",
}


def title(round):
    """Return the title of the round's tables."""
    return f"{round.scheme.name}{PERIODS[round.quarter]}评分表"


def percent(share):
    return f"{half_up(share * 100, 1).normalize():f}%"


def formula(indicator):
    """Say how an indicator's value becomes points."""
    if indicator.method == Method.RANK:
        order = "由低到高" if indicator.direction == Direction.LOWER else "由高到低"
        return f"组内按完成值{order}排位，第1名得满分，每降一位少得权重的{percent(indicator.step)}，并列同分，下一位次空出。"
    if indicator.method == Method.POINTS:
        return f"按认定分值计，最多{indicator.weight.normalize():f}分；没有认定的为 0 分。"
    share = "目标÷完成" if indicator.direction == Direction.LOWER else "完成÷目标"
    return f"权重×完成率（{share}），完成率最低按 0、最高按{percent(indicator.cap)}计。"


def missing(indicator):
    return "—" if indicator.is_points else MISSING[indicator.missing]


def source(indicator):
    """Name the office and, where a ledger supplies the value, the ledger figure."""
    return f"{indicator.office}；台账自动取数：{Feed(indicator.feed).label}" if indicator.feed else f"{indicator.office}；人工填报，附佐证"


def general(round):
    """Return the rules that hold for the whole table, one sentence each."""
    scheme = round.scheme
    pace = "、".join(f"{step}%" for step in scheme.pace)
    return [
        f"数据为{round.period}；目标按序时进度计：四个季度末分别为全年目标的{pace}，比率类指标各季相同。",
        f"总分＝结果分×{percent(scheme.result_share)}＋过程分×{percent(1 - scheme.result_share)}＋加分－扣分；"
        "结果、过程各为百分制，按未舍入的数计算和排名。",
        "排名在组内进行；同分并列，下一名次空出（1、2、2、4）。",
        "“—”表示无数据，不等于 0；无数据指标的权重处理见各指标说明，所示得分已含分摊。",
        f"亮灯按综合完成率（有目标的结果指标按权重加总，每项最多计100%）：不低于{percent(scheme.green_from)}绿灯，"
        f"不低于{percent(scheme.yellow_from)}黄灯，以下红灯，无数据灰灯。",
        "合计行只计目标与完成都有数据的单位；完成率由合计数相除得出，不取平均。",
    ]


def lines(round, user):
    """Return one line per indicator: (indicator, formula, source, missing rule)."""
    return [(indicator, formula(indicator), source(indicator), missing(indicator)) for indicator in indicators_of(round, user)]
