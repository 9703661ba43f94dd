from apps.plan.models.notes import PlanFigure, PlanNote
from apps.plan.models.printed import (
    TABLES,
    PlanTable1,
    PlanTable2,
    PlanTable3,
    PlanTable4,
    PlanTable5,
    PlanTable6,
    PlanTable7,
    PrintedRow,
)

__all__ = [
    "TABLES",
    "PlanFigure",
    "PlanNote",
    "PlanTable1",
    "PlanTable2",
    "PlanTable3",
    "PlanTable4",
    "PlanTable5",
    "PlanTable6",
    "PlanTable7",
    "PrintedRow",
]
