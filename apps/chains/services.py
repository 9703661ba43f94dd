"""The acts of a chain office."""

import json
from pathlib import Path

from django.db import transaction

from apps.chains.models import Instruction, NineOnesItem
from apps.core.errors import Refused
from apps.ledger import services as ledger
from apps.ledger.workflow import apply_move

NINE_ONES = Path(__file__).parent / "data" / "nine_ones.json"


def default_items():
    """Return the nine ones as [{"title", "done_when"}] (浙商务开发函〔2019〕2号; domain 3.2, configurable per chain and year)."""
    return json.loads(NINE_ONES.read_text())


@transaction.atomic
def open_year(*, chain, year, actor, **values):
    """Draw up a chain's list of a year, all not begun: last year's titles where there are any, else the default ones.

    values: further fields of every row (a loader's origin). Returns the rows. Raises Refused when the year has a list.
    """
    items = chain.items.read_by(actor.user)
    if items.filter(year=year).exists():
        raise Refused(f"{chain}{year}年的“九个一”清单已经建立。")
    last = [{"title": item.title, "done_when": item.done_when} for item in items.live().filter(year=year - 1)]
    rows = [
        NineOnesItem(chain=chain, year=year, number=number, **row, **values) for number, row in enumerate(last or default_items(), start=1)
    ]
    ledger.write_batch(model=NineOnesItem, new=rows, changed=[], actor=actor, reason=f"建立 {year} 年九个一清单")
    return rows


@transaction.atomic
def instruct(*, chain, values, actor):
    """Give an instruction about a chain in one act, written down and sent, and return it.

    values: text, unit, deadline and what else `Instruction` holds. Raises ValidationError and Refused.
    """
    drafted = ledger.create(model=Instruction, values={"chain": chain, **values}, actor=actor)
    return apply_move(record=drafted, move="issue", actor=actor, version=drafted.version)
