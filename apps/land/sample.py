"""The sample county's land to be handled, marked 示例: invented parcels and cases, moved on by the sample people."""

import datetime as dt
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction

from apps.accounts.models import Organisation, User
from apps.core import clock
from apps.core.actor import Actor
from apps.land.choices import Boundary
from apps.land.models import LandCase
from apps.ledger import papers
from apps.ledger import services as ledger
from apps.ledger.choices import Origin
from apps.ledger.workflow import apply_move
from apps.platforms.models import Parcel, Platform

REASON = "载入示例数据"
PAPER = b"%PDF-1.4\n% sample paper of the sample county\n"
ENTERED = dt.date(2021, 3, 1)
WAY = ("verify", "plan", "approve", "start", "report", "accept")
MAKERS = {"verify": "natural2", "approve": "natural2", "accept": "natural2"}  # the others: the park


class Tale(NamedTuple):
    """One case: where, which class, area in 亩, why, what is done about it, until when, and how many moves it has made."""

    park: str
    land_class: str
    area: str
    cause: str
    disposal: str
    deadline: str
    moves: int
    last: str = ""  # a side move at the end


TALES = [
    Tale("lijin", "unsupplied", "62.5", "clearance", "supply", "2021-12-31", 4),
    Tale("lijin", "unsupplied", "38.2", "planning", "replan", "2021-09-30", 4),
    Tale("lijin", "unsupplied", "24", "government", "complete_papers", "2022-06-30", 3),
    Tale("lijin", "unused", "41.8", "funds", "urge_start", "2021-10-31", 4),
    Tale("lijin", "unused", "18.6", "enterprise", "take_back", "2021-11-10", 5),
    Tale("lijin", "unfinished", "33", "market", "split", "2021-12-20", 2),
    Tale("lijin", "not_producing", "27.4", "enterprise", "urge_production", "2021-08-31", 4),
    Tale("lijin", "below_standard", "52.1", "market", "upgrade", "2022-03-31", 1),
    Tale("lijin", "below_standard", "16.9", "enterprise", "let_or_sell", "2021-06-30", 6),
    Tale("lijin", "unsupplied", "12.3", "other", "reserve", "", 0),
    Tale("lijin", "unused", "20.5", "seizure", "extend", "2021-12-31", 0, "return"),
    Tale("kaifaqu", "unsupplied", "55.7", "clearance", "supply", "2021-10-20", 4),
    Tale("kaifaqu", "unsupplied", "71.2", "clearance", "transfer_quota", "2022-09-30", 2),
    Tale("kaifaqu", "unused", "29.9", "enterprise", "cooperate", "2021-07-31", 4),
    Tale("kaifaqu", "unfinished", "44.4", "funds", "cooperate", "2021-12-15", 3),
    Tale("kaifaqu", "not_producing", "31.6", "market", "merge", "2021-05-31", 6),
    Tale("kaifaqu", "not_producing", "22.8", "funds", "cooperate", "2022-01-31", 5),
    Tale("kaifaqu", "below_standard", "36.3", "market", "upgrade", "2022-04-30", 1),
    Tale("kaifaqu", "below_standard", "14.7", "enterprise", "close", "", 0),
]
PARKS = {"lijin": ("丽缙园", "LJ", "丽缙园管委会"), "kaifaqu": ("开发区", "KF", "开发区管委会")}


@transaction.atomic
def load():
    """Add the cases that are missing and return how many; none where a sample person or a park is not there."""
    people = {user.username: Actor.of(user, channel="系统") for user in User.objects.filter(is_sample=True, is_active=True)}
    parks = {code: Platform.objects.filter(short_name=name).first() for code, (name, _, _) in PARKS.items()}
    needed = {"natural", "natural2", *(f"park_{code}" for code in PARKS)}
    known = set(LandCase.objects.values_list("number", flat=True))
    if not needed <= people.keys() or None in parks.values():
        return 0
    told = [(f"JY-2021-{PARKS[tale.park][1]}-{place:04d}", place, tale) for place, tale in enumerate(TALES, start=1)]
    missing = [line for line in told if line[0] not in known]
    for number, place, tale in missing:
        _tell(_enter(number, place, tale, parks[tale.park], people), tale, people)
    return len(missing)


def _enter(number, place, tale, park, people):
    with clock.on(ENTERED):
        actor = people["natural"]
        values = {"code": f"SC-{place:04d}", "name": f"{park.short_name}待处置{place}号地块（示例）", "town": park.town, "platform": park}
        parcel = Parcel.objects.filter(code=values["code"]).first() or ledger.create(
            model=Parcel, values={**values, "area": Decimal(tale.area), "origin": Origin.SAMPLE}, actor=actor, reason=REASON
        )
        values = {
            "number": number,
            "land_class": tale.land_class,
            "parcel": parcel,
            "area": parcel.area,
            "approved_by": "省政府（示例）",
            "approved_on": dt.date(2018, 1 + place % 12, 15),
            "approved_area": parcel.area,
            "planned_use": "工业",
            "batch_name": f"缙云县{2017 + place % 3}年度第{1 + place % 4}批次（示例）",
            "boundary": Boundary.INSIDE,
            "cause": tale.cause,
            "origin": Origin.SAMPLE,
        }
        return ledger.create(model=LandCase, values=values, actor=actor, reason=REASON)


def _tell(case, tale, people):
    """Let the case make its moves, one a fortnight."""
    day = ENTERED
    for code in (*WAY[: tale.moves], *filter(None, [tale.last])):
        day += dt.timedelta(days=14)
        actor = people[MAKERS.get(code, "natural2" if code == tale.last else f"park_{tale.park}")]
        step = case.workflow.move(code)
        with clock.on(day):
            for slot in step.papers:
                papers.add(record=case, slot=slot, name=f"{case.workflow.slot(slot).label}（示例）.pdf", content=PAPER, actor=actor)
            values = _values(code, tale, case, day)
            comment = "缺查封裁定书，请补。" if step.comment else ""
            case = apply_move(record=case, move=code, actor=actor, version=case.version, comment=comment, values=values)


def _values(code, tale, case, day):
    if code == "plan":
        unit = Organisation.objects.filter(name=PARKS[tale.park][2]).first()
        plan_text = f"按“{case.get_land_class_display()}”分类处置（示例）"
        return {"disposal": tale.disposal, "plan_text": plan_text, "responsible": unit, "deadline": dt.date.fromisoformat(tale.deadline)}
    if code == "approve":
        return {"plan_number": f"缙政函〔2021〕{case.pk}号（示例）"}
    return {"disposed_area": case.area, "disposed_on": day, "result": "已按方案处置（示例）"} if code == "report" else {}
