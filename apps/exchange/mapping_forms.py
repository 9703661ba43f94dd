"""Forms that say which column is which field."""

from dataclasses import dataclass

from django import forms

from apps.core.errors import Refused
from apps.core.numbers import whole_number
from apps.core.wording import HouseWords
from apps.exchange import layout as layouts
from apps.exchange.beside import TAXES
from apps.exchange.layout import ASIDE, ASIDE_WORDS, extents, guess_header, index_of, letter, read_header
from apps.exchange.mapping import example_cells, faults_of, told_of
from apps.exchange.mapping_models import ColumnMapping
from apps.exchange.periods import PERIODS
from apps.exchange.rules import plain
from apps.exchange.titles import bare, key_of
from apps.exchange.units import SIZES
from apps.ledger.forms import LedgerForm

BY_TITLE = ("", "按标题")


@dataclass(frozen=True)
class Line:
    """One column as it stands in a header, and as it is read so far (name "": not at all)."""

    place: str
    key: str
    title: str
    examples: tuple = ()
    name: str = ""
    unit: str = ""

    @property
    def unread(self):
        """The choices of a column that is not read; of one that asks about the figures beside it, leaving it out is no answer."""
        if bare(self.title) in TAXES or PERIODS.fullmatch(self.key):
            return [("", "未说明"), (ASIDE, ASIDE_WORDS)]
        return [("", "不读取")]


class ColumnsForm(HouseWords, forms.Form):
    """A choice of field and unit for every Line. `columns` is what a Reading and a ColumnMapping keep."""

    def __init__(self, *args, lines, resource, writable, **kwargs):
        super().__init__(*args, **kwargs)
        self.lines, self.resource = lines, resource
        mine = [column for column in resource.columns if column not in resource.data_columns or column.name in writable]
        offered = [(column.name, column.title) for column in mine]
        units = [BY_TITLE, *((unit, unit) for unit in _units(mine))]
        for number, line in enumerate(lines):
            fields = [*line.unread, *offered]
            for name, choices, value, words in (("field", fields, line.name, "是哪一项"), ("unit", units, line.unit, "数据的单位")):
                chosen = value if value in dict(choices) else ""
                label = f"{line.place} 列“{line.title}”{words}" if line.place else f"“{line.title}”{words}"
                control = forms.Select(attrs={"aria-label": label})
                field = forms.ChoiceField(label=label, choices=choices, required=False, initial=chosen, widget=control)
                self.fields[f"{name}_{number}"] = field

    @property
    def rows(self):
        """[(Line, control of the field, control of the unit)] for the page."""
        return [(line, self[f"field_{number}"], self[f"unit_{number}"]) for number, line in enumerate(self.lines)]

    def clean(self):
        chosen = [(line.place, line.title, *self._chosen(number)) for number, line in enumerate(self.lines)]
        for fault in faults_of(chosen, self.resource):
            self.add_error(None, fault)
        keys = [line.key for number, line in enumerate(self.lines) if self._chosen(number)[0]]
        every = [line.key for line in self.lines]
        if any(every.count(key) > 1 for key in keys):
            self.add_error(None, "有两列的标题完全相同，分不清是哪一列；请在文件中改名后重新上传。")
        return self.cleaned_data

    def _chosen(self, number):
        name = self.cleaned_data.get(f"field_{number}", "")
        return name, self.cleaned_data.get(f"unit_{number}", "") if name else ""

    @property
    def columns(self):
        return {line.key: list(self._chosen(number)) for number, line in enumerate(self.lines)}


def _units(columns):
    """Return the units a column of numbers may be in, family by family."""
    families = [sizes for sizes in SIZES.values() if any(column.unit in sizes for column in columns)]
    return [unit for sizes in families for unit in sizes]


class Place:
    """Where in a workbook the header stands: as somebody says (`sheet` and `row` of a request), else as it is found or guessed."""

    def __init__(self, source, resource, told, said, year=None):
        self.sheets = [sheet for sheet in source.sheets if sheet.state == "visible" and sheet.head]
        if not self.sheets:
            raise Refused("没有可以指定的工作表：工作簿是空的，或工作表都是隐藏的。请取消隐藏后重新上传。")
        wanted = resource.wanted()
        found = [layouts.find_header(sheet.head, sheet.merged, wanted, told, year) for sheet in self.sheets]
        best = max(range(len(found)), key=lambda number: (len(found[number].columns) if found[number] else 0, -number))
        self.number = _whole(said.get("sheet"), best, range(len(self.sheets)))
        self.sheet, known = self.sheets[self.number], found[self.number]
        rows = {number: cells for number, cells in self.sheet.head if any(isinstance(cell, str) for cell in cells)}
        first = _whole(said.get("row"), known.first if known else guess_header(self.sheet.head), rows)
        self.rows = [(number, "、".join(_texts(cells)[:4])) for number, cells in rows.items()]
        if known and known.first == first:
            self.layout = known
        else:
            by_number = dict(self.sheet.head)
            self.layout = read_header(
                first, extents(first, self.sheet.merged)[-1], by_number, self.sheet.merged, index_of(wanted, told, year)
            )
        self.lines = self._lines(told)

    def _lines(self, told):
        by_index = {found.index: (name, found.unit) for name, found in self.layout.columns.items() if not found.doubt}
        lines = []
        for index, (key, title) in sorted(self.layout.titles.items()):
            said = (ASIDE, "") if key in told.aside else told.columns.get(key, ("", ""))
            name, unit = by_index.get(index) or said
            examples = tuple(plain(cell)[:40] for cell in example_cells(self.sheet, self.layout, index))
            lines.append(Line(letter(index), key, title, examples, name, unit))
        return lines

    @property
    def key(self):
        """The key of the sheet's name, where the workbook has several; "" where there is nothing to choose."""
        return key_of(self.sheet.name)[:40] if len(self.sheets) > 1 else ""


def place_in(source, resource, batch, said):
    return Place(source, resource, told_of(batch.reading, ""), said, batch.year)


def _whole(text, default, allowed):
    number = whole_number(text)
    return number if number in allowed else default


def _texts(cells):
    return [" ".join(cell.split()) for cell in cells if isinstance(cell, str) and cell.strip()]


class SaveForm(HouseWords, forms.Form):
    """The name under which a mapping is kept, and whose it is."""

    name = forms.CharField(
        label="保存为", max_length=40, required=False,
        help_text="如“税务局年度税收表”。保存后，标题相同的表自动按它读取并注明；不填则只用于这个文件。",
    )  # fmt: skip
    organisation = forms.ModelChoiceField(label="单位", queryset=None, required=False, empty_label=None)

    def __init__(self, *args, user, saved=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = offices_of(user)
        self.initial = {"organisation": saved.organisation_id if saved else user.unit_id, "name": saved.name if saved else ""}


class MappingForm(LedgerForm):
    """Name and office of a saved mapping."""

    def narrow(self, user):
        super().narrow(user)
        if "organisation" in self.fields:
            self.fields["organisation"].queryset = offices_of(user)


def offices_of(user):
    """Return the organisations whose mappings `user` may keep: his own, or every one."""
    organisations = ColumnMapping._meta.get_field("organisation").related_model.objects.all()
    return organisations if user.may("every_office", "column-mappings") else organisations.filter(pk=user.unit_id)
