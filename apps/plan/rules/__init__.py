"""The self-check of the plan's printed figures: pure, no database. `checks` is the engine, `formulas` the data."""

from apps.plan.rules.checks import Cell, Check, Finding, Verdict, judge, number, places
from apps.plan.rules.formulas import CHECKS

__all__ = ["CHECKS", "Cell", "Check", "Finding", "Verdict", "judge", "number", "places"]
