"""What is kept of an evaluation: exact numbers written down with six decimals, and the hashes that prove them.

Decisions were taken on the unrounded numbers before; nothing here is read back into one.
"""

import hashlib
import json
from collections import Counter
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter, itemgetter

from apps.grading.rules import exact
from apps.grading.rules.figures import DIGITS, FIGURES, unscaled
from apps.grading.rules.method import GRADES

PLACES = 6
COLUMNS = ("group", *FIGURES, "excluded", "scores", "total", "rank", "size", "by_score", "grade", "trail")
PRINTED = [(name, figure.places) for name, figure in FIGURES.items()]


def written(result):
    """Return a Result as plain values in the order of COLUMNS: numbers with decimals and JSON as text."""
    firm = result.firm
    return (
        firm.group,
        *[_figure(firm.figures[name], places) for name, places in PRINTED],
        str(result.excluded),
        f"[{', '.join([_score(item) for item in result.scores])}]",
        _text(result.total),
        result.rank,
        result.size,
        result.by_score,
        result.grade,
        _trail(tuple(result.trail)),
    )


def summary(group, results, fixed):
    """Return what is the same for a whole group: size, grades, benchmarks with their sums, average points, cut lines."""
    members = [result for result in results if result.firm.group == group.code and not result.excluded]
    return {
        "size": len(members),
        "grades": counted(members),
        "benchmarks": {code: _benchmark(mark) for code, mark in fixed.benchmarks.items()},
        "averages": {code: f"{value.normalize():f}" for code, value in fixed.averages.items()},
        "cuts": {grade: _lowest(members, grade) for grade in GRADES[:-1]},
    }


def counted(results):
    """Return grade -> number of results, without those that have none."""
    counts = Counter(result.grade for result in results)
    return {grade: counts[grade] for grade in GRADES}


def input_hash(firms):
    """SHA-256 over everything that goes in, by credit code; the same in every database."""
    figures = itemgetter(*FIGURES)
    return _digest(sorted([f"{firm.credit_code}|{firm.group}|{list(figures(firm.figures))}\n" for firm in firms]))


def output_hash(rows):
    """SHA-256 over everything that comes out: pairs (credit code, written result) in the order of the codes.

    The figures are left out: the input's hash has them.
    """
    return _digest(_line(code, *row) for code, row in rows)


def _line(code, group, *rest):
    excluded, scores, total, rank, size, by_score, grade, trail = rest[len(FIGURES) :]
    return f"{code}|{total}|{group}|{excluded}|{scores}|{rank}|{size}|{by_score}|{grade}|{trail}\n"


def _text(value):
    return None if value is None else exact.written(value, PLACES)


def _figure(number, places):
    """Return a scaled figure as both databases read it: a counted one (staff) as a whole number, a measured one as 8644e-2."""
    if number is None:
        return None
    return f"{number}e-{DIGITS}" if places else number // 10**DIGITS


def _score(item):
    """Return a Score as JSON; codes and flags are plain words, numbers are text."""
    value = "null" if item.value is None else f'"{exact.written(item.value, PLACES)}"'
    capped = "true" if item.capped else "false"
    points = exact.written(item.points, PLACES)
    return f'{{"code": "{item.code}", "value": {value}, "score": "{points}", "capped": {capped}, "flag": "{item.flag}"}}'


@lru_cache(maxsize=64)
def _trail(steps):
    """Return the rules applied as JSON; there are only as many ways as grades before and after."""
    return json.dumps([{"rule": rule, "before": before, "after": after} for rule, before, after in steps])


def _benchmark(mark):
    sums = {name: None if number is None else f"{unscaled(number).normalize():f}" for name, number in vars(mark).items() if name != "value"}
    return {"value": _text(mark.value), **sums}


def _lowest(members, grade):
    """Return the lowest total that still earned `grade` by rank, None where nobody did."""
    earned = [result for result in members if result.by_score == grade]
    return _text(max(earned, key=attrgetter("rank")).total) if earned else None


def _digest(lines):
    digest = hashlib.sha256()
    for line in lines:
        digest.update(line.encode())
    return digest.hexdigest()


def number(text):
    """Read a number written down by this module; None stays None."""
    return None if text is None else Decimal(text)
