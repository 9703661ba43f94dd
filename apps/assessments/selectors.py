"""Reads of the quarterly assessment: rounds, the inputs of a computation, the score matrix."""

from dataclasses import dataclass, field, fields
from decimal import Decimal

from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Cast, Concat
from django.db.models.lookups import IContains

from apps.assessments.choices import PERIODS, SHOWN_TO_UNITS, Source
from apps.assessments.models import AssessmentRound, AssessmentValue, Indicator, Score, Standing
from apps.assessments.rules import heat
from apps.core.errors import Refused
from apps.core.numbers import ratio

UNRANKED = 10**6  # sorts behind every rank
PARTS = 5  # 目标 | 完成 | 完成率 | 得分 | 位次


def rounds(user):
    """Return the rounds `user` may see, the newest first."""
    return AssessmentRound.objects.visible_to(user).live().select_related("scheme", "current")


def titled(words):
    """Return the condition that a round is called by `words`: 方案 2021Q3, 2021年三季度, 2021年第三季度, 2021年前三季度."""
    year = Cast("scheme__year", CharField())
    found = Q()
    for quarter, name in enumerate("一二三四", start=1):
        said = [f"年{name}季度 ", f"年第{name}季度 ", f"年{PERIODS[quarter]}"]
        title = [F("scheme__name"), Value(" "), year, Value(f"Q{quarter} "), *(part for words in said for part in (year, Value(words)))]
        found |= Q(quarter=quarter) & Q(IContains(Concat(*title), words))
    return found


def round_of(user, year, quarter):
    """Return the one round of a quarter (1-4). Raises Refused without such a round, and where several schemes have one."""
    found = list(rounds(user).filter(scheme__year=year, quarter=quarter))
    if len(found) != 1:
        name = f"{year}Q{quarter}"
        raise Refused(f"没有 {name} 的考核轮次。" if not found else f"{name} 有多个方案的考核轮次，请在页面上办理。")
    return found[0]


def indicators_of(round, user):
    """Return the indicators the round was opened with, in the order of the matrix."""
    return list(Indicator.objects.read_by(user).filter(values__round=round).distinct())


@dataclass(frozen=True)
class Cell:
    """A unit on an indicator; before the first computation only target and actual are known. ratio in percent."""

    target: Decimal | None
    actual: Decimal | None
    ratio: Decimal | None = None
    weight: Decimal | None = None
    score: Decimal | None = None
    rank: int | None = None
    stand_in: bool = False

    @classmethod
    def of(cls, row):
        """Return the cell of a Score or of an AssessmentValue."""
        return cls(**{name.name: getattr(row, name.name) for name in fields(cls) if hasattr(row, name.name)})

    @property
    def heat(self):
        return heat(self.score, self.weight)


NOTHING = Cell(None, None)


@dataclass
class Row:
    """One unit's row of the matrix: a Cell per indicator."""

    unit: object
    cells: list
    standing: Standing | None


@dataclass
class Section:
    """A group's rows in the order of the scheme."""

    group: object
    rows: list = field(default_factory=list)

    @property
    def ranked(self):
        """The rows in the order of their rank, those without a total last."""
        return sorted(self.rows, key=lambda row: row.standing.rank or UNRANKED)


@dataclass
class Matrix:
    """The score matrix: columns of the result and process blocks, rows of units in groups."""

    round: AssessmentRound
    indicators: list
    points: list
    sections: list

    @property
    def rows(self):
        return [row for section in self.sections for row in section.rows]

    @property
    def width(self):
        """The number of columns beside the unit's name."""
        return PARTS * len(self.indicators)

    @property
    def totals(self):
        """Per indicator (target, actual, ratio in %) over the units that have both; None where sums make no sense."""
        return [
            _total([row.cells[place] for row in self.rows]) if indicator.adds_up else None
            for place, indicator in enumerate(self.indicators)
        ]


def matrix(round, user):
    """Return the Matrix of the round as `user` may see it: scores once there is a computation, bare values before."""
    indicators = indicators_of(round, user)
    cells = Score.objects.filter(computation=round.current) if round.current_id else AssessmentValue.objects.filter(round=round)
    by_unit = {}
    for cell in cells.visible_to(user).select_related("unit__group", "indicator"):
        by_unit.setdefault(cell.unit, {})[cell.indicator_id] = Cell.of(cell)
    standings = {standing.unit_id: standing for standing in Standing.objects.visible_to(user).filter(computation=round.current_id)}
    sections = {}
    columns = [indicator for indicator in indicators if not indicator.is_points]
    for unit, row in by_unit.items():
        section = sections.setdefault(unit.group_id, Section(unit.group))
        section.rows.append(Row(unit, [row.get(indicator.pk, NOTHING) for indicator in columns], standings.get(unit.pk)))
    return Matrix(round, columns, [indicator for indicator in indicators if indicator.is_points], list(sections.values()))


def _total(cells):
    known = [cell for cell in cells if cell.target is not None and cell.actual is not None]
    if not known:
        return None
    target, actual = sum((cell.target for cell in known), Decimal(0)), sum((cell.actual for cell in known), Decimal(0))
    share = ratio(actual, target)
    return {"target": target, "actual": actual, "ratio": share and share * 100}


def values(user):
    """Return the values, typed and fed, of every round `user` may see, in the order of the matrix."""
    rows = AssessmentValue.objects.visible_to(user).live().filter(round__archived_at=None)
    return rows.select_related("round__scheme", "unit__group", "indicator", "paper")


def typed_values(user):
    """Return those of the values that somebody types."""
    return values(user).filter(source=Source.TYPED)


def ranking(round):
    """Return the current result per group, best first: [{"group", "ranking": [{"unit", "total", "rank", "light"}]}]."""
    groups = {}
    rows = Standing.objects.filter(computation=round.current_id).select_related("unit__group")
    for standing in sorted(rows, key=lambda row: (row.unit.group.code, row.rank or UNRANKED, row.unit.sort)):
        line = {"unit": standing.unit.name, "total": standing.total, "rank": standing.rank, "light": standing.light}
        groups.setdefault(str(standing.unit.group), []).append(line)
    return [{"group": group, "ranking": lines} for group, lines in groups.items()]


def scores_shown(round, user):
    """Return the standings of a round that `user` may see, best first in each group.

    After the circular everybody sees all; during the recheck a unit sees its own; before that nobody does here.
    """
    if round.current_id is None or round.state not in SHOWN_TO_UNITS:
        return Standing.objects.none()
    rows = Standing.objects.filter(computation=round.current_id).select_related("unit__group")
    published = round.state in round.workflow.closed
    rows = rows.unscoped("通报后的排名人人可见") if published else rows.visible_to(user)
    return rows.order_by("unit__group__code", "rank", "unit__sort")
