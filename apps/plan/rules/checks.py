"""Judge printed figures by formulas. Every operand is a printed value as it stands: nothing is corrected on the way."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import NamedTuple

from apps.core.numbers import WAN_PER_YI, half_up, ratio


class Verdict(StrEnum):
    AGREES = "一致"
    DIFFERS = "不一致"
    OPEN = "无法核对"

    @property
    def tone(self):
        return {"AGREES": "ok", "DIFFERS": "bad"}.get(self.name, "muted")


class Cell(NamedTuple):
    """A printed figure by its place: table, row and column as the plan names them."""

    table: str
    row: str
    column: str


@dataclass(frozen=True)
class Operation:
    """A way to compute a figure from others. `rounded`: a quotient, compared after rounding half up to the printed
    decimals; sums, differences and products of printed numbers must agree exactly."""

    compute: Callable[..., Decimal | None]
    pattern: str
    rounded: bool = False

    def write(self, names):
        """Write the operation over `names`; a pattern without places is a sign put between them."""
        return self.pattern.format(*names) if "{}" in self.pattern else self.pattern.join(names)


SUM = Operation(lambda *parts: sum(parts), " ＋ ")
DIFFERENCE = Operation(lambda whole, part: whole - part, " － ")
PER_MU = Operation(lambda output, per: ratio(output * WAN_PER_YI, per), "{} × 10000 ÷ {}", rounded=True)
RAISED = Operation(lambda base, percent: base * (100 + percent) / 100, "{} × (1＋{}%)")
SAME = Operation(lambda printed: printed, "{}")


@dataclass(frozen=True)
class Check:
    """One formula for one printed figure."""

    target: Cell
    operation: Operation
    operands: tuple[Cell, ...]
    words: str


@dataclass(frozen=True)
class Finding:
    """What the formulas say of one printed figure. recomputed: text with the printed decimals, None where no formula."""

    verdict: Verdict
    recomputed: str | None = None
    formula: str = "规划直接给出，没有可核对的公式"
    working: str = ""


@dataclass(frozen=True)
class Result:
    """One formula worked out: `exact` before rounding, `value` as it is compared with the printed figure."""

    check: Check
    exact: Decimal
    value: Decimal
    agrees: bool
    working: str


def number(printed):
    """Return the Decimal a printed text stands for, None for words and dashes."""
    try:
        return Decimal(printed)
    except InvalidOperation:
        return None


def judge(printed, checks):
    """Return Cell -> Finding for every cell of `printed` (Cell -> printed text).

    A figure is 不一致 as soon as one of its formulas fails, and the failing one is shown; a figure without a
    formula, or whose operands are not all printed, is 无法核对.
    """
    values = {cell: number(text) for cell, text in printed.items()}
    results = {cell: [] for cell in printed}
    for check in checks:
        result = _work_out(check, values)
        if result is not None:
            results[check.target].append(result)
    return {cell: _finding(found) for cell, found in results.items()}


def _work_out(check, values):
    operands = [values.get(cell) for cell in check.operands]
    printed = values.get(check.target)
    if printed is None or None in operands:
        return None
    exact = check.operation.compute(*operands)
    if exact is None:
        return None
    value = half_up(exact, places(printed)) if check.operation.rounded else exact
    working = (
        f"{check.operation.write([plain(operand) for operand in operands])} ＝ {plain(half_up(exact, 2) if value != exact else exact)}"
    )
    return Result(check, exact, value, value == printed, working)


def _finding(results):
    if not results:
        return Finding(Verdict.OPEN)
    shown = next((result for result in results if not result.agrees), results[0])
    return Finding(
        verdict=Verdict.AGREES if shown.agrees else Verdict.DIFFERS,
        recomputed=plain(shown.value),
        formula="；".join(result.check.words for result in results),
        working=shown.working,
    )


def places(value):
    """Return how many decimals a printed Decimal has."""
    return max(-value.as_tuple().exponent, 0)


def plain(value):
    """Write a Decimal as offices do: no exponent, no trailing zeros."""
    return f"{value.normalize():f}"
