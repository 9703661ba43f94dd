"""The way of a land case from entry to closing (domain 2.5). Who may make a move: apps.accounts.rights, `land-cases`."""

from django.apps import apps

from apps.core import clock
from apps.land.choices import CaseState as S
from apps.land.rules import deadline_after_freeze
from apps.ledger.moves import BACK, CREATE, ENTRY, Move, Slot, Stranded, Workflow, extension, send_back

PLAN = ("disposal", "plan_text", "responsible", "leader", "deadline")
FOUND_OUT = ("land_class", "area", "approved_on", "planned_use", "cause")  # plan §6.5: 查清面积、位置、批准时间、规划用途及成因
BUILDING = ("construction", "actual_start", "actual_completion", "floor_area", "milestones")
RESULT = ("disposed_area", "disposed_on", "result")
NUMBER, UNIT = ("plan_number",), ("responsible",)
CLASS = ("land_class", "cause", "disposal")
OPEN = (S.VERIFIED, S.PLANNED, S.APPROVED, S.IN_PROGRESS)
RESPONSIBLE = (S.VERIFIED, S.APPROVED, S.IN_PROGRESS)  # where it is the unit's turn


def thawed(case, since):
    """The time it was frozen does not count."""
    return deadline_after_freeze(case.deadline, since, clock.today())


def deserted(user=None):
    """Cases nobody is left to plan, start and report."""
    paths = {"platform": "parcel__platform", "town": "parcel__town", "body": "responsible"}
    return apps.get_model("accounts.Post").objects.none_reaches("plan", "land-cases", **paths)


DESERTED = Stranded(deserted, "宗地所在平台、乡镇街道和责任单位都已无人能办理：请自然资源和规划局改派责任单位，或请安全管理员授予岗位。")

DISPOSAL = Workflow(
    states=S,
    path=(S.DRAFT, S.VERIFIED, S.PLANNED, S.APPROVED, S.IN_PROGRESS, S.TO_ACCEPT, S.CLOSED),
    closed=frozenset({S.CLOSED}),
    paused=frozenset({S.FROZEN}),
    editable={
        S.DRAFT: (ENTRY,),
        S.RETURNED: (ENTRY, "disposal"),  # sent back after it was verified, it may hold one that its corrected class does not allow
        S.VERIFIED: PLAN,
        S.IN_PROGRESS: ("progress", *BUILDING),
    },
    later=("progress",),
    slots=(
        Slot("approval", "批准文件", (S.DRAFT, S.RETURNED, S.VERIFIED)),
        Slot("plan", "处置方案批复", (S.PLANNED,)),
        Slot("evidence", "处置佐证", (S.IN_PROGRESS, S.TO_ACCEPT)),
        Slot("order", "查封或解封文书", (*OPEN, S.FROZEN)),
    ),
    moves=(
        Move("verify", "核实", (S.DRAFT,), S.VERIFIED, needs=FOUND_OUT, other_than=((CREATE, "resubmit"),)),
        send_back("return", "退回补正", (S.DRAFT, S.VERIFIED), S.RETURNED),
        Move("resubmit", "重新报送", (S.RETURNED,), S.DRAFT, needs=FOUND_OUT),
        Move("plan", "定处置方案", (S.VERIFIED,), S.PLANNED, asks=PLAN, needs=("disposal", "plan_text", "responsible", "deadline")),
        Move("approve", "批准方案", (S.PLANNED,), S.APPROVED, asks=NUMBER, needs=NUMBER, papers=("plan",), other_than=("plan",)),
        send_back("reject", "方案退回", (S.PLANNED,), S.VERIFIED),
        Move("start", "开始处置", (S.APPROVED,), S.IN_PROGRESS),
        Move("report", "申请验收", (S.IN_PROGRESS,), S.TO_ACCEPT, asks=RESULT, needs=RESULT, papers=("evidence",)),
        Move("accept", "验收销号", (S.TO_ACCEPT,), S.CLOSED, other_than=("report",), sets={"closed_on": lambda case, since: clock.today()}),
        send_back("refuse", "验收不通过", (S.TO_ACCEPT,), S.IN_PROGRESS),
        *extension((S.IN_PROGRESS,), S.EXTENSION),
        Move("freeze", "司法冻结", OPEN, S.FROZEN, papers=("order",), comment=True, side=True),
        send_back("unfreeze", "解除冻结", (S.FROZEN,), BACK, sets={"deadline": thawed}),
        send_back("reassign", "改派", RESPONSIBLE, S.VERIFIED, asks=UNIT, needs=UNIT, who=deserted, stranded=DESERTED, proof=True),
        Move("reclassify", "类别变更", OPEN, S.VERIFIED, asks=CLASS, needs=CLASS[:1], comment=True, side=True, proof=True),
    ),
)
