"""Cell formats of the official tables: bordered, 宋体, light fills that print well."""

from apps.assessments.models import AssessmentRound
from apps.ledger import lights, registry

FILLS = {lights.GREEN: "#D9EFE2", lights.YELLOW: "#FDF0CC", lights.RED: "#F6CFCB", lights.GREY: "#ECEFF2"}
HEAD_FILL = "#EAF1F9"
TITLE_FONT = "方正小标宋简体"
CELL = {"border": 1, "align": "center", "valign": "vcenter", "text_wrap": True, "font_name": "宋体", "font_size": 10}


def level():
    """Return how far the workbook may go: as the rounds it is made from."""
    return registry.level_of(AssessmentRound)


class Styles:
    """Cell formats of one workbook, made once each."""

    def __init__(self, book):
        self.book, self.made = book, {}

    def __call__(self, **extra):
        key = tuple(sorted(extra.items()))
        if key not in self.made:
            self.made[key] = self.book.add_format({**CELL, **extra})
        return self.made[key]

    def plain(self, **extra):
        return self(border=0, **extra)


def a3_landscape(sheet):
    """Set the paper of a sheet: A3 across, all columns on one page."""
    sheet.set_landscape()
    sheet.set_paper(8)
    sheet.fit_to_pages(1, 0)
