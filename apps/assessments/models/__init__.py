from apps.assessments.models.results import Computation, Score, Standing
from apps.assessments.models.rounds import AssessmentRound, AssessmentValue
from apps.assessments.models.scheme import Group, Indicator, Scheme, Target, Unit

__all__ = ["AssessmentRound", "AssessmentValue", "Computation", "Group", "Indicator", "Scheme", "Score", "Standing", "Target", "Unit"]
