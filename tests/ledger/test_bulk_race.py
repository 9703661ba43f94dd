"""Scripts that apply bulk edits previewed at the same versions, at the same moment, on PostgreSQL (reliability.md T15, T21).

A record goes to one of them; whoever comes later for any of his records changes none. The control sends the same requests with the
rows unlocked.
"""

from functools import partial

import pytest
from django.db import connection

from apps.accounts.choices import Role
from apps.enterprises.models import Enterprise
from apps.journal.models import JournalEntry
from apps.ledger.models import Answer, WriteBatch
from tests import factories
from tests.ledger.api_contract import Script
from tests.racing import all_before_the_write, at_once, rounds

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
SCRIPTS, ROUNDS = 8, rounds(2)
IN_FLIGHT = "同一 Idempotency-Key 的请求正在处理，请稍后用同一键重试。"
OVERTAKEN = "刚刚被他人修改，请重新预览。"


@pytest.fixture
def scripts(settings):
    """Programs of one person, each in a session of its own."""
    settings.SESSION_PLACES = SCRIPTS
    person = factories.person("permu", Role.PER_MU)
    return [Script(person, "/api/ledgers/enterprises/bulk/") for _ in range(SCRIPTS)]


@pytest.fixture
def firms():
    return [factories.enterprise(f"厂{number}") for number in range(4)]


def previewed(script, firms, code):
    """Return the request that writes the industry `code` to the firms as a preview has just shown them."""
    wanted = {"ids": [firm.pk for firm in firms], "values": {"gb_code": code}}
    told = script("post", "preview/", wanted).json()
    assert ([row["id"] for row in told["rows"]], told["left_out"]) == (wanted["ids"], [])
    rows = [{"id": row["id"], "version": row["version"]} for row in told["rows"]]
    return {"rows": rows, "values": wanted["values"], "reason": "统一核实"}


def sent_at_once(scripts, bodies):
    """Send each script's request at the same moment; return ([code written], [answer refused]); what is neither fails."""
    answers = at_once(*[partial(script, "post", body=body) for script, body in zip(scripts, bodies, strict=True)])
    assert {answer.status_code for answer in answers} <= {201, 409}
    won = [body for body, answer in zip(bodies, answers, strict=True) if answer.status_code == 201]
    return won, [answer.json() for answer in answers if answer.status_code == 409]


def as_stored(firms):
    """Return primary key -> (code, version, number of history rows)."""
    rows = Enterprise.objects.in_bulk([firm.pk for firm in firms])
    return {key: (row.gb_code, row.version, row.history.count()) for key, row in rows.items()}


def codes(number):
    """Return what each script writes in a round: a code nobody has written before."""
    return [f"C{number:03d}{name}" for name in range(SCRIPTS)]


def test_of_eight_who_edit_the_same_rows_one_wins(scripts, firms):
    overtaken = [{"id": firm.pk, "label": firm.name, "why": OVERTAKEN} for firm in firms]
    for number in range(1, ROUNDS + 1):
        bodies = [previewed(script, firms, code) for script, code in zip(scripts, codes(number), strict=True)]
        won, lost = sent_at_once(scripts, bodies)
        assert (len(won), [told["left_out"] for told in lost]) == (1, [overtaken] * (SCRIPTS - 1))
        assert as_stored(firms) == {firm.pk: (won[0]["values"]["gb_code"], number + 1, number + 1) for firm in firms}
        assert (WriteBatch.objects.count(), JournalEntry.objects.filter(act="批量修改").count()) == (number, number)


def test_a_row_two_want_goes_to_one_and_the_others_change_nothing(scripts, firms):
    """Each wants two neighbours in a ring, in the order he likes: whoever loses one of them leaves the other as it was."""
    pairs = [(firms[number % 4], firms[(number + 1) % 4]) for number in range(SCRIPTS)]
    for number in range(1, ROUNDS + 1):
        expected = as_stored(firms)
        asked = [
            (script, sorted(pair, key=lambda firm: firm.pk), code) for script, pair, code in zip(scripts, pairs, codes(number), strict=True)
        ]
        won, lost = sent_at_once(scripts, [previewed(*one) for one in asked])
        gone = [row["id"] for body in won for row in body["rows"]]
        assert len(set(gone)) == len(gone) == 2 * len(won) > 0
        for body in won:
            for row in body["rows"]:
                expected[row["id"]] = (body["values"]["gb_code"], row["version"] + 1, expected[row["id"]][2] + 1)
        assert as_stored(firms) == expected
        assert {row["why"] for told in lost for row in told["left_out"]} == {OVERTAKEN}
        assert {row["id"] for told in lost for row in told["left_out"]} == set(gone)


def unlocked(execute, sql, *rest):
    """Leave the rows of enterprises unlocked where a query would lock them."""
    if f'"{Enterprise._meta.db_table}"' in sql:
        sql = sql.partition(" FOR NO KEY UPDATE")[0]
    return execute(sql, *rest)


def send_without_the_lock(script, body):
    with connection.execute_wrapper(unlocked):
        return script("post", body=body)


def test_without_the_lock_all_of_them_win(scripts, firms):
    """The control: the same requests, each told that its edit was made, and all but the last overwritten unseen."""
    bodies = [previewed(script, firms, code) for script, code in zip(scripts, codes(1), strict=True)]
    acts = [partial(send_without_the_lock, script, body) for script, body in zip(scripts, bodies, strict=True)]
    answers = all_before_the_write(Enterprise, *acts)
    assert [answer.status_code for answer in answers] == [201] * SCRIPTS
    assert [(version, histories) for _, version, histories in as_stored(firms).values()] == [(2, SCRIPTS + 1)] * len(firms)


def test_one_key_sent_at_once_applies_once(scripts, firms):
    """Nobody is told that somebody else was faster: it was his own request."""
    body = previewed(scripts[0], firms, "C3421")
    answers = at_once(*[partial(script, "post", body=body, key="b1") for script in scripts])
    made = {answer.content for answer in answers if answer.status_code == 201}
    assert {answer.json()["message"] for answer in answers if answer.status_code != 201} <= {IN_FLIGHT}
    assert (len(made), WriteBatch.objects.count(), Answer.objects.count()) == (1, 1, 1)
    assert as_stored(firms) == {firm.pk: ("C3421", 2, 2) for firm in firms}
    again = scripts[-1]("post", body=body, key="b1")
    assert (again.status_code, {again.content}, WriteBatch.objects.count()) == (201, made, 1)


def test_without_a_key_the_others_are_told_they_were_overtaken(scripts, firms):
    """The control: the same request without its key is refused as a stranger's would be."""
    body = previewed(scripts[0], firms, "C3421")
    answers = at_once(*[partial(script, "post", body=body) for script in scripts])
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * (SCRIPTS - 1)
    assert {answer.json()["message"] for answer in answers if answer.status_code == 409} == {
        f"有 4 项妨碍：{''.join(f'“{firm.name}”{OVERTAKEN}' for firm in firms)}未修改任何记录。"
    }
