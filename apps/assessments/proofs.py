"""The tie between the journal and the scores people look at: the entry of a computation seals it with all its rows.

Which computation a round looks at is a field of the round's row and stands in its history.
"""

from apps.assessments.models import AssessmentRound, Computation, Score, Standing
from apps.core.digest import combine, digests_of
from apps.ledger import verification


def seal_of(computation):
    """Return what the journal keeps of a computation with its scores and standings."""
    rows = [Computation.objects.filter(pk=computation.pk)]
    rows += [model.objects.filter(computation=computation) for model in (Score, Standing)]
    return combine(digest for found in rows for digest in digests_of(found).values())


def compare():
    """Compare the current computation of every round with the journal and return (how many, a sentence for each that differs)."""
    current = Computation.objects.filter(pk__in=AssessmentRound.objects.exclude(current=None).values("current")).order_by("pk")
    return verification.compare("考核计分", ((computation.pk, str(computation), seal_of(computation)) for computation in current))
