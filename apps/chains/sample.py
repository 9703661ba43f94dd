"""The five chains of the plan (§7.1) and, marked 示例, an invented state of their nine ones."""

import datetime as dt
import json
from pathlib import Path

from django.db import transaction

from apps.accounts.choices import Role
from apps.accounts.models import Organisation, Post, User
from apps.chains import selectors, services
from apps.chains.models import Chain, Instruction, NineOnesItem
from apps.core import clock
from apps.core.actor import Actor
from apps.ledger import services as ledger
from apps.ledger.choices import Origin
from apps.ledger.workflow import apply_move
from apps.platforms.models import Industry

DATA = Path(__file__).parent / "data"
YEAR = 2021


@transaction.atomic
def load(actor):
    """Create the chains and lists that are missing and return how many chains; what exists stays.

    An industry is known by its code: the office may rename it. A chain whose industry is not there is passed over.
    """
    added = 0
    items = json.loads((DATA / "sample_items.json").read_text())
    rows = json.loads((DATA / "chains.json").read_text())
    industries = {industry.code: industry for industry in Industry.objects.filter(code__in=[row["industry"] for row in rows])}
    for row in rows:
        industry = industries.get(row.pop("industry"))
        if industry is None:
            continue
        chain = Chain.objects.filter(industry=industry).first()
        if chain is None:
            specialist = Post.objects.in_force().filter(role=Role.CHAIN_OFFICE, industry=industry, user__is_sample=True).first()
            values = {**row, "industry": industry, "specialist": specialist, "origin": Origin.PLAN}
            chain = ledger.create(model=Chain, values=values, actor=actor, reason="规划 §7.1")
            added += 1
        if not chain.items.filter(year=YEAR).exists():
            _load_items(chain, {row["number"]: row for row in items.get(chain.name, [])}, actor)
    return added


def _load_items(chain, known, actor):
    rows = []
    for number, defaults in enumerate(selectors.default_items(), start=1):
        progress = {"number": number, **known.get(number, {})}
        for name in {"due", "done_on"} & progress.keys():
            progress[name] = dt.date.fromisoformat(progress[name])
        rows.append(NineOnesItem(chain=chain, year=YEAR, origin=Origin.SAMPLE, **defaults, **progress))
    ledger.write_batch(model=NineOnesItem, new=rows, changed=[], actor=actor, reason="示例清单")


INSTRUCTIONS = [  # number, text, unit, given, deadline, moves of the unit and of the chief
    ("JB2021-0001", "摸清机床企业用地缺口，提出供地清单（示例）", "县自然资源和规划局", "2021-08-30", "2021-09-17", ["sign", "start"]),
    ("JB2021-0002", "走访示例龙头企业，协调用工问题（示例）", "丽缙园管委会", "2021-10-08", "2021-10-20", ["sign"]),
    ("JB2021-0003", "报送三季度机床链招商进展（示例）", "现代装备产业链办公室", "2021-10-11", "2021-10-29", []),
    (
        "JB2021-0004",
        "核对规上企业纳税数据（示例）",
        "县税务局",
        "2021-09-01",
        "2021-09-10",
        ["sign", "start", "answer", "confirm", "close"],
    ),
]
SIGNERS = {
    "县自然资源和规划局": "natural",
    "丽缙园管委会": "park_lijin",
    "现代装备产业链办公室": "office_equipment",
    "县税务局": "dept_tax",
}


@transaction.atomic
def load_instructions():
    """Add what the sample chief has asked for and return how many; none where he, his chain or a unit is not there."""
    people = {user.username: Actor.of(user, channel="系统") for user in User.objects.filter(is_sample=True, is_active=True)}
    units = {unit.name: unit for unit in Organisation.objects.all()}
    chief, chain = people.get("chief_equipment"), Chain.objects.filter(industry__code="equipment").first()
    known = set(Instruction.objects.values_list("number", flat=True))
    rows = [row for row in INSTRUCTIONS if row[0] not in known and row[2] in units and SIGNERS[row[2]] in people]
    if chief is None or chain is None:
        return 0
    for number, text, unit, given, deadline, moves in rows:
        with clock.on(dt.date.fromisoformat(given)):
            task = {"number": number, "text": text, "unit": units[unit], "deadline": dt.date.fromisoformat(deadline)}
            values = {**task, "source": "visit", "origin": Origin.SAMPLE}
            row = services.instruct(chain=chain, values=values, actor=chief)
            for code in moves:
                actor = chief if code in ("confirm", "close") else people[SIGNERS[unit]]
                answer = {"feedback": "已核对（示例）"} if code == "answer" else {}
                row = apply_move(record=row, move=code, actor=actor, version=row.version, values=answer)
    return len(rows)
