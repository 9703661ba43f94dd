"""An entry carries the hash of the history rows its act wrote; whoever changes one of them is found."""

import datetime as dt
import json
from decimal import Decimal

import pytest
from django.core.management import call_command

from apps.core import digest
from apps.core.digest import plain
from apps.enterprises.models import Enterprise
from apps.journal.models import JournalEntry
from apps.journal.selectors import verify
from apps.ledger import services as ledger
from tests import factories

pytestmark = pytest.mark.django_db
History = Enterprise.history.model


def last():
    return JournalEntry.objects.latest("seq")


@pytest.fixture
def firm():
    return factories.enterprise("示例企业甲")


def batch(firm, count=5):
    alike = {"town": firm.town, "industry": firm.industry, "scale": firm.scale}
    new = [Enterprise(name=f"批量{number}", credit_code=factories.credit_code(), **alike) for number in range(count)]
    ledger.write_batch(model=Enterprise, new=new, changed=[(firm, ["name"])], actor=factories.SYSTEM, reason="导入 示例.xlsx")
    return last()


def test_a_single_act_names_the_rows_before_and_after(firm):
    created = last().detail["history"]
    ledger.change(record=firm, values={"name": "改名"}, version=1, actor=factories.SYSTEM)
    changed = last().detail["history"]
    assert (created["before"], changed["before"], changed["rows"]) == (None, created["last"], 1)
    before, after = (firm.history.get(history_id=key) for key in (changed["before"], changed["last"]))
    assert (before.name, after.name) == ("示例企业甲", "改名")


def test_a_batch_is_one_entry_with_the_hash_of_all_its_rows(firm):
    before = JournalEntry.objects.count()
    entry = batch(firm)
    assert (JournalEntry.objects.count() - before, entry.detail["history"]["rows"]) == (1, 6)
    assert History.objects.filter(batch=entry.detail["batch"]).count() == 6
    assert verify().intact


HARMS = {
    "changed": lambda rows: rows.filter(name="批量3").update(name="批量三"),
    "other person": lambda rows: rows.filter(name="批量3").update(post="别的身份"),
    "deleted": lambda rows: rows.filter(name="批量3").delete(),
    "moved to another batch": lambda rows: rows.filter(name="批量3").update(batch=None),
}


@pytest.mark.parametrize("harm", HARMS)
def test_a_row_of_a_batch_that_was_touched_is_found(firm, harm, capsys):
    entry = batch(firm)
    HARMS[harm](History.objects.filter(batch=entry.detail["batch"]))
    assert (verify().first_bad, verify().history_bad) == (None, (entry.seq,))
    with pytest.raises(SystemExit) as end:
        call_command("journal_verify")
    assert (end.value.code, capsys.readouterr().out) == (
        1,
        f"历史记录与日志不符：第 {entry.seq} 条所写的历史行或附件登记已被改动或缺失。\n",
    )


def test_a_row_of_a_single_act_is_found(firm):
    ledger.change(record=firm, values={"name": "改名"}, version=1, actor=factories.SYSTEM)
    History.objects.filter(name="示例企业甲").update(history_date=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    History.objects.filter(name="改名").delete()
    seqs = tuple(JournalEntry.objects.filter(detail__model="enterprises.Enterprise").order_by("seq").values_list("seq", flat=True))
    assert verify().history_bad == seqs


def test_a_column_added_later_leaves_the_proofs_as_they_are(firm):
    """The new column has its default in every old row; the hash does not see it."""

    names, defaults = digest.layout(History)
    row = History.objects.values_list(*names).get()
    without = digest._filled(names, row, defaults)
    assert digest._filled([*names, "added_later"], [*row, None], [*defaults, None]) == without


def test_the_command_names_them_in_its_document(firm, capsys):
    entry = batch(firm)
    History.objects.filter(name="批量3").delete()
    with pytest.raises(SystemExit):
        call_command("journal_verify", "--json")
    assert json.loads(capsys.readouterr().out)["history_bad"] == [entry.seq]


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (Decimal("12.50"), "12.50"),
        (1e20, "100000000000000000000"),
        (-0.0, "0"),
        (1.50, "1.5"),
        (True, True),
        (10**20, "100000000000000000000"),
        (dt.datetime(2021, 10, 15, 8, tzinfo=dt.timezone(dt.timedelta(hours=8))), "2021-10-15T00:00:00.000000+00:00"),
        (dt.date(2021, 10, 15), "2021-10-15"),
        (b"\x00\xff", "00ff"),
        ({"b": [1, None], "a": {}}, {"b": ["1", None], "a": {}}),
    ],
)
def test_one_spelling_of_a_value(value, kept):
    assert plain(value) == kept


def test_the_order_of_rows_does_not_count_their_number_does():
    assert digest.digest([(1, "a"), (2, "b")]) == digest.digest([(2, "b"), (1, "a")])
    assert len({digest.digest(rows) for rows in ([], [(1,)], [(1,), (1,)], [("1",)], [(None,)])}) == 4  # 1 and "1" are one spelling
