"""An official form of ours that comes back to be imported.

Imports accept the layouts offices send round (domain 7.6), so a form that holds a ledger's own rows is read like any other sheet:
its "—" is the no data we wrote there, its ratios and places are for readers. A form of results, or of sums, is no data to import
and is refused in one sentence. Any other sheet with a "—" is refused at the cell as before (docs/decisions/26-names-and-columns.md).
"""

import re
from dataclasses import dataclass

from apps.core.errors import Refused
from apps.exchange.layout import NOTHING, Told, key_of
from apps.exchange.official import LEFT, NO_DATA, NUMBER, forms
from apps.exchange.source import Sheet
from apps.ledger import registry

TOP = 10  # rows in which title and header stand
NOTE = re.compile(r"^\s*(注：)?\d+\.")


@dataclass
class Returned:
    """A form as it stands in a file. form: the official.Form; None where the file is no form of ours.  title: as written."""

    form: object = None
    title: str = ""

    @property
    def told(self):
        """Return how its columns are read: by their titles, but for what was computed for the form."""
        if self.form is None:
            return NOTHING
        computed = {key: ("", "") for key, part in self.parts.items() if part.computed}
        return Told(computed, words=f"按官方表式“{self.form.label}”读取")

    @property
    def parts(self):
        """Compared title, both rows of the header together -> the form's Part."""
        return {key_of(part.group + part.title): part for part in self.form.parts} if self.form else {}

    def check(self, ledger):
        """Refuse a form that is not read back, or is another ledger's."""
        if self.form is None:
            return
        if self.form.instead:
            raise Refused(f"这是官方表式“{self.form.label}”，只用于打印、报送，不能导入。{self.form.instead}")
        if self.form.kind != ledger.code:
            raise Refused(f"这是官方表式“{self.form.label}”，请在“{registry.get(self.form.kind).label}”中导入。")

    def given(self, year):
        """Return the key fields known without a column: the year chosen beside the file, else the form's own."""
        own = self.form.year_of(self.title) if self.form else None
        if None not in (own, year) and own != year:
            raise Refused(f"表题是 {own} 年，与上传时选择的 {year} 年不一致；请改选年份后重新上传。")
        found = own if year is None else year
        return {} if found is None else {"year": found}

    def read(self, sheet, layout):
        """Return the sheet as it is read; which of its columns are for readers stands in its notes, not among the unknown."""
        if self.form is None:
            return sheet
        ours = {index for index, (key, _) in layout.titles.items() if key in self.parts}
        shown = "、".join(f"“{title}”" for index, title in layout.unknown if index in ours)
        layout.unknown = [(index, title) for index, title in layout.unknown if index not in ours]
        said = [f"表式中供查阅的列不导入：{shown}。"] if shown else []
        return FormSheet(**vars(sheet) | {"notes": [*sheet.notes, *said]}, ours=ours)


class FormSheet(Sheet):
    """A sheet of ours: "—" in the form's own columns is no data, and the numbered notes below the foot are passed over."""

    def __init__(self, *, ours, **sheet):
        super().__init__(**sheet)
        self.ours = ours

    def rows(self):
        for number, hidden, cells in super().rows():
            filled = [cell for cell in cells if cell is not None]
            if len(filled) == 1 and isinstance(filled[0], str) and NOTE.match(filled[0]):
                continue
            yield number, hidden, [None if cell == NO_DATA and index in self.ours else cell for index, cell in enumerate(cells, 1)]


def form_in(source):
    """Return the Returned of a file: the form whose title and first columns stand at the top of one of its sheets."""
    for sheet in source.sheets:
        rows = [["" if cell is None else str(cell).strip() for cell in cells] for number, cells in sheet.head if number <= TOP]
        if not any(cells and cells[0].startswith(LEFT) for cells in rows):
            continue
        for form in forms():
            first = [NUMBER, *(part.group or part.title for part in form.parts[:2])]
            title = next((cells[0] for cells in rows if cells and form.mark in cells[0]), "")
            if title and any(cells[: len(first)] == first for cells in rows):
                return Returned(form, title)
    return Returned()
