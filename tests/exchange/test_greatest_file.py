"""A file of the greatest size costs the office's server little memory: it is read in a child and judged in parts."""

import tracemalloc

import pytest

from apps.enterprises.models import YearlyFact
from apps.exchange.reading import MAX_ROWS, limits
from tests import factories
from tests.exchange.books import FACT, book, load

pytestmark = pytest.mark.deep
MOST = 50 * 1024**2
FIRMS, YEARS = 1_000, range(2001, 2021)


def test_twenty_thousand_rows_stay_under_fifty_megabytes(tmp_path, permu):
    firms = [factories.enterprise() for _ in range(FIRMS)]
    rows = [[firm.credit_code, firm.name, year, "规上", number + 0.25, year + 0.5] for number, firm in enumerate(firms) for year in YEARS]
    assert len(rows) == MAX_ROWS
    path = book(tmp_path / "a.xlsx", FACT, *rows)
    del rows
    tracemalloc.start()
    try:
        for expected in ("new", "unchanged"):
            tracemalloc.reset_peak()
            before, _ = tracemalloc.get_traced_memory()
            code, document = load("enterprise-facts", path, permu)
            _, peak = tracemalloc.get_traced_memory()
            assert (code, document["status"], document[expected]) == (0, "done", MAX_ROWS)
            assert peak - before < MOST
    finally:
        tracemalloc.stop()
    assert YearlyFact.objects.count() == MAX_ROWS
    assert limits.MEMORY == 1024**3  # what the child may take: it read the file, so it got by with that
