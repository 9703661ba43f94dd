"""Rules that span rows: a model's own `check_written`, and those an app above puts on a model of an app below.

A parcel knows nothing of the enterprises that hold land on it; what it owes them is registered here from above, in
`AppConfig.ready()`.
"""

from apps.core.errors import RowsRefused
from apps.core.scope import unscoped

_from_above = {}


def register(model, check):
    """Let `check(records)` be asked after every write of `model`; like `check_written` it raises Refused to undo it.

    A rule that is broken by single rows raises RowsRefused, so that a form and an import can name the field.
    """
    _from_above.setdefault(model, []).append(check)


def refuse_rows(judged):
    """Raise RowsRefused for those of (record, field, sentence or None) that have a sentence."""
    faults = [fault for fault in judged if fault[2]]
    if faults:
        raise RowsRefused(faults)


def run(records):
    """Ask every rule about rows of one model that were just written, inside their transaction. Raises Refused.

    What a rule compares with may lie out of the person's sight.
    """
    model = type(records[0])
    with unscoped("跨记录的规则"):
        for check in (model.check_written, *_from_above.get(model, ())):
            check(records)
