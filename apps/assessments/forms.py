from django import forms

from apps.assessments.models import AssessmentRound, AssessmentValue
from apps.assessments.notes import PERIODS
from apps.ledger.forms import LedgerForm


class ValueForm(LedgerForm):
    """A typed value with its evidence; for a bonus or a penalty only the points."""

    class Meta:
        model = AssessmentValue
        fields = ["target", "actual", "evidence"]

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


class RoundForm(LedgerForm):
    """Which quarter of which scheme to open."""

    quarter = forms.TypedChoiceField(
        label="季度", coerce=int, choices=[(quarter, f"Q{quarter} {name}（累计）") for quarter, name in PERIODS.items()]
    )

    class Meta:
        model = AssessmentRound
        fields = ["scheme", "quarter"]
