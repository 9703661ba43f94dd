"""What a round that is not yet published stands on stays: its units, indicators and groups are neither archived nor undone."""

import pytest
from django.urls import reverse

from apps.assessments import services
from apps.assessments.models import AssessmentRound, AssessmentValue, Group, Indicator, Scheme, Unit
from apps.core.actor import Actor
from apps.core.errors import Refused
from apps.ledger import batches
from apps.ledger import services as ledger
from apps.ledger.models import WriteBatch
from tests import factories as make
from tests.assessments.conftest import prove
from tests.commands import run
from tests.ledger.contract import signed_in
from tests.ways import WAYS

WAIT = "其“考核轮次”尚未办结；请待其办结，尚未开始办理的可先归档。"
PARTS = {"assessment-groups": (Group, "G2", 16), "assessment-units": (Unit, "壶镇镇", 4), "assessment-indicators": (Indicator, "P1", 5)}


@pytest.fixture
def round(kept, db):
    prove(AssessmentRound.objects.get(pk=kept.pk))
    return AssessmentRound.objects.get(pk=kept.pk)


def archive(user, kind, record):
    """Archive a record through its page and return the answer."""
    record.refresh_from_db()
    return signed_in(user).post(reverse("ledger:archive", args=[kind, record.pk]), {"version": record.version, "reason": "误"})


def part(kind):
    model, key, count = PARTS[kind]
    return model.objects.get(**{"name" if model is Unit else "code": key}), count


@pytest.mark.parametrize("state", ["draft", "filling", "checking"])
@pytest.mark.parametrize("kind", PARTS)
def test_a_part_with_values_of_a_round_under_way_is_not_archived(round, evaluator, kind, state):
    WAYS["assessment-rounds"].lead(round, state)
    record, count = part(kind)
    page = signed_in(evaluator).get(reverse("ledger:archive", args=[kind, record.pk]))
    assert page.context["barrier"] == f"“{record}”不能归档：已有 {count} 条“考核数据”，{WAIT}未归档任何记录。"
    archive(evaluator, kind, record)
    record.refresh_from_db()
    assert record.archived_at is None


@pytest.mark.parametrize("state", ["published", "filed"])
@pytest.mark.parametrize("kind", PARTS)
def test_the_figures_of_a_past_round_bar_nothing(round, evaluator, kind, state):
    WAYS["assessment-rounds"].lead(round, state)
    record, _ = part(kind)
    archive(evaluator, kind, record)
    record.refresh_from_db()
    assert record.archived_at is not None


def test_an_archived_round_bars_nothing_and_a_scheme_goes_with_its_own(round, evaluator):
    archive(evaluator, "assessment-schemes", round.scheme)
    assert [model.objects.live().count() for model in (Scheme, AssessmentRound, Unit, Indicator)] == [0, 0, 0, 0]
    assert AssessmentValue.objects.live().count() == 20


def test_a_batch_whose_units_have_values_is_not_undone(evaluator):
    actor, group = Actor.of(evaluator), make.group(of=make.scheme("other", name="另一方案"))
    unit = Unit(group=group, name="新镇", town=make.town("新镇"))
    batch = ledger.write_batch(model=Unit, new=[unit], changed=[], actor=actor, reason="导入", kind="import")
    make.indicator("R1", of=group.scheme)
    services.open_round(scheme=group.scheme, quarter=3, actor=actor)
    page = reverse("ledger:batch", args=["assessment-units", batch])
    told = [f"本批新增的记录已有 1 条“考核数据”，{WAIT}"]
    assert signed_in(evaluator).get(page).context["in_the_way"] == told
    code, document = run("undo_batch", str(batch), "--as", "evaluator", "--reason", "误")
    assert (code, document["in_the_way"]) == (1, told)
    assert Unit.objects.get(name="新镇").archived_at is None


def test_what_comes_while_a_batch_is_being_undone_is_seen(evaluator, round, monkeypatch):
    """Between what stands in the way and the lock: whoever is told of an undoing acts just there."""
    other = make.scheme("other", name="另一方案")
    batch = ledger.write_batch(
        model=Group, new=[Group(scheme=other, code="G9", name="新组")], changed=[], actor=Actor.of(evaluator), reason="导入", kind="import"
    )
    group = Group.objects.get(code="G9")
    monkeypatch.setattr(batches, "told", [lambda batch: make.unit("新镇", of=group)])
    with pytest.raises(Refused) as refused:
        batches.undo(batch=WriteBatch.objects.get(pk=batch), reason="发错了", actor=Actor.of(evaluator))
    assert refused.value.more == {"in_the_way": ["本批新增的记录下已有 1 条“考核对象”。"]}
    group.refresh_from_db()
    assert group.archived_at is None
