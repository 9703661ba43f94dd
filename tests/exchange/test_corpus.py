"""The hostile-spreadsheet corpus (reliability.md 3.4, T22): every class of bad or odd file x every kind, against its verdict.

By default each class goes once through the upload page, the kinds in turn. `pytest -m deep` sends an eighth of the matrix through the
command, every class and every kind in it, and `WHOLE=1 pytest -m deep` all of it.
"""

from functools import partial

import pytest

from tests.exchange.corpus import CASES, WHOLE, cells, files, layouts  # noqa: F401  (each enters its classes)
from tests.exchange.corpus.doors import by_command, by_page, check
from tests.exchange.corpus.kinds import KINDS, Kind
from tests.exchange.corpus.table import VERDICTS
from tests.standing import taken_back

MOST_ROWS = 50


def turn(code):
    """Return the kind a class goes through by default: one after the other, among those the class fits."""
    fitting = [kind for kind in KINDS if CASES[code].fits(Kind(kind))]
    return fitting[int(code) % len(fitting)]


def test_every_class_of_the_table_is_built():
    assert sorted(CASES) == sorted(VERDICTS) and len(CASES) == 49


@pytest.mark.parametrize("code", VERDICTS)
def test_each_class_through_the_upload_page(code, db, client, tmp_path):
    kind = Kind(turn(code)).at_hand()
    for file in CASES[code].files(kind):
        with taken_back():
            check(kind, file, partial(by_page, client=client, folder=tmp_path))


@pytest.mark.deep
@pytest.mark.parametrize("code", KINDS)
def test_every_class_through_the_command(code, db, tmp_path, subtests):
    kind = Kind(code).at_hand(MOST_ROWS)
    for number, one in CASES.items():
        if not one.fits(kind) or not (WHOLE or (int(number) + KINDS.index(code)) % 8 == 0):
            continue
        with subtests.test(code=number), taken_back():
            for file in one.files(kind):
                with taken_back():
                    check(kind, file, partial(by_command, folder=tmp_path))
    assert len(kind._rows) == MOST_ROWS  # rows made in a savepoint would be gone with it
