"""A round is opened while what it is made of is being changed, on PostgreSQL: one waits for the other, and meets what it did.

Each pair is brought to the point where the first waits with its rows written, then the second; the control opens a round without
holding the scheme, and both come through.
"""

from functools import partial

import pytest

from apps.assessments import services
from apps.assessments.models import AssessmentRound, AssessmentValue, Scheme, Unit
from apps.core.errors import Refused, RowsRefused
from apps.journal.models import JournalEntry
from apps.ledger import services as ledger
from tests import factories as make
from tests.assessments.conftest import a_scheme
from tests.racing import held_up, no_writing

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
SYSTEM = make.SYSTEM


@pytest.fixture
def scheme():
    return a_scheme()


def at_the_journal(*acts):
    """Let one act after the other go on until it waits, while the journal takes no entry; return what came of them."""
    return held_up(partial(no_writing, JournalEntry), *acts)


def opened(scheme):
    return partial(services.open_round, scheme=scheme, quarter=3, actor=SYSTEM)


def changed(scheme):
    values = {"year": 2022, "pace": [10, 20, 50, 100]}
    return partial(ledger.change, record=scheme, values=values, version=scheme.version, actor=SYSTEM)


def archived(record):
    return partial(ledger.archive, record=record, version=record.version, reason="撤并", actor=SYSTEM)


def test_who_changes_the_year_meets_the_round_that_was_being_opened(scheme):
    round, refused = at_the_journal(opened(scheme), changed(scheme))
    assert (round.code, type(refused)) == ("2021Q3", RowsRefused)
    assert str(refused) == "“测试方案”已开启考核轮次，不能修改“年度”；请另建考核方案。"


def test_who_opens_the_round_meets_the_new_year_and_pace(scheme):
    _, round = at_the_journal(changed(scheme), opened(scheme))
    assert round.code == "2022Q3"
    assert AssessmentValue.objects.get(round=round, unit__name="壶镇镇", indicator__code="R2").target == 2


def test_who_archives_a_unit_meets_the_round_that_was_being_opened(scheme):
    round, refused = at_the_journal(opened(scheme), archived(Unit.objects.get(name="壶镇镇")))
    assert (round.code, type(refused)) == ("2021Q3", Refused)
    assert "已有 4 条“考核数据”" in str(refused)


def test_who_opens_the_round_leaves_out_a_unit_that_was_being_archived(scheme):
    _, round = at_the_journal(archived(Unit.objects.get(name="壶镇镇")), opened(scheme))
    assert {value.unit.name for value in round.values.all()} == {"丽缙园", "东方镇", "新建镇", "舒洪镇"}


def test_who_opens_the_round_is_told_that_the_scheme_was_being_archived(scheme):
    _, refused = at_the_journal(archived(scheme), opened(scheme))
    assert str(refused) == "“测试方案”已归档，不能开启轮次；请先恢复。"
    assert not AssessmentRound.objects.exists()


def test_a_round_opened_without_holding_the_scheme_stands_in_another_year(scheme):
    """The control: what opening a round did before."""
    begin = partial(ledger.create, model=AssessmentRound, values={"scheme": scheme, "quarter": 3}, actor=SYSTEM)
    outcomes = at_the_journal(begin, changed(scheme))
    assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
    assert (Scheme.objects.get().year, AssessmentRound.objects.get().scheme.year) == (2022, 2022)
