"""An archived round takes no values and is not computed again, by whatever door, and not by a job that was asked for before."""

from decimal import Decimal

import pytest
from django.urls import reverse

from apps.assessments import services
from apps.assessments.models import AssessmentRound, AssessmentValue
from apps.core.actor import Actor
from apps.core.errors import Refused
from apps.jobs.services import run_here
from apps.ledger import services as ledger
from tests import factories as make
from tests.assessments.conftest import value_of
from tests.commands import run
from tests.ledger.api_contract import Script
from tests.ledger.contract import signed_in

TOLD = "“测试方案 2021Q3”已归档，不能填报、计分。"


def archive(round):
    ledger.archive(record=round, version=round.version, reason="误建", actor=make.SYSTEM)


@pytest.fixture
def round(kept, db):
    return AssessmentRound.objects.get(pk=kept.pk)


def test_its_values_are_found_through_no_door(round, evaluator):
    value = value_of(round, "壶镇镇", "R2")
    archive(round)
    client, page = signed_in(evaluator), reverse("assessments:value", args=[value.pk])
    sent = client.post(page, {"target": "3", "actual": "2", "evidence": "月报", "version": value.version})
    assert (client.get(page).status_code, sent.status_code) == (404, 404)
    api = Script(evaluator, f"/api/ledgers/assessment-rounds/{round.pk}/values/")
    assert api("patch", f"{value.pk}/", {"actual": "2"}, version=value.version).status_code == 404
    told = run(
        *("assessment_values", "2021Q3", "--value", str(value.pk), "--set", "actual=2"),
        *("--if-version", str(value.version), "--as", "evaluator"),
    )
    assert told == (1, {"status": "refused", "message": "没有 2021Q3 的考核轮次。"})
    assert AssessmentValue.objects.get(pk=value.pk).actual == 3


def test_who_had_the_form_open_when_it_was_archived_is_told(round, evaluator):
    value = value_of(round, "壶镇镇", "R2")
    archive(round)
    with pytest.raises(Refused) as refused:
        services.fill(value=value, values={"actual": Decimal(2)}, version=value.version, actor=Actor.of(evaluator))
    assert str(refused.value) == TOLD


def test_a_computation_asked_for_before_is_not_made(round, evaluator):
    job = services.request_recalculation(round=round, actor=Actor.of(evaluator))
    archive(AssessmentRound.objects.get(pk=round.pk))
    done = run_here(job.pk)
    assert (done.state, done.error) == ("failed", TOLD)
    assert not round.computations.exists()
    assert signed_in(evaluator).post(reverse("assessments:recalculate", args=[round.pk])).status_code == 404
