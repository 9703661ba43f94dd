"""T26: break cells of a valid table in known ways, and exactly those are named; valid tables always come in, and come back.

Three kinds by default. `pytest -m deep` takes the others; `WHOLE=1 pytest -m deep` takes 10,000 broken cells and the
whole matrix of test_corpus.py, in some minutes.
"""

from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.core.text import normalise
from apps.exchange.rules import PLACEHOLDERS
from tests.exchange.books import load, run
from tests.exchange.corpus import WHOLE, File
from tests.exchange.corpus.cells import takes
from tests.exchange.corpus.doors import by_command, check
from tests.exchange.corpus.kinds import KINDS, Kind
from tests.exchange.corpus.operators import BREAKS, breaks_of, harmless_of
from tests.exchange.corpus.workbooks import Table
from tests.standing import taken_back

ROWS = 24
ALWAYS = ("enterprise-facts", "land-cases", "assessment-targets")  # the others with `-m deep`
EACH = [pytest.param(code, marks=() if code in ALWAYS else pytest.mark.deep) for code in KINDS]
TIMES = 25 if WHOLE else 1
LETTERS = st.characters(codec="gb2312", categories=["Lo", "Lu", "Ll", "Nd"])
WORDS = st.text(LETTERS, min_size=2, max_size=10).filter(lambda word: normalise(word).lower() not in PLACEHOLDERS)  # NONE is no data


def examples(times):
    """Return the settings of a test that makes so many tables."""
    unhurried = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]
    return settings(max_examples=times, deadline=None, database=None, suppress_health_check=unhurried)


def test_there_are_more_than_twenty_ways():
    assert len({name for name, _, _ in BREAKS}) == len(BREAKS) > 20


@pytest.mark.parametrize("code", EACH)
def test_exactly_the_broken_cells_are_named(code, db, tmp_path):
    """One broken cell in each row but the last."""
    kind = Kind(code).at_hand(ROWS)

    @examples(TIMES)
    @given(st.lists(st.sampled_from(breaks_of(kind)), min_size=ROWS - 1, max_size=ROWS - 1))
    def broken(ways):
        table, bad = Table(kind, ROWS), []
        for index, (column, _, way) in enumerate(ways):
            cell = table.rows[index][column.title] = way(table.rows[index][column.title])
            bad.append(table.bad(index, column, cell))
        with taken_back():
            check(kind, File("E", table.content(), bad=tuple(bad)), partial(by_command, folder=tmp_path))

    broken()


@pytest.mark.parametrize("code", EACH)
def test_a_valid_table_comes_in_and_comes_back(code, db, tmp_path):
    """Whatever its texts say and however its cells are written; what is exported then imports back as no change."""
    kind = Kind(code).at_hand(ROWS // 4)
    harmless = harmless_of(kind)
    texts = [column for column in kind.of("text", keys=False) if not column.model_field.unique]

    @examples(TIMES)
    @given(st.data())
    def valid(data):
        table = Table(kind, ROWS // 4)
        for row in table.rows:
            for column in texts:
                word = data.draw(WORDS)
                row[column.title] = word if takes(column, word) else row[column.title]
        stored = [dict(row) for row in table.rows]
        for row in table.rows if harmless else ():  # a printed table is taken letter by letter
            column, _, way = data.draw(st.sampled_from(harmless))
            row[column.title] = way(row[column.title])
        with taken_back():
            check(kind, File("A", table.content(), stored=tuple(stored)), partial(by_command, folder=tmp_path))
            out = tmp_path / "out.xlsx"
            exported = run("export_ledger", kind.code, out, "--as", kind.writer.username)[1]
            told = load(kind.code, out, kind.writer)[1]
            assert (told["status"], told["errors"], told["unchanged"]) == ("done", [], exported["rows"])
            assert (told["new"], told["changed"]) == (0, 0)

    valid()
