"""What a year's assessment is made of, and its rounds; values and scores have pages of their own."""

from apps.assessments import forms, resources, selectors, services
from apps.assessments.models import AssessmentRound, Group, Indicator, Scheme, Target, Unit
from apps.ledger.declaration import Ledger
from apps.ledger.registry import register


@register
class SchemeLedger(Ledger):
    model = Scheme
    code = "assessment-schemes"
    columns = ["name", "code", "year", "result_share", "green_from", "yellow_from"]
    search = ["name", "code", "basis"]
    filters = ["year"]
    groups = {"基本情况": ["code", "name", "year", "basis"], "计分": ["result_share", "pace", "green_from", "yellow_from"]}
    related = ["assessment-groups", "assessment-indicators"]
    bulk = ["basis", "pace", "green_from", "yellow_from"]
    resource = resources.SchemeResource
    form = forms.SchemeForm


@register
class GroupLedger(Ledger):
    model = Group
    code = "assessment-groups"
    columns = ["name", "code", "scheme"]
    search = ["name", "code"]
    filters = ["scheme"]
    groups = {"基本情况": ["scheme", "code", "name"]}
    related = ["assessment-units"]
    resource = resources.GroupResource


@register
class UnitLedger(Ledger):
    model = Unit
    code = "assessment-units"
    columns = ["name", "second_name", "group", "group__scheme", "platform", "town"]
    search = ["name", "second_name"]
    filters = ["group__scheme"]
    groups = {"基本情况": ["group", "name", "second_name", "sort"], "统计范围": ["platform", "town"]}
    related = ["assessment-targets"]
    bulk = ["group", "platform", "town"]
    resource = resources.UnitResource
    form = forms.PartForm


@register
class IndicatorLedger(Ledger):
    model = Indicator
    code = "assessment-indicators"
    columns = ["name", "code", "scheme", "block", "unit", "weight", "method", "feed", "office"]
    search = ["name", "code", "office"]
    filters = ["scheme", "block", "method"]
    groups = {
        "基本情况": ["scheme", "code", "name", "block", "unit", "weight", "sort"],
        "计分": ["method", "cap", "step", "direction", "pace", "missing"],
        "数据": ["feed", "office", "note"],
    }
    related = ["assessment-targets"]
    bulk = ["block", "method", "cap", "step", "direction", "pace", "missing", "feed", "office"]
    resource = resources.IndicatorResource


@register
class TargetLedger(Ledger):
    model = Target
    code = "assessment-targets"
    columns = ["unit", "indicator", "indicator__unit", "indicator__scheme", "yearly"]
    search = ["unit__name", "indicator__name", "indicator__code"]
    filters = ["indicator__scheme"]
    groups = {"目标": ["unit", "indicator", "yearly"]}
    bulk = ["yearly"]
    resource = resources.TargetResource
    form = forms.PartForm


@register
class RoundLedger(Ledger):
    """Rounds are filled and read on pages of their own; here they are opened, with a row for every value, and go their way."""

    model = AssessmentRound
    code = "assessment-rounds"
    columns = ["scheme", "quarter", "state", "bulletin_number", "due"]
    search = ["scheme__name", "scheme__code", "bulletin_number"]
    filters = ["scheme", "quarter", "state"]
    groups = {"基本情况": ["scheme", "quarter", "due"], "通报": ["bulletin_number", "published_on"]}

    def create(self, *, values, actor, reason=""):
        return services.open_round(**values, actor=actor, reason=reason)

    def matching(self, words):
        return super().matching(words) | selectors.titled(words)
