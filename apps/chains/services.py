"""The acts of a chain office."""

from django.db import transaction

from apps.chains import selectors
from apps.chains.models import Instruction, NineOnesItem
from apps.core.errors import Refused
from apps.ledger import services as ledger
from apps.ledger.workflow import apply_move


@transaction.atomic
def open_year(*, chain, year, actor, **values):
    """Draw up what a chain's list of a year lacks, all not begun (`selectors.lacking_items`); return the rows and the archived items.

    values: further fields of every row (a loader's origin). Raises Refused when nothing is lacking; what was archived is not
    drawn up a second time.
    """
    lacking, archived = selectors.lacking_items(chain, year, actor.user)
    if not lacking:
        raise Refused(f"{chain}{year}年的“九个一”清单已经建立。{selectors.archived_told(archived)}")
    rows = [NineOnesItem(chain=chain, year=year, number=number, **row, **values) for number, row in lacking]
    ledger.write_batch(model=NineOnesItem, new=rows, changed=[], actor=actor, reason=f"建立 {year} 年九个一清单")
    return rows, archived


@transaction.atomic
def instruct(*, chain, values, actor):
    """Give an instruction about a chain in one act, written down and sent, and return it.

    values: text, unit, deadline and what else `Instruction` holds. Raises ValidationError and Refused.
    """
    drafted = ledger.create(model=Instruction, values={"chain": chain, **values}, actor=actor)
    return apply_move(record=drafted, move="issue", actor=actor, version=drafted.version)
