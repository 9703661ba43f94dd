"""What an assessment is made of, kept by the evaluator: schemes, groups, units, indicators, targets."""

from decimal import Decimal as D

import pytest
from django.urls import reverse

from apps.accounts.choices import Role
from apps.assessments import notes, selectors, services
from apps.assessments.models import AssessmentRound, AssessmentValue, Scheme, Target
from apps.core.errors import Refused
from apps.ledger import services as ledger
from tests import factories
from tests.exchange.books import book, load
from tests.ledger.api_contract import Script
from tests.ledger.contract import LedgerContract, signed_in
from tests.ways import WAYS


class AssessmentContract(LedgerContract):
    editor = Role.EVALUATOR


class TestSchemes(AssessmentContract):
    code = "assessment-schemes"
    change = ("pace", "20，45，70，100")
    api_change = ("pace", [20, 45, 70, 100])
    bad = ("pace", "100、75、50、25")
    list_queries = 6

    def make(self, number=1):
        return factories.scheme(f"test-{number}")


class TestGroups(AssessmentContract):
    code = "assessment-groups"
    change = ("name", "平台组")
    bad = ("name", "")
    list_queries = 7

    def make(self, number=1):
        return factories.group(f"G{number}")


class TestUnits(AssessmentContract):
    code = "assessment-units"
    change = ("second_name", "新碧街道")
    bad = ("sort", "-1")
    list_queries = 7

    def make(self, number=1):
        return factories.unit(f"示例镇{number}")


class TestIndicators(AssessmentContract):
    code = "assessment-indicators"
    change = ("weight", "12.5")
    bad = ("method", "points")
    list_queries = 7

    def make(self, number=1):
        return factories.indicator(f"R{number}")


class TestRounds(AssessmentContract):
    code = "assessment-rounds"
    change = ("due", "2021-10-25")
    bad = ("quarter", "5")
    list_queries = 7

    def make(self, number=1):
        return factories.assessment_round(number)


class TestTargets(AssessmentContract):
    code = "assessment-targets"
    change = ("yearly", "41.5")
    bad = ("yearly", "-1")
    list_queries = 7

    def make(self, number=1):
        return factories.target(on=factories.indicator(f"R{number}"))


def post(user, kind, **values):
    """Send the form of a new row of the ledger `kind`."""
    return signed_in(user).post(reverse("ledger:create", args=[kind]), values)


def test_a_scheme_is_made_on_the_pages_and_its_round_opened(evaluator):
    settings = {"result_share": "0.7", "pace": "25、50、75、100", "green_from": "1", "yellow_from": "0.9"}
    assert post(evaluator, "assessment-schemes", code="2022", name="2022年评比", year=2022, **settings).status_code == 302
    scheme = Scheme.objects.get()
    post(evaluator, "assessment-groups", scheme=scheme.pk, code="G1", name="乡镇")
    post(evaluator, "assessment-units", group=scheme.groups.get().pk, name="壶镇镇", town=factories.town().pk, sort=1)
    scoring = {"method": "completion", "cap": "1.2", "step": "0.05", "direction": "higher", "pace": "paced", "missing": "spread"}
    named = {"code": "R1", "name": "制造业投资", "block": "result", "unit": "亿元", "weight": "100", "office": "县发展和改革局", "sort": 1}
    post(evaluator, "assessment-indicators", scheme=scheme.pk, **named, **scoring)
    unit, indicator = scheme.groups.get().units.get(), scheme.indicators.get()
    post(evaluator, "assessment-targets", unit=unit.pk, indicator=indicator.pk, yearly="40")
    signed_in(evaluator).post(reverse("assessments:open"), {"scheme": scheme.pk, "quarter": 3})
    assert AssessmentValue.objects.values_list("round__quarter", "unit__name", "indicator__code", "target").get() == (
        3, "壶镇镇", "R1", D(30),
    )  # fmt: skip


def test_a_scheme_without_units_opens_no_round(db):
    with pytest.raises(Refused, match="还没有考核对象或考核指标"):
        services.open_round(scheme=factories.scheme(), quarter=1, actor=factories.SYSTEM)
    assert AssessmentRound.objects.count() == 0


def test_what_is_archived_stays_out_of_the_next_round_only(scheme):
    first = services.open_round(scheme=scheme, quarter=1, actor=factories.SYSTEM)
    WAYS["assessment-rounds"].lead(first, "published")
    settled, of_park = scheme.indicators.get(code="P1"), Target.objects.get(unit__name="丽缙园", indicator__code="R1")
    for record in (settled, of_park):
        ledger.archive(record=record, version=1, reason="方案调整", actor=factories.SYSTEM)
    second = services.open_round(scheme=scheme, quarter=2, actor=factories.SYSTEM)
    codes = [[line[0].code for line in notes.lines(opened, None)] for opened in (first, second)]
    assert codes == [["R1", "R2", "P1", "B1"], ["R1", "R2", "B1"]]
    assert [indicator.code for indicator in selectors.indicators_of(second, None)] == codes[1]
    park = AssessmentValue.objects.filter(unit__name="丽缙园", indicator__code="R1").order_by("round__quarter")
    assert [value.target for value in park] == [D(10), None]


PACE = "应为四个由小到大的正整数，最大 999，如 25、50、75、100。"


@pytest.mark.parametrize("pace", [[25, 50, 75, 10**30], [True] * 4, [25, 50, 75], [0, 50, 75, 100], [25.5, 50, 75, 100], "25", None])
def test_a_pace_nobody_can_work_with_is_refused_over_the_api(scheme, evaluator, pace):
    """Opening a round by it would fail, or set targets nobody meant."""
    answer = Script(evaluator, "/api/ledgers/assessment-schemes/")("patch", f"{scheme.pk}/", {"pace": pace}, version=1)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["pace"])
    assert Scheme.objects.get(pk=scheme.pk).pace == [25, 50, 75, 100]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"green_from": "1.001"}, {"green_from": ["不能大于 1。"]}),
        ({"green_from": "-1", "yellow_from": "-1"}, {"green_from": ["不能小于 0。"], "yellow_from": ["不能小于 0。"]}),
        ({"yellow_from": "0.9", "green_from": "0.8"}, {"yellow_from": ["黄灯下限不能高于绿灯下限。"]}),
        ({"pace": "25、50、75、0"}, {"pace": [PACE]}),
    ],
)
def test_a_light_begins_between_nothing_and_all_and_yellow_not_above_green(scheme, evaluator, typed, told):
    client, page = signed_in(evaluator), reverse("ledger:change", args=["assessment-schemes", scheme.pk])
    form = client.get(page).context["form"]
    held = {name: form[name].value() for name in form.fields} | {"pace": "25、50、75、100"}
    answer = client.post(page, {name: "" if value is None else value for name, value in (held | typed).items()})
    assert answer.context["form"].errors == told


def test_a_target_stays_inside_its_scheme(scheme, evaluator):
    unit, indicator = scheme.groups.first().units.first(), factories.indicator("R1", of=factories.scheme("other"))
    answer = post(evaluator, "assessment-targets", unit=unit.pk, indicator=indicator.pk, yearly="1")
    assert answer.context["form"].errors == {"indicator": ["考核对象和指标应属同一方案。"]}
    assert f"{indicator} · other" in answer.content.decode()


def test_a_target_is_no_larger_than_a_round_can_keep(evaluator):
    target, most = factories.target(), 999_999_999
    script = Script(evaluator, "/api/ledgers/assessment-targets/")
    answer = script("patch", f"{target.pk}/", {"yearly": str(most + 1)}, version=1)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["yearly"])
    assert script("patch", f"{target.pk}/", {"yearly": str(most)}, version=1).status_code == 200
    services.open_round(scheme=target.unit.scheme, quarter=4, actor=factories.SYSTEM)
    assert AssessmentValue.objects.get().target == most


def test_a_target_without_unit_and_indicator_is_asked_for_both(evaluator):
    answer = post(evaluator, "assessment-targets", unit="", indicator="", yearly="1")
    assert (answer.status_code, sorted(answer.context["form"].errors)) == (200, ["indicator", "unit"])


def test_a_sheet_is_asked_the_same_as_the_form(scheme, evaluator, tmp_path):
    indicator = factories.indicator("R1", of=factories.scheme("other"))
    rows = [["考核对象", "指标", "全年目标"], ["test/G1/丽缙园", indicator.key, 1]]
    code, document = load("assessment-targets", book(tmp_path / "a.xlsx", *rows), evaluator)
    assert (code, [error["message"] for error in document["errors"]]) == (1, ["指标：考核对象和指标应属同一方案；请核对“指标”后重新上传。"])


@pytest.mark.parametrize("role", [Role.EVALUATOR, Role.PER_MU, Role.SUPERVISOR])
def test_only_the_evaluator_finds_the_settings_in_the_menu(db, role):
    page = signed_in(factories.person("somebody", role)).get(reverse("exchange:list")).content.decode()
    named = [label for label in ("考核方案", "考核分组", "考核对象", "考核指标", "考核目标") if f">{label}</a>" in page]
    assert len(named) == (5 if role == Role.EVALUATOR else 0)
