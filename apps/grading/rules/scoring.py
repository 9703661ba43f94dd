"""From figures to points (domain 1.5): value / benchmark x weight, capped, never below zero, with a flag where a rule filled in."""

from dataclasses import dataclass
from enum import StrEnum

from apps.grading.rules import exact
from apps.grading.rules.method import GROUP_AVERAGE, GROUP_RATIO

AVERAGE_DIGITS = 12  # a group's average score is fixed to this many decimals, so that it can be written down and used again


class Exclusion(StrEnum):
    """Why an enterprise of the population is not graded (N, 数据缺失)."""

    NO_TAX = "no_tax"
    NO_LAND = "no_land"
    LAND_NOT_POSITIVE = "land_not_positive"


class Flag(StrEnum):
    """What was wrong with an indicator's data, and so which rule gave its points."""

    NO_NUMERATOR = "no_numerator"
    NEGATIVE = "negative"
    NO_DENOMINATOR = "no_denominator"
    AVERAGED = "averaged"
    NO_BENCHMARK = "no_benchmark"


@dataclass(slots=True)
class Score:
    """One indicator of one enterprise. value and points are exact pairs; value is None where there is no ratio."""

    code: str
    value: tuple | None
    points: tuple
    capped: bool = False
    flag: str = ""


@dataclass(frozen=True)
class Benchmark:
    """value: exact pair or None (nobody has data); numerator and denominator: the group's sums, None for a fixed value."""

    value: tuple | None
    numerator: int | None = None
    denominator: int | None = None


@dataclass(frozen=True)
class Constants:
    """What is the same for every enterprise of a group: benchmarks and average points, by indicator code."""

    benchmarks: dict
    averages: dict


def exclusion(figures):
    """Return why an enterprise with these figures cannot be graded, "" when it can (domain 1.2: no figure, no floor rule)."""
    if figures["tax"] is None:
        return Exclusion.NO_TAX
    if figures["land"] is None:
        return Exclusion.NO_LAND
    return "" if figures["land"] > 0 else Exclusion.LAND_NOT_POSITIVE


def benchmark(indicator, population):
    """Return an indicator's Benchmark: as printed, or the ratio of the sums over all enterprises that have both figures.

    population: the figures (dicts) of the group's participants.
    """
    if indicator.benchmark.value != GROUP_RATIO:
        return Benchmark(exact.pair(indicator.benchmark.value))
    upper, lower = indicator.formula.numerator, indicator.formula.denominator
    known = [figures for figures in population if figures[upper] is not None and figures[lower]]
    numerator, denominator = sum(figures[upper] for figures in known), sum(figures[lower] for figures in known)
    value = (numerator, denominator) if numerator > 0 and denominator > 0 else None
    return Benchmark(value, numerator, denominator)


def constants(group, population):
    """Return the Constants of a group from the figures of its participants.

    The average points of an indicator (for those without its denominator) are taken after the cap, over those with data.
    """
    benchmarks = {indicator.code: benchmark(indicator, population) for indicator in group.indicators}
    averages = {}
    for indicator in group.indicators:
        if indicator.missing.value != GROUP_AVERAGE:
            continue
        scores = map(scorer(indicator, group.cap.value, benchmarks[indicator.code]), population)
        known = [exact.units(item.points, AVERAGE_DIGITS) for item in scores if item.flag not in (Flag.NO_NUMERATOR, Flag.NO_DENOMINATOR)]
        mean = (sum(known), len(known) * 10**AVERAGE_DIGITS) if known else exact.ZERO
        averages[indicator.code] = exact.rounded(mean, AVERAGE_DIGITS)
    return Constants(benchmarks, averages)


def scorer(indicator, cap, mark, average=None):
    """Return the function that gives the Score of one enterprise in one indicator from its figures.

    cap: multiple of the weight or None; mark: the indicator's Benchmark; average: Decimal points for a firm without the
    denominator, None where the method gives such a firm nothing. A zero denominator counts as not reported.
    """
    code, upper, lower = indicator.code, indicator.formula.numerator, indicator.formula.denominator
    weight = exact.pair(indicator.weight.value)
    most = None if cap is None else exact.reduced(exact.times(exact.pair(cap), weight))
    rate = None if mark.value is None else exact.reduced(exact.over(weight, mark.value))  # points for a value of one

    def score(figures):
        numerator, denominator = figures[upper], figures[lower]
        value = (numerator, denominator) if numerator is not None and denominator else None
        if numerator is None:
            return Score(code, value, exact.ZERO, flag=Flag.NO_NUMERATOR)
        if numerator < 0:
            return Score(code, value, exact.ZERO, flag=Flag.NEGATIVE)
        if not denominator:
            if average is None:
                return Score(code, value, exact.ZERO, flag=Flag.NO_DENOMINATOR)
            return Score(code, value, exact.pair(average), flag=Flag.AVERAGED)
        if rate is None:
            return Score(code, value, exact.ZERO, flag=Flag.NO_BENCHMARK)
        points = exact.times(value, rate)
        if most is not None and exact.exceeds(points, most):
            return Score(code, value, most, capped=True)
        return Score(code, value, points)

    return score


def scorers(group, fixed):
    """Return the functions that score an enterprise in every indicator of its group. fixed: the group's Constants."""
    return [
        scorer(indicator, group.cap.value, fixed.benchmarks[indicator.code], fixed.averages.get(indicator.code))
        for indicator in group.indicators
    ]


def below_floor(floor, figures):
    """Say whether the ratio lies below the floor: numerator < floor x denominator, so exactly 3.000000 is not below."""
    numerator, denominator = figures[floor.formula.numerator], figures[floor.formula.denominator]
    limit, parts = exact.pair(floor.below.value)
    return numerator * parts < limit * denominator
