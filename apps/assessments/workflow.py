"""The way of an assessment round from opening to filing (domain 4.5). Who may make a move: rights, `assessment-rounds`.

Who fills does not check, who checks does not approve; after the circular only a correction with its reason.
"""

from apps.assessments.choices import RoundState as S
from apps.core import clock
from apps.ledger import workdays
from apps.ledger.moves import ALL, Move, Workflow, send_back

RECHECK_DAYS = 3  # working days a unit has to look at its own score (domain 4.5)
NUMBER = ("bulletin_number",)


def fresh_score(round):
    """A round goes on only with a computation that rests on the values and settings of now."""
    return [] if round.current is not None and not round.is_stale else ["最新的计分结果（请先重新计分）"]


def recheck_over(round):
    """Approval waits until the units have had their days."""
    return [] if round.due is None or clock.today() > round.due else [f"复核期满（至 {round.due:%Y-%m-%d}）"]


ROUND = Workflow(
    states=S,
    path=(S.DRAFT, S.FILLING, S.CHECKING, S.SCORED, S.RECHECK, S.APPROVED, S.PUBLISHED, S.FILED),
    closed=frozenset({S.PUBLISHED, S.FILED}),
    editable={S.DRAFT: ALL, S.FILLING: ("due", "current"), S.CHECKING: ("current",)},
    moves=(
        Move("open", "开始填报", (S.DRAFT,), S.FILLING, asks=("due",)),
        Move("submit", "报送审核", (S.FILLING,), S.CHECKING, lacks=fresh_score),
        send_back("return", "退回补报", (S.CHECKING,), S.FILLING),
        Move("score", "审核通过", (S.CHECKING,), S.SCORED, other_than=("submit",), lacks=fresh_score),
        Move(
            *("recheck", "送复核", (S.SCORED,), S.RECHECK),
            sets={"due": lambda round, since: workdays.add(clock.today(), RECHECK_DAYS)},
        ),
        send_back("reopen", "复核后重审", (S.SCORED, S.RECHECK), S.CHECKING, proof=True),
        Move("approve", "审定", (S.RECHECK,), S.APPROVED, other_than=("score",), lacks=recheck_over),
        Move(
            *("publish", "通报", (S.APPROVED,), S.PUBLISHED),
            asks=NUMBER,
            needs=NUMBER,
            sets={"published_on": lambda round, since: clock.today()},
        ),
        send_back("correct", "更正通报", (S.PUBLISHED,), S.CHECKING, proof=True),
        Move("file", "归档", (S.PUBLISHED,), S.FILED, side=True),
    ),
)
