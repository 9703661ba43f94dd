"""Scoring of the quarterly assessment (domain 4.4), pure and exact: everything is a Fraction until it is stored.

No data is not zero: a reading without an actual (or a completion without a target) has no share of its weight; the
indicator's missing rule says what stands in for it.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

QUARTER = re.compile(r"(\d{4})Q([1-4])")
PACE = (25, 50, 75, 100)  # 序时进度 in percent of the year at the end of each quarter (domain 4.4 M1; configurable)
RANK_STEP = Decimal("0.05")  # 争先进位: rank 1 = w, 2 = 0.95 w, 3 = 0.90 w (domain 4.4 M3)
RESULT_SHARE = Decimal("0.7")  # r of the total (domain 4.4, an assumption; configurable)
ZERO_IS_BEST = Fraction(10)  # "the lower the better" and nothing at all: target ÷ 0 has no value, this is above every cap
HEAT_STEPS = (Decimal("0.8"), Decimal("0.9"), Decimal(1))  # shares of the weight at which a cell gets warmer


@dataclass(frozen=True)
class Measure:
    """How one indicator is scored. weight, cap in points and shares; step is the loss per rank."""

    key: object
    block: str
    weight: Decimal
    method: str = "completion"
    cap: Decimal = Decimal(1)
    step: Decimal = RANK_STEP
    lower_is_better: bool = False
    missing: str = "spread"


@dataclass(frozen=True)
class Reading:
    """What one unit was to reach and reached on one indicator, in the indicator's unit."""

    target: Decimal | None = None
    actual: Decimal | None = None


@dataclass(frozen=True)
class Mark:
    """One unit on one indicator. share: of the weight, before spreading; weight and score: after it."""

    ratio: Fraction | None
    rank: int | None
    share: Fraction | None
    stand_in: bool = False
    weight: Fraction = Fraction(0)
    score: Fraction | None = None


@dataclass(frozen=True)
class Standing:
    """One unit's sums. A block without any data is None and leaves the total None."""

    marks: dict
    result: Fraction | None
    process: Fraction | None
    bonus: Fraction
    penalty: Fraction
    completion: Fraction | None
    total: Fraction | None
    rank: int | None = None


def parse_quarter(text):
    """Return (year, quarter) of "2021Q3"; raise ValueError for anything else."""
    match = QUARTER.fullmatch(text)
    if not match:
        raise ValueError(f"季度应写成 2021Q3 的样子，不是“{text}”。")
    return int(match[1]), int(match[2])


def parse_pace(text):
    """Return the whole numbers of "25、50、75、100"; raise ValueError where something else stands."""
    steps = re.split(r"[、,，;；\s]+", text.strip())
    if not all(re.fullmatch(r"[0-9]{1,3}", step) for step in steps):
        raise ValueError("序时进度应写成“25、50、75、100”的样子。")
    return [int(step) for step in steps]


def quarter_target(yearly, quarter, pace):
    """Return the cumulative target at the end of `quarter`: yearly x 25/50/75/100 %."""
    return None if yearly is None else yearly * pace[quarter - 1] / 100


def completion(reading, lower_is_better=False):
    """Return actual ÷ target, for "the lower the better" target ÷ actual; None without both or without a real target."""
    if reading.actual is None or reading.target is None or reading.target <= 0:
        return None
    if not lower_is_better:
        return Fraction(reading.actual) / Fraction(reading.target)
    return Fraction(reading.target) / Fraction(reading.actual) if reading.actual > 0 else ZERO_IS_BEST


def needs_paper(measure, reading):
    """Say whether a typed value must name its evidence file: points given by hand (bonus, penalty) and completion above 100 %.

    Domain 4.5: "Evidence file required for bonus, manual and >100 % completion"; the one manual method is 直接计分. The cap does
    not matter: what is claimed is proved, whatever it earns.
    """
    if measure.method == "points":
        return bool(reading.actual)
    ratio = completion(reading, measure.lower_is_better)
    return ratio is not None and ratio > 1


def ranks(values, lower_is_better=False):
    """Return key -> rank for the values that are not None; equal values share a rank and the next is skipped: 1, 2, 2, 4."""
    known = sorted((value for value in values.values() if value is not None), reverse=not lower_is_better)
    first = {}
    for place, value in enumerate(known, start=1):
        first.setdefault(value, place)
    return {key: None if value is None else first[value] for key, value in values.items()}


def rank_share(rank, step=RANK_STEP):
    """Return the share of the weight a rank earns: 1, 0.95, 0.90 ..., never below 0."""
    return max(1 - Fraction(step) * (rank - 1), Fraction(0))


def score_group(measures, readings, result_share=RESULT_SHARE):
    """Score and rank the units of one group and return unit -> Standing.

    measures: list of Measure.  readings: unit -> {measure key: Reading}; an absent reading is no data.
    """
    marks = defaultdict(dict)
    for measure in measures:
        column = {unit: row.get(measure.key, Reading()) for unit, row in readings.items()}
        for unit, mark in _marks(measure, column).items():
            marks[unit][measure.key] = mark
    standings = {unit: _standing(measures, marks[unit], Fraction(result_share)) for unit in readings}
    places = ranks({unit: standing.total for unit, standing in standings.items()})
    return {unit: replace(standing, rank=places[unit]) for unit, standing in standings.items()}


def _marks(measure, column):
    """Return unit -> Mark (weight and score still open) for one indicator over a group."""
    ratios = {unit: completion(reading, measure.lower_is_better) for unit, reading in column.items()}
    if measure.method == "points":
        places = dict.fromkeys(column)
        shares = {unit: _points_share(measure, reading) for unit, reading in column.items()}
    elif measure.method == "completion":
        places = ranks(ratios)
        cap = Fraction(measure.cap)
        shares = {unit: None if ratio is None else min(max(ratio, Fraction(0)), cap) for unit, ratio in ratios.items()}
    else:
        places = ranks({unit: reading.actual for unit, reading in column.items()}, measure.lower_is_better)
        shares = {unit: None if place is None else rank_share(place, measure.step) for unit, place in places.items()}
    known = [share for share in shares.values() if share is not None]
    average = sum(known) / len(known) if known and measure.missing == "average" else None
    return {
        unit: Mark(ratios[unit], places[unit], share if share is not None else average, share is None and average is not None)
        for unit, share in shares.items()
    }


def _points_share(measure, reading):
    """Points given by hand, between 0 and the weight, which is their limit; nothing given is nothing."""
    points = Fraction(reading.actual or 0)
    return min(max(points, Fraction(0)), Fraction(measure.weight)) / Fraction(measure.weight)


def _standing(measures, marks, result_share):
    final, sums = {}, {}
    for block in ("result", "process", "bonus", "penalty"):
        scored, sums[block] = _spread([measure for measure in measures if measure.block == block], marks)
        final.update(scored)
    parts = ((sums["result"], result_share), (sums["process"], 1 - result_share))
    bonus, penalty = sums["bonus"] or Fraction(0), sums["penalty"] or Fraction(0)
    asked = [(points, share) for points, share in parts if share]
    total = None if any(points is None for points, _ in asked) else sum(points * share for points, share in asked) + bonus - penalty
    return Standing(final, sums["result"], sums["process"], bonus, penalty, _overall_completion(measures, marks), total)


def _spread(measures, marks):
    """Spread the weights without data over the others in proportion; return the final marks and their sum."""
    whole = sum(Fraction(measure.weight) for measure in measures)
    known = sum(Fraction(measure.weight) for measure in measures if marks[measure.key].share is not None)
    final = {}
    for measure in measures:
        mark = marks[measure.key]
        if mark.share is not None:
            weight = Fraction(measure.weight) * whole / known
            mark = replace(mark, weight=weight, score=weight * mark.share)
        final[measure.key] = mark
    return final, sum(mark.score for mark in final.values() if mark.score is not None) if known else None


def _overall_completion(measures, marks):
    """Return the weighted completion of the result indicators that have a target, each at most once over: what the light shows."""
    pairs = [
        (Fraction(measure.weight), min(max(marks[measure.key].ratio, Fraction(0)), Fraction(1)))
        for measure in measures
        if measure.block == "result" and marks[measure.key].ratio is not None
    ]
    weights = sum(weight for weight, _ in pairs)
    return sum(weight * ratio for weight, ratio in pairs) / weights if weights else None


def heat(score, weight):
    """Return how warm a cell of the matrix is, 4 (full marks) to 1 (under 80 %); None without a score."""
    if score is None:
        return None
    return 1 + sum(score >= weight * step for step in HEAT_STEPS)


def decimal(fraction, places):
    """Round an exact fraction half up (away from zero) to `places` decimals for storing; None stays None."""
    if fraction is None:
        return None
    scaled = fraction * 10**places
    whole = (2 * abs(scaled.numerator) + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(whole if scaled >= 0 else -whole).scaleb(-places)


def percent(fraction):
    """Return an exact ratio in percent with six decimals for storing; None stays None."""
    return None if fraction is None else decimal(fraction * 100, 6)
