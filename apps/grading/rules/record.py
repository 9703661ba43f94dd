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
from apps.grading.rules.figures import DIGITS, FIGURES, scaled, unscaled
from apps.grading.rules.method import GRADES

PLACES = 6
MEASURED = [name for name, figure in FIGURES.items() if figure.places]
COUNTED = [name for name, figure in FIGURES.items() if not figure.places]
WORKED = ("excluded", "scores", "total", "rank", "size", "by_score", "grade", "trail")
COLUMNS = ("enterprise_id", "group", *MEASURED, *COUNTED, *WORKED)
STORED = ("enterprise_id", "total", "group", "excluded", "scores", "rank", "size", "by_score", "grade", "trail", *FIGURES)
measured, taken = itemgetter(*MEASURED), itemgetter(*FIGURES)


def written(results, digest, seal):
    """Yield every Result as plain values in the order of COLUMNS: numbers with decimals and JSON as text.

    digest (SHA-256) takes in everything that comes out but the figures, which the input's hash has; give the results in
    the order of the codes. seal (SHA-256) takes in every row as it lies in this database: `sealed` makes it again.
    """
    for result in results:
        worked = excluded, scores, total, rank, size, by_score, grade, trail = _worked(result)
        firm, figures = result.firm, result.firm.figures
        kept = f"|{total}|{firm.group}|{excluded}|{scores}|{rank}|{size}|{by_score}|{grade}|{trail}\n"
        digest.update(f"{firm.credit_code}{kept}".encode())
        seal.update(f"{firm.key}|{taken(figures)}{kept}".encode())
        yield (
            firm.key,
            firm.group,
            *[None if number is None else f"{number}e-{DIGITS}" for number in measured(figures)],  # both databases read 86e-6
            *[None if figures[name] is None else figures[name] // 10**DIGITS for name in COUNTED],
            *worked,
        )


def sealed(rows, seal):
    """Let `seal` take in stored rows (values of STORED, in the order they were written) as `written` does; returns its hex."""
    for key, total, group, excluded, scores, rank, size, by_score, grade, trail, *figures in rows:
        text = None if total is None else f"{total:.{PLACES}f}"
        scores = json.dumps([_in_order(("code", "value", "score", "capped", "flag"), item) for item in scores], ensure_ascii=False)
        trail = json.dumps([_in_order(("rule", "before", "after"), step) for step in trail])
        kept = f"|{text}|{group}|{excluded}|{scores}|{rank}|{size}|{by_score}|{grade}|{trail}\n"
        seal.update(f"{key}|{tuple(map(scaled, figures))}{kept}".encode())
    return seal.hexdigest()


def _in_order(names, document):
    """Return a document with its names as they were written: a database keeps another order."""
    return {**{name: document.get(name) for name in names}, **document}


def _worked(result):
    """Return the values of WORKED."""
    return (
        str(result.excluded),
        f"[{', '.join(map(_score, result.scores))}]",
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
    lines = sorted([f"{firm.credit_code}|{firm.group}|{list(figures(firm.figures))}\n" for firm in firms])
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _text(value):
    return None if value is None else exact.written(value, PLACES)


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


def number(text):
    """Read a number written down by this module; None stays None."""
    return None if text is None else Decimal(text)
