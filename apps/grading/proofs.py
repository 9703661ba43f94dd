"""The tie between the journal and the results people look at: the entry of a run seals the run with all its results."""

from hashlib import sha256

from django.db.models import Max, Q

from apps.core.digest import record_digest
from apps.grading.models import CurrentRun, GradingRun
from apps.grading.rules import record
from apps.ledger import verification


def seal_of(run, results):
    """Return what the journal keeps of a run; results: the seal of its results (`rules.record`)."""
    return sha256(record_digest(run, without=GradingRun.settable) + results.encode()).hexdigest()


def compare():
    """Compare the current and the published runs with the journal and return (how many, a sentence for each that differs)."""
    runs = GradingRun.objects.filter(Q(pk__in=CurrentRun.objects.values("run")) | Q(published_at__isnull=False)).order_by("pk")
    count, faults = verification.compare("亩均重算", ((run.pk, f"亩均评价{run}运算", _found(run)) for run in runs.iterator()))
    return count, faults + [f"{year}年的当前运算不是最后一次亩均重算" for year in _turned_back()]


def _found(run):
    return seal_of(run, record.sealed(run.results.order_by("pk").values_list(*record.STORED).iterator(), sha256()))


def _turned_back():
    """Return the years whose pointer is not on the run with the latest data cut-off (`services._point_at`)."""
    pointed = set(CurrentRun.objects.values_list("year", "run__year", "run__cutoff"))
    newest = GradingRun.objects.order_by("year").values_list("year").annotate(newest=Max("cutoff"))
    return [year for year, cutoff in newest if (year, year, cutoff) not in pointed]
