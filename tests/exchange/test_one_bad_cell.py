"""Break one cell of a valid workbook in a known way: exactly that cell is named, and nothing is saved."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.exchange.commands import kinds
from tests import factories
from tests.exchange.books import CODE, book, load, places
from tests.exchange.hostile import form_of
from tests.exchange.test_hostile_cells import valid_row
from tests.exchange.test_round_trip import writer_of

pytestmark = pytest.mark.deep

ROWS = 4
BREAKS = {  # form of a column -> what is done to a valid cell of it
    "code": [lambda _: 913311220000000001, lambda _: "9.13311E+17", "{}\u4e00".format, lambda _: "同上"],
    "number": ["约{}".format, "{}%".format, "({})".format, "{}左右".format, lambda _: 10**16],
    "whole": [lambda cell: cell + 0.5, lambda cell: -cell, "{}多".format],
    "period": ["约{}".format, lambda cell: cell + 0.5, lambda _: 1899, lambda _: None],
    "date": ["{:%m月%d日}".format, "{:%y-%m-%d}".format, lambda _: "2021-02-30", lambda _: 46082],
    "choice": ["{}们".format, "{0}、{0}".format, lambda _: "待补"],
    "text": ["{}\u202e".format, lambda _: "无", lambda _: "长" * 300],
}
CODE_BREAKS = [lambda code: code[:-1], lambda code: code[:-1] + ("1" if code[-1] != "1" else "2"), lambda _: None]


@pytest.mark.parametrize("kind", ["enterprises", "enterprise-facts"])
def test_one_broken_cell_is_named_and_no_other(kind, db, tmp_path):
    factories.town(), factories.industry(), factories.platform()
    ledger, user = kinds()[kind], writer_of(kind)
    resource = ledger.resource(user=user)
    resource.bind()
    forms = {column.title: form_of(column) for column in resource.columns}
    valid = [valid_row(kind, number) for number in range(ROWS)]
    titles = list(valid[0])
    before = ledger.model.objects.count()
    ways = [
        (row, title, way)
        for row in range(ROWS)
        for title in titles
        for way in [*BREAKS[forms[title]], *(CODE_BREAKS if title == CODE else [])]
    ]

    @settings(max_examples=25, deadline=None)
    @given(st.sampled_from(ways))
    def check(broken):
        row, title, way = broken
        rows = [dict(line) for line in valid]
        rows[row][title] = way(rows[row][title])
        code, document = load(kind, book(tmp_path / "a.xlsx", titles, *(list(line.values()) for line in rows)), user)
        assert (code, document["status"], places(document)) == (1, "errors", [(row + 2, "ABCDEFGHIJ"[titles.index(title)])])
        assert (document["new"], ledger.model.objects.count()) == (ROWS - 1, before)

    check()
