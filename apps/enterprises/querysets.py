"""Figures with what they are compared with: the same period last year, the land of the year."""

from django.db.models import Case, DateField, DecimalField, F, FloatField, Func, OuterRef, Q, Subquery, Sum, When
from django.db.models.functions import Cast

from apps.enterprises.choices import OccupationKind
from apps.ledger.models import LedgerQuerySet

AREA = DecimalField(max_digits=15, decimal_places=4)
SIGNED_AREA = Case(When(kind=OccupationKind.LET_OUT, then=-F("area")), default=F("area"), output_field=AREA)


class YearEnd(Func):
    """31 December of a year as the database's own date, so that terms compare without a call into Python per row."""

    output_field = DateField()

    def as_sqlite(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, template="printf('%%%%04d-12-31', %(expressions)s)", **context)

    def as_postgresql(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, template="make_date(%(expressions)s, 12, 31)", **context)


class OccupationQuerySet(LedgerQuerySet):
    def in_force(self, day):
        """Return the occupations of which `day` (a date or an expression) lies inside the term."""
        return self.live().filter(Q(start__lte=day), Q(end__isnull=True) | Q(end__gte=day))


class FiguresQuerySet(LedgerQuerySet):
    def with_last_year(self, *names, period=("year",)):
        """Annotate `<name>_last`: the same figure of the same enterprise and period, one year earlier."""
        same = {part: OuterRef(part) for part in period if part != "year"}
        earlier = self.model.objects.live().filter(enterprise=OuterRef("enterprise"), year=OuterRef("year") - 1, **same).order_by()
        return self.annotate(**{f"{name}_last": Subquery(earlier.values(name)[:1]) for name in names})

    def with_land(self, occupations):
        """Annotate `area`: 亩 in use on 31 December of the row's year (as selectors.land_of_year)."""
        held = occupations.in_force(YearEnd(OuterRef("year"))).filter(enterprise=OuterRef("enterprise"))
        total = held.order_by().values("enterprise").annotate(total=Sum(SIGNED_AREA, output_field=AREA)).values("total")
        return self.annotate(area=Subquery(total))

    def figures(self, *keys, fields):
        """Return tuples of `keys` and then the figures `fields` as floats, read in half the time of Decimals.

        To look through many rows; what is worth a finding is then judged by the exact number (rules.exact).
        """
        return self.order_by().values_list(*keys, *(Cast(name, FloatField()) for name in fields))
