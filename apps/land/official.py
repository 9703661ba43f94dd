"""The official forms of the land-handling ledger: 附表1 by class and platform, and one page a parcel (一地一册, domain 7.6 item 8)."""

from itertools import islice

from apps.exchange.official import Form, Part, quantity, register, write_table
from apps.land.book import Book
from apps.land.choices import LandClass
from apps.ledger import registry

SUMMARY = "五类土地汇总表"
OUTSIDE = "平台以外"
ALL = "all"
CHUNK = 200  # cases whose trails and papers are read at once


class Line:
    """One platform of the summary: number and area (亩) of its cases by class; None where there is none."""

    def __init__(self, name):
        self.name = name
        for key in (*LandClass.values, ALL):
            setattr(self, f"{key}_count", None)
            setattr(self, f"{key}_area", None)

    def add(self, case):
        for key in (case.land_class, ALL):
            setattr(self, f"{key}_count", 1 + (getattr(self, f"{key}_count") or 0))
            setattr(self, f"{key}_area", case.area + (getattr(self, f"{key}_area") or 0))


def _pair(key, label):
    """Return the two columns of a class."""
    return (
        quantity(f"{key}_count", "宗数", "", 0, group=label, width=8),
        quantity(f"{key}_area", "面积（亩）", "", group=label, width=12),
    )


@register
class LandBook(Form):
    """The summary first, then a page for every case; the cases are read once."""

    kind = "land-cases"
    label = "五类土地处置表册"
    mark = SUMMARY
    annex = "附表1"
    instead = "请在“土地处置”用“导出 → Excel 全部列”，改后导入。"
    unit = "宗、亩"
    parts = (Part("平台", "name", width=16), *(part for pair in (*LandClass.choices, (ALL, "合计")) for part in _pair(*pair)))
    notes = ("面积为待处置面积。",)

    def rows(self, filterset):
        return filterset.qs.select_related("parcel__platform", "parcel__town", "responsible")

    def level(self, filterset, hidden):
        ledger = registry.get(self.kind)
        return ledger.sensitivity_of(set(ledger.fields) - hidden)

    def write(self, book, filterset, rows, foot, hidden):
        lines, count = {}, 0
        book.add_worksheet(SUMMARY)  # it comes first, and is known last
        pages = Book(book, now=filterset.day is None, hidden=hidden)
        while cases := list(islice(rows, CHUNK)):
            count += len(cases)
            pages.add(cases)
            for case in cases:
                name = case.parcel.platform.short_name if case.parcel.platform else OUTSIDE
                lines.setdefault(name, Line(name)).add(case)
        write_table(
            book, self.table(SUMMARY, f"缙云县{SUMMARY}", foot), sorted(lines.values(), key=lambda line: (line.name == OUTSIDE, line.name))
        )
        return count
