"""T25: what a person of one park, town or chain may not reach, he does not reach by a sheet either; for every kind."""

import pytest

from apps.accounts.rights import RIGHTS
from apps.core.scope import OPEN
from tests import factories
from tests.exchange.books import load, places
from tests.exchange.corpus.doors import kept
from tests.exchange.corpus.kinds import KINDS, Kind
from tests.exchange.corpus.workbooks import Table
from tests.scope.county import PLACES

CASES = [
    (code, role)
    for code in KINDS
    for role, acts in RIGHTS[code].items()
    if role in PLACES and "import" in acts and Kind(code).model.scope_paths != OPEN and PLACES[role] in Kind(code).model.scope_paths
]
PLACE = {
    "platform": lambda own: factories.platform() if own else factories.platform("别处园", town=factories.town("别处镇")),
    "town": lambda own: factories.town() if own else factories.town("别处镇"),
    "industry": lambda own: factories.industry() if own else factories.industry("健康医疗"),
}


def elsewhere(model):
    """Return a row of a model that lies in no place of ours."""
    park, town, trade = PLACE["platform"](False), PLACE["town"](False), PLACE["industry"](False)
    return {
        "Platform": lambda: park,
        "Town": lambda: town,
        "Parcel": lambda: factories.parcel(platform=park, town=town),
        "Enterprise": lambda: factories.enterprise(platform=park, town=town, industry=trade),
        "Chain": lambda: factories.chain_of_industry(trade.name),
    }[model.__name__]()


def person(role, own):
    return factories.person(f"{role}_{own}", role, **{PLACES[role]: PLACE[PLACES[role]](own)})


def sent(kind, rows, user, folder):
    table = Table(kind, 0)
    table.rows = rows
    path = folder / "a.xlsx"
    path.write_bytes(table.content())
    return table, load(kind.code, path, user)[1]


@pytest.mark.parametrize(("code", "role"), CASES)
class TestScope:
    @pytest.fixture(autouse=True)
    def office(self, db, code, tmp_path):
        self.kind, self.folder = Kind(code).at_hand(2), tmp_path

    def test_rows_of_others_are_refused_one_by_one(self, code, role):
        """New rows, and a known one with a change: each is an error, at a cell that says what it is about."""
        known = self.kind.as_row(self.kind.record())
        stranger, before = person(role, own=False), kept()
        _, told = sent(self.kind, [*self.kind.rows(2), known], stranger, self.folder)
        assert told["status"] == "errors"
        assert {row for row, _ in places(told)} == {2, 3, 4}
        assert kept() == before
        for fault in told["errors"]:
            assert fault["column"] and any(word in fault["message"] for word in ("不在您的范围内", "不存在")), fault

    def test_no_row_is_taken_out_of_the_scope(self, code, role):
        """One's own row, with the column that decides where it lies naming a place of others."""
        path = self.kind.model.scope_paths[PLACES[role]]
        column = next((one for one in self.kind.columns if one.name == path.partition("__")[0]), None)
        assert column is not None
        row = self.kind.as_row(self.kind.record())
        user, other = person(role, own=True), elsewhere(column.model_field.related_model)
        _, whole = sent(self.kind, [dict(row)], user, self.folder)
        row[column.title] = column.widget.render(other)
        before = kept()
        table, told = sent(self.kind, [row], user, self.folder)
        named = set(places(told)) - set(places(whole))  # what of this row lies beyond the scope anyway is no news
        assert (told["status"], named) == ("errors", {(2, table.letter(column.title))})
        assert "范围内" in next(fault for fault in told["errors"] if fault["column"] == table.letter(column.title))["message"]
        assert kept() == before
