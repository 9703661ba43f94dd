from django import forms

from apps.assessments import rules
from apps.assessments.choices import PERIODS
from apps.assessments.models import AssessmentRound, AssessmentValue
from apps.ledger import papers
from apps.ledger.fields import text
from apps.ledger.forms import LedgerForm


class PaceField(forms.Field):
    """The pace of the four quarters as people write it: 25、50、75、100."""

    def prepare_value(self, value):
        return text(value) if isinstance(value, list) else value

    def to_python(self, value):
        try:
            return rules.parse_pace(value) if value else None
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


class SchemeForm(LedgerForm):
    pace = PaceField(label="序时进度（%）", help_text="四个季度末应完成全年的百分比，如 25、50、75、100。")


class PartForm(LedgerForm):
    """A part of a scheme; groups, units and indicators of several years stand in one list, each with its scheme."""

    def narrow(self, user):
        super().narrow(user)
        for name, join in (("group", "scheme"), ("unit", "group__scheme"), ("indicator", "scheme")):
            field = self.fields.get(name)
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = field.queryset.select_related(join)
                field.label_from_instance = lambda part: f"{part} · {part.scheme.code}"


class ValueForm(LedgerForm):
    """A typed value with its evidence; for a bonus or a penalty only the points."""

    class Meta:
        model = AssessmentValue
        fields = ["target", "actual", "evidence", "paper"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        indicator = self.instance.indicator
        if indicator.is_points:
            del self.fields["target"]
            self.fields["actual"].label = f"分值（最多{indicator.weight.normalize():f}分）"
        else:
            self.fields["target"].label = f"本季累计目标（{indicator.unit}）"
            self.fields["actual"].label = f"累计完成（{indicator.unit}）"
            self.fields["actual"].help_text = "没有数据的不填；0 表示确实为零。"

    def narrow(self, user):
        """Offer the evidence files of the value's own round, all of them to who fills, and the one it names though it was withdrawn.

        Else an untouched form would empty the field, and a command about the figure alone be refused; reporting still asks for another.
        """
        super().narrow(user)
        field, round = self.fields["paper"], self.instance.round
        field.queryset = papers.held(round, "evidence") | papers.of(round).filter(pk=self.instance.paper_id)
        field.label_from_instance = lambda paper: f"{paper}（已撤下）" if paper.withdrawn_at else str(paper)


class RoundForm(LedgerForm):
    """Which quarter of which scheme to open."""

    quarter = forms.TypedChoiceField(
        label="季度", coerce=int, choices=[(quarter, f"Q{quarter} {name}（累计）") for quarter, name in PERIODS.items()]
    )

    class Meta:
        model = AssessmentRound
        fields = ["scheme", "quarter"]
