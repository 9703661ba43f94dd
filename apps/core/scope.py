"""Who sees which rows: the one choke point `visible_to(user)`.

A model says on which of its paths a scope can lie (`scope_paths`), a user says how far he reaches
(`user.reach()`); neither knows the other's app.
"""

from dataclasses import dataclass, field

from django.db import models
from django.db.models import Q

OPEN = "open"  # a model every signed-in person with a business post may read: towns, industries, platforms


@dataclass(frozen=True)
class Reach:
    """How far a person's acting post reaches.

    everything: reads all rows.  limits: dimension ("platform", "town", "industry") -> primary keys; a row is
    visible when any one of them holds.  nobody: no business data at all (the three administrators).
    """

    everything: bool = False
    nobody: bool = False
    limits: dict = field(default_factory=dict)


class ScopedQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Return only what `user` may see through the acting post; deny by default."""
        if not getattr(user, "is_authenticated", False) or not user.is_active:
            return self.none()
        reach = user.reach()
        if reach.nobody:
            return self.none()
        if reach.everything or self.model.scope_paths == OPEN:
            return self
        allowed = Q()
        for dimension, keys in reach.limits.items():
            if dimension in self.model.scope_paths:
                allowed |= Q(**{f"{self.model.scope_paths[dimension]}__in": keys})
        return self.filter(allowed) if allowed else self.none()
