"""The five chains of the plan (§7.1) and, marked 示例, an invented state of their nine ones."""

import datetime as dt
import json
from pathlib import Path

from django.db import transaction

from apps.accounts.choices import Role
from apps.accounts.models import Post
from apps.chains import services
from apps.chains.models import Chain, NineOnesItem
from apps.ledger import services as ledger
from apps.ledger.models import Origin
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
    for number, defaults in enumerate(services.default_items(), start=1):
        progress = {"number": number, **known.get(number, {})}
        for name in {"due", "done_on"} & progress.keys():
            progress[name] = dt.date.fromisoformat(progress[name])
        rows.append(NineOnesItem(chain=chain, year=YEAR, origin=Origin.SAMPLE, **defaults, **progress))
    ledger.write_batch(model=NineOnesItem, new=rows, changed=[], actor=actor, reason="示例清单")
