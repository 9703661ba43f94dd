"""The way of an assessment round from opening to filing (domain 4.5). Who may make a move: rights, `assessment-rounds`.

Who fills does not check, and who filled, reported, checked or sent on does not approve; after the circular only a correction with
its reason.
"""

from django.apps import apps
from django.db.models import Q

from apps.assessments.choices import OPEN_STATES, Source
from apps.assessments.choices import RoundState as S
from apps.core import clock
from apps.ledger import workdays
from apps.ledger.moves import ENTRY, Move, Slot, Until, Workflow, send_back

RECHECK_DAYS = 3  # working days a unit has to look at its own score (domain 4.5)
NUMBER = ("bulletin_number",)
CHECKED = ("submit", "score", "recheck")  # who made one of these does not approve
LOOKED_AT = Until("due", "复核期满")
PUBLISHED = {"published_on": lambda round, since: clock.today()}
NAMED = 3  # values without their file that a sentence names


def fresh_score(round):
    """A round goes on only with a computation that rests on the values and settings of now."""
    return [] if round.current is not None and not round.is_stale else ["最新的计分结果（请先重新计分）"]


def evidence(round):
    """Values that need a file name one that was not withdrawn (domain 4.5)."""
    bare = round.values_without_paper()
    return [f"佐证材料（{_named(bare)}；请上传后在填报数据中选定）"] if bare else []


def typed(user):
    """Return the history rows of values this person typed, whatever came of them afterwards."""
    lines = apps.get_model("assessments.HistoricalAssessmentValue").objects  # models stand above the tables of moves
    return lines.filter(history_user=user, history_type="~", source=Source.TYPED)


def typed_by_others(user):
    """Who fills neither checks nor approves: the rounds in which this person typed nothing."""
    return ~Q(pk__in=typed(user).values("round"))


def typing(round, user):
    """Say which values of the round this person typed, "" where none."""
    values = round.values.read_by(user).filter(pk__in=typed(user).filter(round=round.pk).values("id"))
    mine = list(values.select_related("unit", "indicator"))
    return f"{_named(mine)}由您填报" if mine else ""


def _named(values):
    """Name some values and count the others."""
    names = [f"{value.unit}“{value.indicator}”" for value in values]
    more = f"，另有 {len(names) - NAMED} 项" if len(names) > NAMED else ""
    return f"{'、'.join(names[:NAMED])}{more}"


def proved_score(round):
    """What is reported for checking and passes it: the latest score, its evidence complete."""
    return fresh_score(round) + evidence(round)


def evidence_shown(round, user):
    """Who reads the assessment is shown all evidence; a unit, once it sees its score, what its own values stand on."""
    return Q() if user.may("read", "assessments") else Q(pk__in=round.proved_values(user).values("paper"))


ROUND = Workflow(
    states=S,
    path=(S.DRAFT, S.FILLING, S.CHECKING, S.SCORED, S.RECHECK, S.APPROVED, S.PUBLISHED, S.FILED),
    closed=frozenset({S.PUBLISHED, S.FILED}),
    editable={S.DRAFT: (ENTRY,), S.FILLING: ("due", "current"), S.CHECKING: ("current",)},
    slots=(
        Slot("evidence", "佐证材料", (*OPEN_STATES, S.CHECKING), shown=evidence_shown),
        Slot("circular", "通报文件", (S.PUBLISHED,)),
    ),
    moves=(
        Move("open", "开始填报", (S.DRAFT,), S.FILLING, asks=("due",)),
        Move("submit", "报送审核", (S.FILLING,), S.CHECKING, lacks=proved_score),
        send_back("return", "退回补报", (S.CHECKING,), S.FILLING),
        Move("score", "审核通过", (S.CHECKING,), S.SCORED, other_than=("submit",), who=typed_by_others, hand=typing, lacks=proved_score),
        Move("recheck", "送复核", (S.SCORED,), S.RECHECK, sets={"due": lambda round, since: workdays.add(clock.today(), RECHECK_DAYS)}),
        send_back("reopen", "复核后重审", (S.SCORED, S.RECHECK), S.CHECKING, proof=True),
        Move("approve", "审定", (S.RECHECK,), S.APPROVED, other_than=CHECKED, who=typed_by_others, hand=typing, after=LOOKED_AT),
        Move("publish", "通报", (S.APPROVED,), S.PUBLISHED, asks=NUMBER, needs=NUMBER, sets=PUBLISHED),
        send_back("correct", "更正通报", (S.PUBLISHED,), S.CHECKING, proof=True),
        Move("file", "归档", (S.PUBLISHED,), S.FILED, side=True),
    ),
)
