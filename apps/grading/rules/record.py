"""What is kept of an evaluation: exact numbers written down with six decimals, and the hashes that prove them.

Decisions were taken on the unrounded numbers before; nothing here is read back into one.
"""

import hashlib
import json
from decimal import Decimal

from apps.grading.rules import exact
from apps.grading.rules.figures import DIGITS, FIGURES, unscaled
from apps.grading.rules.method import GRADES

PLACES = 6


def written(result):
    """Return a Result as plain values by the names of the result's columns: numbers with decimals and JSON as text."""
    figures = result.firm.figures
    scores = [
        {"code": item.code, "value": _text(item.value), "score": _text(item.points), "capped": item.capped, "flag": str(item.flag)}
        for item in result.scores
    ]
    return {
        "group": result.firm.group,
        **{name: _figure(figures[name], figure.places) for name, figure in FIGURES.items()},
        "excluded": str(result.excluded),
        "scores": json.dumps(scores),
        "total": _text(result.total),
        "rank": result.rank,
        "size": result.size,
        "by_score": result.by_score,
        "grade": result.grade,
        "trail": json.dumps([{"rule": rule, "before": before, "after": after} for rule, before, after in result.trail]),
    }


def summary(group, results, fixed):
    """Return what is the same for a whole group: size, grades, benchmarks with their sums, average points, cut lines."""
    members = [result for result in results if result.firm.group == group.code and not result.excluded]
    return {
        "size": len(members),
        "grades": {grade: sum(result.grade == grade for result in members) for grade in GRADES},
        "benchmarks": {code: _benchmark(mark) for code, mark in fixed.benchmarks.items()},
        "averages": {code: f"{value.normalize():f}" for code, value in fixed.averages.items()},
        "cuts": {grade: _lowest(members, grade) for grade in GRADES[:-1]},
    }


def input_hash(firms):
    """SHA-256 over everything that goes in, by credit code; the same in every database."""
    return _digest(sorted(f"{firm.credit_code}|{firm.group}|{[firm.figures[name] for name in FIGURES]}" for firm in firms))


def output_hash(rows):
    """SHA-256 over everything that comes out: pairs (credit code, written result) in the order of the codes."""
    kept = ("total", "group", "excluded", "scores", "rank", "size", "by_score", "grade", "trail")
    return _digest("|".join([code, *(str(row[name]) for name in kept)]) for code, row in rows)


def _text(value):
    return None if value is None else exact.written(value, PLACES)


def _figure(number, places):
    """Return a scaled figure as the database takes it: a counted one (staff) as a whole number, a measured one as text."""
    if number is None:
        return None
    return exact.pointed(number, DIGITS) if places else number // 10**DIGITS


def _benchmark(mark):
    sums = {name: None if number is None else f"{unscaled(number).normalize():f}" for name, number in vars(mark).items() if name != "value"}
    return {"value": _text(mark.value), **sums}


def _lowest(members, grade):
    """Return the lowest total that still earned `grade` by rank, None where nobody did."""
    totals = [exact.rounded(result.total, PLACES) for result in members if result.by_score == grade]
    return f"{min(totals):f}" if totals else None


def _digest(lines):
    digest = hashlib.sha256()
    for line in lines:
        digest.update(line.encode() + b"\n")
    return digest.hexdigest()


def number(text):
    """Read a number written down by this module; None stays None."""
    return None if text is None else Decimal(text)
