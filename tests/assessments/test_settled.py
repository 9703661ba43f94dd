"""What values were made for stays as it was, by whatever door a change comes: the scheme and quarter of a round, a scheme's year."""

import pytest
from django.urls import reverse

from apps.assessments.models import AssessmentRound, Scheme, Unit
from apps.core.errors import RowsRefused
from apps.ledger import services as ledger
from tests import factories as make
from tests.commands import run
from tests.exchange.books import book, load
from tests.ledger.api_contract import Script
from tests.ledger.contract import signed_in
from tests.ways import WAYS

ROUND = "“测试方案 2021Q3”已建立考核数据，不能修改“{}”；请另建一轮；误建而尚未开始填报的，请归档。"
YEAR = "“测试方案”已开启考核轮次，不能修改“年度”；请另建考核方案。"


@pytest.fixture
def round(kept, db):
    return AssessmentRound.objects.get(pk=kept.pk)


def change(user, record, kind, **values):
    """Send the page's form of a stored record with some values typed in; return the answer."""
    client, page = signed_in(user), reverse("ledger:change", args=[kind, record.pk])
    form = client.get(page).context["form"]
    held = {name: form[name].value() for name in form.fields}
    return client.post(page, {name: "" if value is None else value for name, value in (held | values).items()})


def as_it_was(record):
    return type(record).objects.get(pk=record.pk).version == record.version


def test_the_form_of_a_begun_round_closes_scheme_and_quarter_and_says_what_to_do(round, evaluator):
    other = make.scheme("other", name="另一方案")
    assert change(evaluator, round, "assessment-rounds", quarter=4).context["form"].errors == {"quarter": [ROUND.format("季度")]}
    assert change(evaluator, round, "assessment-rounds", scheme=other.pk).context["form"].errors == {"scheme": [ROUND.format("方案")]}
    page = signed_in(evaluator).get(reverse("ledger:change", args=["assessment-rounds", round.pk])).content.decode()
    assert "方案、季度：已建立考核数据，不能再修改；请另建一轮；误建而尚未开始填报的，请归档。" in page
    assert as_it_was(round)
    assert change(evaluator, round, "assessment-rounds", due="2021-10-25").status_code == 302


def test_a_round_that_is_filled_is_told_no_way_back_that_does_not_exist(round, evaluator):
    moved = WAYS["assessment-rounds"].lead(round, "filling")
    with pytest.raises(RowsRefused) as refused:
        ledger.change(record=moved, values={"quarter": 2}, version=moved.version, actor=make.SYSTEM)
    assert str(refused.value) == ROUND.format("季度")


def test_what_the_sentence_says_can_be_done(round, evaluator):
    signed_in(evaluator).post(reverse("assessments:open"), {"scheme": round.scheme.pk, "quarter": 4})
    signed_in(evaluator).post(reverse("ledger:archive", args=["assessment-rounds", round.pk]), {"version": round.version, "reason": "误建"})
    assert [str(opened) for opened in AssessmentRound.objects.live()] == ["测试方案 2021Q4"]


def test_a_script_and_a_command_are_told_the_same(round, evaluator):
    answer = Script(evaluator, "/api/ledgers/assessment-rounds/")("patch", f"{round.pk}/", body={"quarter": 4}, version=round.version)
    assert (answer.status_code, answer.json()["errors"]) == (409, {"quarter": [ROUND.format("季度")]})
    told = run(
        *("change_record", "assessment-rounds", str(round.pk), "--set", "quarter=4"),
        *("--if-version", str(round.version), "--as", "evaluator"),
    )
    assert told == (1, {"status": "refused", "message": ROUND.format("季度")})
    assert as_it_was(round)


def test_a_batch_is_asked_the_same(round):
    moved = AssessmentRound(pk=round.pk, version=round.version, scheme=round.scheme, quarter=4)
    with pytest.raises(RowsRefused) as refused:
        ledger.write_batch(model=AssessmentRound, new=[], changed=[(moved, ["quarter"])], actor=make.SYSTEM, reason="批量")
    assert [sentence for _, _, sentence in refused.value.faults] == [ROUND.format("季度")]


def test_the_year_of_a_scheme_with_rounds_is_closed_to_form_and_sheet(round, evaluator, tmp_path):
    scheme = round.scheme
    told = change(evaluator, scheme, "assessment-schemes", year=2022, pace="25、50、75、100").context["form"].errors
    assert told == {"year": [YEAR]}
    rows = [["方案编号", "方案名称", "年度"], ["test", "测试方案", 2022]]
    code, document = load("assessment-schemes", book(tmp_path / "a.xlsx", *rows), evaluator)
    assert (code, [(found["column"], found["message"]) for found in document["errors"]]) == (1, [("C", f"年度：{YEAR}")])
    assert as_it_was(scheme)


def test_the_year_of_a_scheme_without_rounds_is_open(evaluator):
    scheme = make.scheme("next", name="下年方案")
    assert change(evaluator, scheme, "assessment-schemes", year=2022, pace="25、50、75、100").status_code == 302
    assert Scheme.objects.get(code="next").year == 2022


def test_the_parts_of_a_scheme_with_values_do_not_leave_it(round, evaluator):
    other = make.group("G9", of=make.scheme("other", name="另一方案"))
    group, indicator = round.scheme.groups.get(code="G2"), round.scheme.indicators.get(code="P1")
    told = change(evaluator, group, "assessment-groups", scheme=other.scheme.pk).context["form"].errors
    assert told == {"scheme": ["“G2 乡镇”已有考核数据，不能修改“方案”；请在另一方案中新增分组。"]}
    told = change(evaluator, indicator, "assessment-indicators", scheme=other.scheme.pk).context["form"].errors
    assert told == {"scheme": ["“按时办结率”已有考核数据，不能修改“方案”；请在另一方案中新增指标。"]}
    unit = Unit.objects.get(name="壶镇镇")
    told = change(evaluator, unit, "assessment-units", group=other.pk).context["form"].errors
    assert told == {"group": ["已有考核数据，只能改到同一方案的分组；其他方案请新增考核对象。"]}
    assert change(evaluator, unit, "assessment-units", group=round.scheme.groups.get(code="G1").pk).status_code == 302


def test_many_rows_at_once_leave_out_a_unit_that_would_leave_its_scheme(round, evaluator):
    other = make.group("G9", of=make.scheme("other", name="另一方案"))
    unit, free = Unit.objects.get(name="壶镇镇"), make.unit("新镇", of=other)
    sent = {"rows": "ticked", "pk": [unit.pk, free.pk], "set_group": "on", "group": other.pk, "reason": "调整"}
    made = signed_in(evaluator).post(reverse("ledger:bulk", args=["assessment-units"]), sent).context["made"]
    assert made.left_out == [(free, "与现在的值相同。"), (unit, "已有考核数据，只能改到同一方案的分组；其他方案请新增考核对象。")]
