"""The evaluation of one year: who takes part, points, rank, grade by quota, floor. The order is that of domain 1.6."""

from dataclasses import dataclass
from operator import attrgetter

from apps.grading.rules import exact, scoring
from apps.grading.rules.method import GRADES, NOT_GRADED

POPULATION, SCORE = ("population", "", ""), ("score", "", "")


@dataclass(slots=True)
class Result:
    """What became of one enterprise. total: exact pair; trail: (rule, grade before, grade after) in the order applied."""

    firm: object
    excluded: str = ""
    scores: list | tuple = ()
    total: tuple | None = None
    rank: int | None = None
    size: int | None = None
    by_score: str = ""
    grade: str = NOT_GRADED
    trail: list | tuple = ()


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
    results, members = [], {code: [] for code in method.groups}
    for firm in sorted(firms, key=attrgetter("credit_code")):
        reason = scoring.exclusion(firm.figures)
        result = Result(firm, reason)
        results.append(result)
        if reason:
            result.trail = [POPULATION, ("exclusion", "", NOT_GRADED)]
        else:
            members[firm.group].append(result)
    constants = {group.code: _grade_group(group, members[group.code], method.floor) for group in method.groups.values()}
    return Outcome(results, constants)


def _grade_group(group, members, floor):
    """Fill in the results of one group's participants and return the group's Constants."""
    fixed = scoring.constants(group, [result.firm.figures for result in members])
    scorers, size, quotas = scoring.scorers(group, fixed), len(members), group.quotas.value
    for result in members:
        figures = result.firm.figures
        result.scores = [score(figures) for score in scorers]
        result.total = exact.total([item.points for item in result.scores])
    for result, rank in zip(members, exact.positions([result.total for result in members]), strict=True):
        result.rank, result.size = rank, size
        result.by_score = result.grade = grade = grade_of_rank(rank, size, quotas)
        result.trail = [POPULATION, SCORE, ("quota", "", grade)]
        if scoring.below_floor(floor, result.firm.figures):
            result.grade = GRADES[-1]
            result.trail.append(("floor", grade, result.grade))
    return fixed
