"""Figures with what they are compared with: the same period last year, the land of the year."""

from django.db.models import Case, DecimalField, F, OuterRef, Q, Subquery, Sum, When

from apps.enterprises.choices import OccupationKind
from apps.ledger.models import LedgerQuerySet

AREA = DecimalField(max_digits=15, decimal_places=4)
SIGNED_AREA = Case(When(kind=OccupationKind.LET_OUT, then=-F("area")), default=F("area"), output_field=AREA)


class OccupationQuerySet(LedgerQuerySet):
    def in_force(self, day):
        """Return the occupations of which `day` (a date or an expression) lies inside the term."""
        return self.live().filter(Q(start__lte=day), Q(end__isnull=True) | Q(end__gte=day))


class FiguresQuerySet(LedgerQuerySet):
    def with_last_year(self, *names, period=("year",)):
        """Annotate `<name>_last`: the same figure of the same enterprise and period, one year earlier."""
        same = {part: OuterRef(part) for part in period if part != "year"}
        earlier = self.model.objects.live().filter(enterprise=OuterRef("enterprise"), year=OuterRef("year") - 1, **same)
        return self.annotate(**{f"{name}_last": Subquery(earlier.values(name)[:1]) for name in names})

    def with_land(self, occupations):
        """Annotate `area`: 亩 in use on 31 December of the row's year (as selectors.land_of_year)."""
        held = occupations.live().filter(
            Q(end__isnull=True) | Q(end__year__gt=OuterRef("year")) | Q(end__year=OuterRef("year"), end__month=12, end__day=31),
            enterprise=OuterRef("enterprise"),
            start__year__lte=OuterRef("year"),
        )
        total = held.order_by().values("enterprise").annotate(total=Sum(SIGNED_AREA, output_field=AREA)).values("total")
        return self.annotate(area=Subquery(total))
