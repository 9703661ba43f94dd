"""The chain: whoever changes, drops, swaps or adds an entry is found (reliability T42)."""

import json
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from apps.core.actor import Actor
from apps.journal import guards
from apps.journal.models import JournalEntry, JournalHead
from apps.journal.selectors import verify
from apps.journal.services import record
from tests import commands, factories

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("测试")


@pytest.fixture
def chain():
    """Five entries."""
    return [record(act="修改", actor=SYSTEM, target=f"企业 {number}", detail={"area": Decimal("12.50")}) for number in range(1, 6)]


@pytest.fixture
def unguarded():
    """A database whose triggers somebody with all rights has dropped."""
    guards.remove(connection.alias)
    yield
    guards.install(connection.alias)


def test_an_intact_chain_verifies(chain):
    verdict = verify()
    assert (verdict.entries, verdict.first_bad, verdict.tail) == (5, None, chain[-1].digest)


def test_an_empty_chain_verifies():
    assert (verify().entries, verify().first_bad) == (0, None)


@pytest.mark.parametrize(
    ("field", "value"),
    [("at", "2021-10-15T08:00:00.000000+08:00"), ("actor", "他人"), ("result", "失败"), ("target", "企业 8"), ("detail", {"area": "12.5"})],
)
def test_one_changed_field_is_found(chain, unguarded, field, value):
    JournalEntry.objects.filter(seq=3).update(**{field: value})
    assert verify().first_bad == 3


def test_an_entry_sealed_again_without_the_key_is_found(chain, unguarded, settings):
    settings.JOURNAL_KEY = "guessed"
    forged = JournalEntry.objects.get(seq=3)
    forged.target = "企业 8"
    JournalEntry.objects.filter(seq=3).update(target=forged.target, digest=forged.seal())
    settings.JOURNAL_KEY = settings.SECRET_KEY
    assert verify().first_bad == 3


def test_a_deleted_entry_is_found(chain, unguarded):
    JournalEntry.objects.filter(seq=2).delete()
    assert (verify().entries, verify().first_bad) == (4, 2)


def test_a_cut_tail_is_found(chain, unguarded):
    JournalEntry.objects.filter(seq=5).delete()
    assert verify().first_bad == 5


def test_a_forged_tail_is_found_even_when_sealed_with_the_key(chain):
    forged = JournalEntry(seq=6, at=chain[-1].at, channel="页面", act="修改", result="成功", prev=chain[-1].digest)
    forged.digest = forged.seal()
    forged.save(force_insert=True)
    assert verify().first_bad == 6


def test_swapped_entries_are_found(chain, unguarded):
    JournalEntry.objects.filter(seq=2).update(seq=20)
    JournalEntry.objects.filter(seq=3).update(seq=2)
    JournalEntry.objects.filter(seq=20).update(seq=3)
    assert verify().first_bad == 2


@pytest.mark.parametrize(
    "harm",
    [
        lambda: JournalEntry.objects.filter(seq=1).update(act="新增"),
        lambda: JournalEntry.objects.filter(seq=1).delete(),
        lambda: JournalHead.objects.all().delete(),
    ],
)
def test_the_database_refuses_to_change_or_delete(chain, harm):
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        harm()
    assert verify().first_bad is None


def forged(table, **instead):
    """Return a statement that puts the row of `table` in with others' values in its place."""
    columns = {**{name: name for name in (field.column for field in table._meta.concrete_fields)}, **instead}
    name = table._meta.db_table
    chosen = "seq = 3" if table is JournalEntry else "id = 1"
    return f"INSERT OR REPLACE INTO {name} ({', '.join(columns)}) SELECT {', '.join(columns.values())} FROM {name} WHERE {chosen}"


REPLACING = {  # what a forged row shares with an entry, or the head, whose place it takes
    "seq": forged(JournalEntry, actor="'别人'", digest="'x'"),
    "digest": forged(JournalEntry, actor="'别人'", seq="99"),
    "rowid": forged(JournalEntry, actor="'别人'", seq="99", digest="'x'", rowid="rowid"),
    "head": forged(JournalHead, seq="2"),
}


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a statement of SQLite")
@pytest.mark.parametrize("key", REPLACING)
def test_sqlite_refuses_to_put_a_row_in_the_place_of_another(chain, key):
    """SQLite deletes what REPLACE is in conflict with without asking a DELETE trigger (recursive_triggers is off)."""
    before = list(JournalEntry.objects.values()), list(JournalHead.objects.values())
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(REPLACING[key])
    assert (list(JournalEntry.objects.values()), list(JournalHead.objects.values())) == before
    assert (record(act="修改", actor=SYSTEM).seq, verify().intact) == (6, True)


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("table", [guards.ENTRY, guards.HEAD])
def test_postgresql_refuses_to_truncate(table):
    assert connection.vendor == "postgresql"
    with transaction.atomic():
        record(act="修改", actor=SYSTEM)
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {table}")
    assert (verify().entries, verify().first_bad) == (1, None)


def test_the_command_prints_one_document(chain, capsys):
    call_command("journal_verify", "--json")
    assert json.loads(capsys.readouterr().out) == {"entries": 5, "first_bad": None, "tail": chain[-1].digest, "history_bad": []}


def test_the_command_fails_on_a_broken_chain(chain, unguarded, capsys):
    JournalEntry.objects.filter(seq=4).update(post="别人")
    with pytest.raises(SystemExit) as end:
        call_command("journal_verify")
    assert (end.value.code, capsys.readouterr().out) == (1, "日志不完整：共 5 条，从第 4 条起不能核对。\n")


def test_entry_says_who_in_which_post_from_where():
    user = factories.person("permu", "per_mu")
    entry = record(act="导入", actor=Actor.of(user, address="10.1.2.3"), target="年度数据", detail={"rows": 211})
    entry.refresh_from_db()
    said = (entry.user, entry.actor, entry.post, entry.channel, entry.address, entry.act, entry.target, entry.result, entry.detail)
    assert said == (user, "permu", "亩均办", "页面", "10.1.2.3", "导入", "年度数据", "成功", {"rows": 211})


def test_line_breaks_and_long_names_neither_forge_nor_stop_an_act():
    entry = record(act="登录", actor=SYSTEM, target="a\r\n2021-10-15 伪造\x00" + "长" * 400, result="失败")
    assert entry.target == ("a  2021-10-15 伪造 " + "长" * 400)[:300]
    assert verify().first_bad is None


@pytest.mark.django_db(transaction=True)
def test_an_act_outside_a_transaction_is_refused():
    with pytest.raises(transaction.TransactionManagementError):
        record(act="修改", actor=SYSTEM)


@pytest.mark.django_db(transaction=True)
def test_the_entry_goes_with_its_act():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record(act="修改", actor=SYSTEM)
        1 / 0  # noqa: B018
    assert (JournalEntry.objects.count(), JournalHead.objects.count()) == (0, 0)


def test_wrong_use_of_the_command_is_one_document_too():
    code, document = commands.run("journal_verify", "--all")
    assert (code, document) == (2, {"status": "refused", "message": "没有这样的参数：--all。"})
