"""Reads of the plan: figures with what their formulas say, printed tables, ledger tables beside the printed ones."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from apps.core.errors import Refused
from apps.core.numbers import WAN_PER_YI, half_up, ratio
from apps.enterprises.selectors import Totals, add_up, totals_of_year
from apps.plan.choices import BASE_YEAR, LEDGER_TABLES, MEASURES, SOURCES, TARGETS
from apps.plan.models import TABLES, PlanFigure
from apps.plan.models.printed import TOTALS
from apps.plan.rules import CHECKS, Finding, Verdict, judge, places


@dataclass(frozen=True)
class Judged:
    """A printed figure with its finding."""

    figure: PlanFigure
    finding: Finding

    @property
    def differs(self):
        return self.finding.verdict == Verdict.DIFFERS


@dataclass(frozen=True)
class PrintedTable:
    """A table of the plan as printed: rows of cells, None where the plan prints nothing."""

    name: str
    cells: list[Judged]

    @property
    def section(self):
        return SOURCES[self.name][0]

    @property
    def title(self):
        return SOURCES[self.name][1]

    @property
    def code(self):
        """The KIND of the table's ledger."""
        return f"plan-table-{self.name.removeprefix('表')}"

    @cached_property
    def columns(self):
        """Column -> its unit, None where its figures have different units (Table 4, whose rows have the units)."""
        return self._lines("column")

    @property
    def numbered(self):
        return self.name == "表7"  # the only table that prints a 序号

    @property
    def unit_in_rows(self):
        return None in self.columns.values()

    @cached_property
    def rows(self):
        """[(row, its unit where the columns have none, [Judged or None per column])]."""
        at = {(item.figure.row, item.figure.column): item for item in self.cells}
        units = self._lines("row")
        return [(row, units[row] if self.unit_in_rows else "", [at.get((row, column)) for column in self.columns]) for row in units]

    @property
    def differing(self):
        return [item for item in self.cells if item.differs]

    @property
    def formulas(self):
        """[(measure, formula, the one row or column it is for or "")]: every formula of the table once, in print order."""
        found = {}
        for item in self.cells:
            row, column = item.figure.row, item.figure.column
            measure, place = (row, column) if self.unit_in_rows else (column, row)
            if item.finding.verdict != Verdict.OPEN:
                found.setdefault((measure, item.finding.formula), []).append(place)
        return [(measure, formula, places[0] if len(places) == 1 else "") for (measure, formula), places in found.items()]

    @property
    def counts(self):
        return count(self.cells)

    def _lines(self, attribute):
        units = {}
        for item in self.cells:
            units.setdefault(getattr(item.figure, attribute), set()).add(item.figure.unit)
        return {name: found.pop() if len(found) == 1 else None for name, found in units.items()}


def examined(user=None):
    """Return every figure of the plan as Judged, words included, in the plan's order. Raises Refused before load_plan.

    user: only what he may see; None: all (commands).
    """
    figures = _loaded([figure for table in TABLES for figure in printed_figures(table, user)] + list(PlanFigure.objects.read_by(user)))
    findings = judge({figure.cell: figure.printed for figure in figures}, CHECKS)
    return [Judged(figure, findings[figure.cell]) for figure in figures]


def printed_figures(table, user):
    """Return the figures of a printed table (a model of TABLES) in the order of the print, its total last. One query."""
    rows = sorted(table.objects.read_by(user).live(), key=lambda row: row.name in TOTALS)
    return [figure for row in rows for figure in row.figures]


def _loaded(figures):
    if not figures:
        raise Refused("尚未载入规划数据，请先运行 load_plan。")
    return figures


def numbers(judged):
    """Return only the figures: words such as a use of land or an investor are not checked."""
    return [item for item in judged if item.figure.value is not None]


def count(judged):
    """Return verdict -> number of figures, every verdict named."""
    found = Counter(item.finding.verdict for item in numbers(judged))
    return {verdict: found[verdict] for verdict in Verdict}


def printed_tables(judged):
    """Return the PrintedTables 1 to 7."""
    return [PrintedTable(name, [item for item in judged if item.figure.table == name]) for name in SOURCES if name != TARGETS]


def industry_targets(industry, user=None):
    """Return year -> target of output (亿元, Decimal) of an industry by its name (plan §3.3); 其他产业 has none."""
    figures = PlanFigure.objects.read_by(user).filter(table=TARGETS, row=f"{industry}规上产值")
    return {int(figure.column.removesuffix("年")): Decimal(figure.value) for figure in figures}


@dataclass(frozen=True)
class LedgerRow:
    """A row of Table 1 or 2 from the ledger: output in 亿元, area in 亩, output_per_mu in 万元/亩, unrounded.

    printed: measure -> the plan's Decimal; empty for a row the plan does not print.
    """

    name: str
    enterprises: int
    output: Decimal | None
    area: Decimal | None
    printed: dict[str, Decimal]

    @property
    def output_per_mu(self):
        return ratio(None if self.output is None else self.output * WAN_PER_YI, self.area)

    @property
    def cells(self):
        """[(ledger figure, decimals to show, printed Decimal or None, differs)] per measure."""
        shown = zip(MEASURES, (0, 2, 2, 2), strict=True)
        return [(getattr(self, name), decimals, self.printed.get(name), name in self.differing) for name, decimals in shown]

    @property
    def differing(self):
        """The measures whose ledger figure, rounded half up to the printed decimals, is not the printed one."""
        return [name for name, printed in self.printed.items() if half_up(getattr(self, name), places(printed)) != printed]


def ledger_table(number, user):
    """Return Table 1 or 2 of the plan as LedgerRows from the 规上 yearly facts of 2020, the plan's rows first.

    Places the plan does not print follow, then 合计. Raises Refused before load_plan.
    user: only the enterprises he may see; None: all (commands).
    """
    source = LEDGER_TABLES[number]
    totals = totals_of_year(BASE_YEAR, source.by, user)
    printed = {}
    for figure in _loaded(printed_figures(TABLES[number - 1], user)):
        if figure.value is not None:
            printed.setdefault(figure.row, {})[source.measures[figure.column]] = figure.value
    county = printed.pop(source.total, {})
    names = [*printed, *sorted(set(totals) - set(printed))]
    rows = [_ledger_row(name, totals.get(name, Totals(0, None, None)), printed.get(name, {})) for name in names]
    return [*rows, _ledger_row(source.total, add_up(totals.values()), county)]


def _ledger_row(name, totals, printed):
    return LedgerRow(name, totals.enterprises, None if totals.output is None else totals.output / WAN_PER_YI, totals.area, printed)
