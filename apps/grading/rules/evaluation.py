"""The evaluation of one year: who takes part, points, rank, grade by quota, floor. The order is that of domain 1.6."""

from dataclasses import dataclass, field

from apps.grading.rules import exact, scoring
from apps.grading.rules.method import GRADES, NOT_GRADED


@dataclass(slots=True)
class Result:
    """What became of one enterprise. total: exact pair; trail: (rule, grade before, grade after) in the order applied."""

    firm: object
    excluded: str = ""
    scores: list = field(default_factory=list)
    total: tuple | None = None
    rank: int | None = None
    size: int | None = None
    by_score: str = ""
    grade: str = NOT_GRADED
    trail: list = field(default_factory=list)


@dataclass
class Outcome:
    """results: one per enterprise, by credit code; constants: group code -> scoring.Constants."""

    results: list
    constants: dict


def grade_of_rank(rank, size, quotas):
    """Return the grade of a rank by its share rank/size; upper bounds are inclusive, compared as whole numbers.

    quotas: percents of A, B, C, D. 120 firms under 20/45/30/5 give 24/54/36/6 (Chaohu 2021, domain 1.6).
    """
    upper = 0
    for grade, share in zip(GRADES, quotas, strict=True):
        upper += share
        if rank * 100 <= size * upper:
            return grade
    raise ValueError(f"rank {rank} of {size}")


def evaluate(method, firms):
    """Return the Outcome of `method` for a year's population (iterable of Firm)."""
    results = []
    for firm in sorted(firms, key=lambda firm: firm.credit_code):
        reason = scoring.exclusion(firm.figures)
        result = Result(firm, excluded=reason, trail=[("population", "", "")])
        if reason:
            result.trail.append(("exclusion", "", NOT_GRADED))
        results.append(result)
    constants = {}
    for group in method.groups.values():
        members = [result for result in results if not result.excluded and result.firm.group == group.code]
        constants[group.code] = _grade_group(group, members, method.floor)
    return Outcome(results, constants)


def _grade_group(group, members, floor):
    """Fill in the results of one group's participants and return the group's Constants."""
    fixed = scoring.constants(group, [result.firm.figures for result in members])
    for result in members:
        result.scores = scoring.scores(group, result.firm.figures, fixed)
        result.total = exact.total(item.points for item in result.scores)
    for result, rank in zip(members, exact.positions([result.total for result in members]), strict=True):
        result.rank, result.size = rank, len(members)
        result.by_score = result.grade = grade_of_rank(rank, len(members), group.quotas.value)
        result.trail += [("score", "", ""), ("quota", "", result.grade)]
        if scoring.below_floor(floor, result.firm.figures):
            result.grade = GRADES[-1]
            result.trail.append(("floor", result.by_score, result.grade))
    return fixed
