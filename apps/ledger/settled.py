"""Fields that are settled (已定): other rows were made for what they say, so a record keeps it from then on.

The write path refuses them whatever door the change comes by; a form says so below the field before anything is typed.
"""

from collections import defaultdict
from dataclasses import dataclass

from apps.core.scope import unscoped


@dataclass(frozen=True)
class Settled:
    """One line of `LedgerModel.settled`.

    names: the fields.  by: the look-up from the model to the rows that were made for them; an archived one counts, it may be
    restored.  since: what was done, as the beginning of a sentence.  remedy: what to do instead, as its end.
    """

    names: tuple
    by: str
    since: str
    remedy: str


def settled(model, keys, names):
    """Return key -> field -> the Settled that closes it, of the rows with these keys and the fields `names`. One query a line."""
    closed = defaultdict(dict)
    for line in model.settled:
        asked = [name for name in line.names if name in names]
        if asked:
            with unscoped("已按原值建立的数据，无论谁能看到"):
                made = set(model.objects.filter(pk__among=keys, **{f"{line.by}__isnull": False}).order_by().values_list("pk", flat=True))
            for key in made:
                closed[key].update(dict.fromkeys(asked, line))
    return closed
