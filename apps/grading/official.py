"""The publicity sheet of a year's grades (公示表, domain 7.6 item 3): one sheet a group, with the notes of publication."""

from itertools import groupby
from operator import attrgetter
from types import SimpleNamespace

from django.utils import timezone

from apps.core.errors import Refused
from apps.core.numbers import whole_number
from apps.exchange.official import Form, Part, figure, quantity, register, write_table
from apps.grading import selectors, wording
from apps.grading.filters import ResultFilter
from apps.grading.rules.method import GRADES
from apps.grading.rules.record import number
from apps.ledger.choices import Sensitivity
from apps.ledger.filters import WholeNumberFilter
from apps.ledger.measures import Ratio

TRIAL = "（试算，未公布）"
SUPPLIERS = (
    "数据来源：评价税收由税务部门提供，工业增加值、营业收入、综合能耗、职工人数由统计部门提供，用电量由供电公司提供，"
    "排放量由生态环境部门提供，研发费用由科技、统计部门提供，用地面积由自然资源和规划部门核定。"
)
OBJECTION = "对结果有异议的，请在公示期内以书面形式（加盖公章）并附依据，向所在乡镇（街道）或平台提出，逾期视为无异议。联系电话见上。"
INTERNAL = "本表为试算结果，尚未公布，仅供核对，不得对外公示。"
LEAD = (
    Part("企业名称", "enterprise__name", width=28),
    Part("统一社会信用代码", "enterprise__credit_code", "code"),
    Part("所属平台、乡镇（街道）", "enterprise__place", width=13),
    Part("产业", "enterprise__industry", width=12),
    quantity("land", "用地面积（亩）", ""),
    quantity("tax", "评价税收（万元）", ""),
)


class Percent(Ratio):
    """A ratio of two sums, in percent."""

    @staticmethod
    def compute(top, bottom):
        share = Ratio.compute(top, bottom)
        return None if share is None else share * 100


class OfRun(ResultFilter):
    """The results of one run under the conditions of the list of grades."""

    year = WholeNumberFilter(label="数据年度", method="of_year")
    run = None

    def of_year(self, rows, name, value):
        return rows  # the run was chosen by it

    def sentence(self):
        return f"{self.run}运算；{super().sentence()}"


@register
class Publicity(Form):
    """kind `grades` is no ledger: the results of a year's current run, as far as the person's scope reaches."""

    kind = "grades"
    label = "亩均效益综合评价结果公示表"
    each = "家"
    unit = "亩、万元、万元/亩、分"
    parts = LEAD
    instead = "评价结果由系统算出；要改依据的数据，请在“年度数据”用“导出 → Excel 全部列”，改后导入。"

    def select(self, user, params):
        """Return the filter set of the current run of the year asked for, else of the newest one. Raises Refused."""
        if not user.may("read", "grading"):
            raise Refused("您的岗位不查看亩均评价结果，不能导出公示表。")
        asked, known = params.get("year", ""), selectors.years()
        if not known or asked and asked not in map(str, known):
            raise Refused(f"{asked}年尚未评价，没有结果。" if whole_number(asked) is not None else "没有这个年度的评价结果。")
        run = selectors.run_of(int(asked) if asked else known[0], user=user)
        filterset = OfRun(params, queryset=selectors.results(user, run), request=SimpleNamespace(user=user))
        filterset.run = run
        return filterset

    def title(self, filterset, group=""):
        run = filterset.run
        return f"缙云县{run.year}年度{group}工业企业亩均效益综合评价结果公示表{'' if run.published_at else TRIAL}"

    def hidden_from(self, user):
        return frozenset()

    def level(self, filterset, hidden):
        return Sensitivity.PUBLIC if filterset.run.published_at else Sensitivity.INTERNAL

    def write(self, book, filterset, rows, foot, hidden):
        """Write one sheet a group; the rows come group by group."""
        run, count, found = filterset.run, 0, groupby(rows, attrgetter("group"))
        for place, (code, own) in enumerate(found, start=1):
            count += write_table(book, self._table(filterset, run.method.groups[code], f"附件{place}", foot), own)
        if not count:
            write_table(book, self._table(filterset, next(iter(run.method.groups.values())), self.annex, foot), ())
        return count

    def _table(self, filterset, group, annex, foot):
        own = {"annex": annex, "parts": (*LEAD, *indicators(group), *RESULTS), "notes": publication(filterset.run, group)}
        return self.table(group.name, self.title(filterset, group.name), foot, **own)


def indicators(group):
    """Return the columns of a group's indicators: the values, then the scores."""
    values = [figure(_ratio(indicator), group="指标值", width=11) for indicator in group.indicators]
    scores = [
        Part(f"{indicator.name}（{indicator.weight.value}）", _score(place), "number", 2, "得分", width=9)
        for place, indicator in enumerate(group.indicators)
    ]
    return (*values, *scores)


def _ratio(indicator):
    share = indicator.formula.unit == wording.SHARE
    unit = "%" if share else indicator.formula.unit
    places = 2 if share or unit == "万元/亩" else 4
    kind = Percent if share else Ratio
    sides = {"top": indicator.formula.numerator, "bottom": indicator.formula.denominator}
    return kind(indicator.code, indicator.name, unit, places, **sides)


def _score(place):
    return lambda result: None if result.excluded else number(result.scores[place]["score"])


def remark(result):
    """Say why an enterprise has no grade, or not the one of its rank."""
    if result.excluded:
        return result.get_excluded_display()
    return f"低于{result.run.method.floor.name}，由 {result.by_score} 档定为 {result.grade} 档" if result.by_floor else ""


RESULTS = (
    Part("总分", "total", "number", 2, width=9),
    Part("排名", "rank", "whole", width=7),
    Part("评价等级", "grade", "code", width=7),
    Part("备注", remark, width=22),
)


def publication(run, group):
    """Return the notes that stand under a published list (domain 7.6 item 6)."""
    method, weights = run.method, "、".join(f"{one.name} {one.weight.value} 分（{wording.formula(one)}）" for one in group.indicators)
    cap = f"单项最高为权重的 {group.cap.value} 倍，" if group.cap.value else ""
    quotas = "、".join(f"{grade} 档 {share}%" for grade, share in zip(GRADES, group.quotas.value, strict=True))
    floor = f"{wording.formula(method.floor)}低于 {method.floor.below.value} {method.floor.formula.unit} 的直接定为 D 档，不占比例"
    return [
        f"依据：{method.label}。{method.summary}",
        f"指标与权重：{weights}；{cap}最低 0 分。",
        f"档次：同组按总分排名，{quotas}；{floor}。N 为不定等级。",
        SUPPLIERS,
        f"数据年度 {run.year} 年，数据截至 {timezone.localtime(run.cutoff):%Y-%m-%d %H:%M}，结果指纹 {run.output_hash[:16]}。",
        f"{timezone.localtime(run.published_at):%Y-%m-%d} 公布。{OBJECTION}" if run.published_at else INTERNAL,
    ]
