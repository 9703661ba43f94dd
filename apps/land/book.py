"""One parcel, one page (一地一册, plan §6.5, domain 2.5): a form of two columns with the whole case, for the office's binder."""

from collections import defaultdict
from functools import partial

from apps.exchange.official import ANNEX_FONT, FOOT, HEAD_FILL, LEFT, TITLE_FONT, height_of, right, styled
from apps.exchange.quotes import DANGEROUS
from apps.ledger import registry
from apps.ledger.fields import label_of, text_of
from apps.ledger.models import Paper, TrailEntry

CODE = "land-cases"
TITLE = "缙云县土地处置“一地一册”"
WIDTHS = (16, 19, 16, 19)  # together what A4 upright takes in every program
LONG = 200  # characters; a field that takes more has a line of its own
PAGES = 1_000  # a sheet knows 1,023 page breaks
PLACE = ("code", "name", "unit_number", "area", "platform", "town", "address")  # of the parcel
PICTURE = "宗地位置图、现场照片（粘贴处）"


class Book:
    """The sheets of the book, written page by page.

    now: with what was done to the cases, which an earlier day does not know.  hidden: fields that are left out.
    """

    def __init__(self, book, now, hidden):
        self.book, self.now, self.hidden, self.pages, self.sheet = book, now, hidden, 0, None
        self.ledger = registry.get(CODE)
        self.style = partial(styled, book)
        self.label = self.style(bg_color=HEAD_FILL, align="center", text_wrap=True)
        self.value = self.style(align="left", text_wrap=True, num_format="@")
        self.quoted = self.style(align="left", text_wrap=True, num_format="@", quote_prefix=True)
        self.band = self.style(bold=True, align="left", font_name=ANNEX_FONT)
        self.title = self.style(border=0, align="center", font_name=TITLE_FONT, font_size=18)
        self.plain = {"left": self.style(border=0, align="left"), "right": self.style(border=0, align="right")}

    def add(self, cases):
        """Write a page for each of the cases."""
        trails = self._of(cases, TrailEntry.objects.select_related("user"))
        papers = self._of(cases, Paper.objects.filter(withdrawn_at=None))
        for case in cases:
            self._page(case, trails[case.pk], papers[case.pk])

    def _of(self, cases, rows):
        """Return case -> its rows of a table of the kit, in their order."""
        found = defaultdict(list)
        if self.now:
            for row in rows.filter(ledger=CODE, record_id__in=[case.pk for case in cases]):
                found[row.record_id].append(row)
        return found

    def _page(self, case, trail, papers):
        if self.pages % PAGES == 0:
            self._begin_sheet()
        self.pages += 1
        self._whole(TITLE, self.title, height=30)
        self._half(f"台账编号：{case.number}", "")
        self._half(LEFT, right("亩"))
        parcel = case.parcel
        place = [(label_of(parcel._meta.get_field(name)), text_of(parcel, parcel._meta.get_field(name))) for name in PLACE]
        for title, facts in [*self._groups(case), ("位置", place)]:
            self._whole(title, self.band)
            self._facts(facts)
        if self.now:
            self._done(trail, papers, case)
        self._whole(PICTURE, self.style(align="center", font_color="#808080"), height=80)
        self._whole(FOOT.replace(" " * 12, " " * 6), self.plain["left"], height=20)
        self.breaks.append(self.row)
        self.sheet.set_h_pagebreaks(self.breaks)

    def _begin_sheet(self):
        sheet = self.sheet = self.book.add_worksheet(f"一地一册{self.pages // PAGES + 1 if self.pages else ''}")
        sheet.set_portrait()
        sheet.set_paper(9)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
        sheet.set_footer("&C第 &P 页 共 &N 页")
        for index, width in enumerate(WIDTHS):
            sheet.set_column(index, index, width)
        self.row, self.breaks = 0, []

    def _groups(self, case):
        meta = case._meta
        for title, names in self.ledger.groups.items():
            fields = [meta.get_field(name) for name in names if name not in self.hidden]
            yield title, [(label_of(field), text_of(case, field), (field.max_length or 0) > LONG) for field in fields]

    def _facts(self, facts):
        """Write facts in two columns; a long one takes the whole width."""
        waiting = None
        for label, value, *long in facts:
            if long and long[0]:
                if waiting:
                    self._pair(*waiting, "", "")
                    waiting = None
                self._wide(label, value)
            elif waiting:
                self._pair(*waiting, label, value)
                waiting = None
            else:
                waiting = label, value
        if waiting:
            self._pair(*waiting, "", "")

    def _done(self, trail, papers, case):
        self._whole("办理经过", self.band)
        for entry in trail:
            who = "，".join(filter(None, [str(entry.user or ""), entry.post]))
            self._wide(f"{entry.on:%Y-%m-%d}", f"{entry.label}：{case.workflow.label(entry.target)}。{entry.comment}（{who}）")
        self._whole("附件", self.band)
        for paper in papers:
            slot = case.workflow.slot(paper.slot)
            self._wide(slot.label if slot else paper.slot, paper.title)

    # --- rows ---------------------------------------------------------------------------------------------------

    def _pair(self, *cells):
        lines = max(height_of(value, width) for value, width in zip(cells, WIDTHS, strict=True))
        self.sheet.set_row(self.row, lines + 1)
        for index, value in enumerate(cells):
            self.sheet.write(self.row, index, value or None, self._style(value) if index % 2 else self.label)
        self.row += 1

    def _wide(self, label, value):
        self.sheet.set_row(self.row, height_of(value, sum(WIDTHS[1:])) + 1)
        self.sheet.write_string(self.row, 0, label, self.label)
        self.sheet.merge_range(self.row, 1, self.row, 3, value, self._style(value))
        self.row += 1

    def _whole(self, value, style, height=17):
        self.sheet.set_row(self.row, height)
        self.sheet.merge_range(self.row, 0, self.row, 3, value, style)
        self.row += 1

    def _half(self, one, other):
        self.sheet.merge_range(self.row, 0, self.row, 1, one, self.plain["left"])
        self.sheet.merge_range(self.row, 2, self.row, 3, other, self.plain["right"])
        self.row += 1

    def _style(self, value):
        return self.quoted if value.startswith(DANGEROUS) else self.value
