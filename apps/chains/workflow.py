"""The way of a chief's instruction (domain 3.3). Who may make a move: apps.accounts.rights, `instructions`."""

from django.apps import apps
from django.db.models import Q

from apps.chains.choices import InstructionState as S
from apps.core import clock
from apps.ledger.moves import ENTRY, Move, Slot, Stranded, Workflow, extension, send_back

TASK = ("text", "unit", "deadline")
ANSWER = ("feedback",)
GIVEN, TAKEN_BACK = {"given_on": lambda row, since: clock.today()}, {"given_on": lambda row, since: None}


def of_unit(user):
    """Only the people of the responsible unit sign, do and answer."""
    return Q(unit=user.unit_id)


def staffed():
    """Return the units somebody of whom can sign for an instruction, do it and answer."""
    return apps.get_model("accounts.Organisation").objects.that_may("sign", "instructions")


def a_signer(row):
    """Nobody would ever answer what is sent to a unit without people; of a draft that names none nothing is said."""
    gone = row.unit_id and not staffed().filter(pk=row.unit_id).exists()
    return [f"能签收的人（“{row.unit}”没有；请另选责任单位，或请安全管理员为其授予岗位）"] if gone else []


def deserted(user=None):
    """The same of the rows of a query."""
    return Q(unit__isnull=False) & ~Q(unit__in=staffed().values("pk"))


DESERTED = Stranded(deserted, "责任单位已没有能签收、办理的人：请链长收回后改派，或请安全管理员为该单位的人授予岗位。")

INSTRUCTION = Workflow(
    states=S,
    path=(S.DRAFT, S.ISSUED, S.SIGNED, S.DOING, S.ANSWERED, S.CONFIRMED, S.CLOSED),
    closed=frozenset({S.CLOSED}),
    editable={S.DRAFT: (ENTRY,), S.DOING: ("progress",)},
    later=("progress",),
    slots=(Slot("answer", "办理佐证", (S.DOING,)),),
    moves=(
        Move("issue", "交办", (S.DRAFT,), S.ISSUED, needs=TASK, lacks=a_signer, unmet=deserted, sets=GIVEN),
        send_back("recall", "收回", (S.ISSUED,), S.DRAFT, sets=TAKEN_BACK, stranded=DESERTED),
        send_back("reassign", "收回改派", (S.SIGNED, S.DOING), S.DRAFT, sets=TAKEN_BACK, who=deserted, stranded=DESERTED),
        Move("sign", "签收", (S.ISSUED,), S.SIGNED, who=of_unit),
        Move("start", "开始办理", (S.SIGNED,), S.DOING, who=of_unit),
        Move("answer", "反馈", (S.DOING,), S.ANSWERED, asks=ANSWER, needs=ANSWER, who=of_unit),
        Move("confirm", "确认", (S.ANSWERED,), S.CONFIRMED, other_than=("answer",)),
        send_back("redo", "退回重办", (S.ANSWERED,), S.DOING),
        Move("close", "办结", (S.CONFIRMED,), S.CLOSED, sets={"closed_on": lambda row, since: clock.today()}),
        *extension((S.SIGNED, S.DOING), S.EXTENSION, who=of_unit),
    ),
)
