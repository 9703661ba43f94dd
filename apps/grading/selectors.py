"""Reads: what goes into an evaluation, and what people see of one."""

from decimal import Decimal

from django.db.models import Count

from apps.core import clock
from apps.core.errors import Refused
from apps.core.fields import Whole, places
from apps.enterprises.models import YearlyFact
from apps.enterprises.selectors import AREA, whole_land
from apps.grading.choices import Grade
from apps.grading.models import CurrentRun, GradeResult, GradingRun
from apps.grading.rules.figures import FIGURES, Firm, scaled
from apps.ledger.measures import Figure, Ratio, totals_of

REPORTED = [YearlyFact._meta.get_field(name) for name in FIGURES if name != "land"]
FIELDS = {field.name: field for field in REPORTED} | {"land": AREA}
UNITS = {name: scaled(Decimal(1).scaleb(-places(field))) for name, field in FIELDS.items()}

MEASURES = [
    Figure("tax", "评价税收", "万元"),
    Figure("land", "用地面积", "亩"),
    Ratio("tax_per_mu", "亩均税收", "万元/亩", top="tax", bottom="land"),
    Ratio("value_added_per_mu", "亩均增加值", "万元/亩", top="value_added", bottom="land"),
    Ratio("revenue_per_mu", "亩均营业收入", "万元/亩", top="revenue", bottom="land"),
]


def inputs_of(year):
    """Return the year's population as Firms: every enterprise in the ledger with figures of that year, in its group of then.

    Two reads; whoever changes a row between them queues the next recalculation with it.
    """
    rows = YearlyFact.objects.live().filter(year=year, enterprise__archived_at__isnull=True).order_by()
    rows = rows.values_list("enterprise_id", "enterprise__credit_code", "scale", *map(Whole, REPORTED))
    land = whole_land(clock.year_end(year))
    return [Firm(key, code, group, _figures((*reported, land.get(key)))) for key, code, group, *reported in rows]


def _figures(numbers):
    """Return the scaled figures of numbers in the order of UNITS: whole numbers of the field's last place each."""
    return {name: None if number is None else number * unit for (name, unit), number in zip(UNITS.items(), numbers, strict=True)}


def years():
    """Return the data years that were evaluated, newest first."""
    return list(CurrentRun.objects.values_list("year", flat=True))


def current_run(year):
    """Return the run people look at for `year`, None where there is none."""
    pointer = CurrentRun.objects.filter(year=year).select_related("run__created_by").first()
    return pointer.run if pointer else None


def run_of(year, number=None, user=None):
    """Return run `number` of `year`, or the current one; raise Refused where there is none."""
    run = GradingRun.objects.read_by(user).filter(pk=number, year=year).first() if number is not None else current_run(year)
    if run is None:
        raise Refused(f"{year}年没有第 {number} 号运算。" if number is not None else f"{year}年尚未评价，没有结果。")
    return run


def results(user, run):
    """Return the results of `run` this person may see."""
    rows = GradeResult.objects.visible_to(user).filter(run=run)
    return rows.select_related("run", "enterprise__platform", "enterprise__town", "enterprise__industry")


def result_of(user, run, credit_code):
    """Return one visible result; raise Refused where the enterprise is unknown, out of scope or not part of the run."""
    result = results(user, run).filter(enterprise__credit_code=credit_code).first()
    if result is None:
        raise Refused(f"{run.year}年评价结果中没有代码为 {credit_code} 的企业，或不在您的范围内。")
    result.run = run
    return result


def grade_of(enterprise, year, user=None):
    """Return the published result of `enterprise` for `year`, None while nothing is published.

    The only way other apps see a grade; trial runs never come out here. A page says for which `user`.
    """
    published = GradeResult.objects.read_by(user).filter(enterprise=enterprise, run__year=year, run__published_at__isnull=False)
    return published.select_related("run").order_by("-run__published_at", "-run").first()


def grades_shown(user, enterprise):
    """Return the results of `enterprise` this person may be shown, newest year first.

    Who takes part in the evaluation sees each year's current run, trial or not; others only what is published.
    """
    if user.may("read", "grading"):
        rows = GradeResult.objects.visible_to(user).filter(enterprise=enterprise, run__in=CurrentRun.objects.values("run"))
        return list(rows.select_related("run").order_by("-run__year"))
    return [result for year in years() if (result := grade_of(enterprise, year, user))]


def totals(rows):
    """Return [(label, value, decimals)] over results: enterprises by grade, sums, ratios from sums of what is known on both sides."""
    number, sums = totals_of(rows, MEASURES)
    grades = dict(rows.order_by().values_list("grade").annotate(Count("pk")))
    lines = [("企业（家）", number, 0), *((f"{grade} 档（家）", grades.get(grade, 0), 0) for grade in Grade.values)]
    return lines + [(measure.title, total, measure.places) for measure, total in sums.items()]
