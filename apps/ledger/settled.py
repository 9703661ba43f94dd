"""Fields that are settled (已定): from a point on others rely on what they say, so the record keeps it.

The write path refuses them whatever door the change comes by; a form says so below the field before anything is typed.
"""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Q

from apps.core.scope import unscoped


@dataclass(frozen=True)
class Settled:
    """One line of `LedgerModel.settled`.

    names: the fields.  when: the condition under which a stored record keeps them; of rows that were made for it an archived one
    counts, it may be restored.  since: what was done, as the beginning of a sentence.  remedy: what to do instead, as its end.
    """

    names: tuple
    when: Q
    since: str
    remedy: str


def settled(model, keys, names):
    """Return key -> field -> the Settled that closes it, of the rows with these keys and the fields `names`. One query a line."""
    closed = defaultdict(dict)
    for line in model.settled:
        asked = [name for name in line.names if name in names]
        if asked:
            with unscoped("是否已定，无论谁能看到"):
                kept = set(model.objects.filter(line.when, pk__among=keys).order_by().values_list("pk", flat=True).distinct())
            for key in kept:
                closed[key].update(dict.fromkeys(asked, line))
    return closed
