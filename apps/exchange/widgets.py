"""Widgets of django-import-export that clean a cell by rules.py and render what an export writes."""

from decimal import Decimal
from functools import cached_property

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from import_export.widgets import Widget

from apps.core.text import normalise_code
from apps.exchange import rules
from apps.exchange.naming import by_key, closest_word
from apps.exchange.rules import UNSURE, Fault
from apps.ledger.fields import field_of


class CellWidget(Widget):
    """One kind of value. `note` is called with what was read into a cell; `sheet_unit` is the column's unit there."""

    form = "text"  # how the writer formats the column: text, code, number, whole, date
    example = ""  # for the notes sheet of a template

    def clean(self, value, row=None, note=None, sheet_unit="", **kwargs):
        cleaned, remark = self.read(value, sheet_unit)
        if remark and note:
            note(remark)
        return cleaned

    def read(self, cell, sheet_unit):
        return rules.text(cell)

    def quick(self, cell):
        """Return the number a cell beyond doubt holds, in the column's own unit; UNSURE where `clean` has to look."""
        return UNSURE

    def kept(self, before, value):
        """Say why a stored value stays where another one was read; None where it does not."""

    def render(self, value, obj=None, **kwargs):
        return None if isinstance(value, str) and not value else value

    def written(self, value):
        """Return the value at the end of a column's path as an export writes it."""
        return self.render(value)

    def options(self):
        """Return the texts a template offers in a drop-down list; empty where there is no list."""
        return []

    def describe(self):
        """Say for the notes sheet of a template how the column is filled in."""
        return "文字"


class CodeWidget(CellWidget):
    form = "code"
    example = "按证照填写"

    def __init__(self, text_only=False, local=False, letter=""):
        """letter: what the letter in front of the digits stands for, where it follows from them and may be left out."""
        self.text_only, self.local, self.letter = text_only, local, letter
        super().__init__()

    def read(self, cell, sheet_unit):
        return rules.code(cell, self.text_only, self.local)

    def kept(self, before, value):
        if self.letter and value.isdecimal() and before and before[0].isalpha() and before[1:] == value:
            return f"“{value}”没有写{self.letter}，台账中的 {before} 不变"
        return None

    def describe(self):
        return "代码，单元格须为文本格式"


class NumberWidget(CellWidget):
    form = "number"
    example = "1234.56"

    def __init__(self, places, unit=""):
        self.places, self.unit = places, unit
        self.quantum, self.plausible = Decimal(1).scaleb(-places), rules.PLAUSIBLE.get(unit, rules.IMPLAUSIBLE)
        super().__init__()

    def read(self, cell, sheet_unit):
        return rules.number(cell, self.places, self.unit, sheet_unit)

    def quick(self, cell):
        return rules.quick_number(cell, self.quantum, self.plausible)

    def describe(self):
        return f"数字，最多 {self.places} 位小数"


class WholeWidget(CellWidget):
    form = "whole"
    example = "120"
    places = 0

    def __init__(self, unit="", most=2**31 - 1):
        self.unit, self.most = unit, most
        self.plausible = min(most, rules.PLAUSIBLE.get(unit, rules.IMPLAUSIBLE))
        super().__init__()

    def read(self, cell, sheet_unit):
        value, note = rules.whole(cell, self.unit, sheet_unit)
        if abs(value) > self.most:
            raise Fault(f"{value} 超出合理范围", "请核对数值")
        return value, note

    def quick(self, cell):
        return cell if type(cell) is int and -self.plausible <= cell <= self.plausible else UNSURE

    def describe(self):
        return "整数"


class PeriodWidget(CellWidget):
    form = "period"

    def __init__(self, meaning, example, remedy=""):
        self.meaning, self.example, self.remedy = meaning, example, remedy
        super().__init__()

    def read(self, cell, sheet_unit):
        return rules.period(cell)

    def in_other_words(self, cell, year):
        """Return (value, note) of a cell `clean` does not take, where it can only mean one year or one month of `year`. Raises Fault.

        year: that of the row, 0 where nothing says it, None for the column of years.
        """
        rules.refuse_senseless(cell)
        if (named := rules.month_with_year(cell)) and named[0] == year:
            return named[1], f"“{rules.plain(cell)}”读作 {named[1]} 月"
        if year is None and (value := rules.year_of_day(cell)):
            return value, f"“{rules.plain(cell)}”读作 {value} 年"
        against = f"与年份 {year} 不一致" if named and year else "认不出来"
        raise Fault(f"“{rules.plain(cell)}”{against}", self.remedy)

    def quick(self, cell):
        return cell if type(cell) is int and abs(cell) <= rules.IMPLAUSIBLE else UNSURE

    def describe(self):
        return f"{self.meaning}，如 {self.example}"


class DateWidget(CellWidget):
    form = "date"
    example = "2021-06-01"

    def __init__(self, ends=False):
        self.ends = ends  # the last day of a term
        super().__init__()

    def read(self, cell, sheet_unit):
        return rules.date(cell, self.ends)

    def describe(self):
        return f"日期，如 {self.example}；只写年月的，取当月{'最后一天' if self.ends else '第一天'}"


class YesNoWidget(CellWidget):
    def read(self, cell, sheet_unit):
        return rules.yes_no(cell)

    def render(self, value, obj=None, **kwargs):
        return "是" if value else "否"

    def options(self):
        return ["是", "否"]

    def describe(self):
        return "从下拉列表中选择"


class ChoiceWidget(YesNoWidget):
    """A choice by its Chinese label."""

    def __init__(self, choices):
        self.labels = dict(choices)
        self.values = {label: value for value, label in self.labels.items()}
        super().__init__()

    def read(self, cell, sheet_unit):
        word, note = rules.text(cell)
        if word not in self.values:
            raise Fault(f"“{word}”不在可选项内", remedy(word, self.values))
        return self.values[word], note

    def render(self, value, obj=None, **kwargs):
        return self.labels.get(value)

    def options(self):
        return list(self.values)


class ReferenceWidget(CellWidget):
    """A row of another ledger by code or name, found among what the person may see; all of them read at once."""

    def __init__(self, model, by, text_only=False, also=(), joins=(), names=(), place=None):
        """by: fields or properties that name a row, the first one is written.  joins: foreign keys a property needs.

        names: fields of names by which people write a row where they leave its code out (apps.exchange.matching), the
        present one first.  place: the foreign key that tells two rows of one name apart for people.
        """
        self.model, self.by, self.text_only, self.also, self.joins = model, by, text_only, also, joins
        self.names, self.place = names, place
        self.form, self.example = ("code", CodeWidget.example) if by[0].endswith("code") else ("text", "")
        self.known, self.missing, self.rows = {}, {}, {}
        super().__init__()

    def bind(self, user):
        """Read everything `user` may refer to (None: a template for everybody). Codes first: a name wins over an equal code."""
        for record in self.model.objects.read_by(user).live().select_related(*self.joins):
            self.rows[record.pk] = record
            for name in reversed(self.by):
                self.known[normalise_code(getattr(record, name))] = record

    @cached_property
    def by_name(self):
        """Key of a name -> {primary key: whether it is the present one}, of what was bound; made when a name is looked up."""
        return by_key(self.rows, self.names)

    def read(self, cell, sheet_unit):
        rules.refuse_senseless(cell)
        key, note = rules.code(cell, text_only=True) if self.text_only else (normalise_code(rules.plain(cell)), None)
        for name in (key, *(key.removesuffix(ending) for ending in self.also)):
            if name in self.known:
                return self.known[name], note
        raise self._fault(key)

    def _fault(self, key):
        if key not in self.missing:
            self.missing[key] = self._why_missing(key)
        return self.missing[key]

    def _why_missing(self, key):
        field = field_of(self.model, self.by[0])
        for validator in field.validators if field else ():
            try:
                validator(key)
            except ValidationError as error:
                if not isinstance(error.message, Promise):  # a sentence of ours; Django's own do not say what is missing
                    return Fault(error.messages[0].rstrip("。"), "请改正后重新上传")
        label = self.model._meta.verbose_name
        names = self._all_names()
        return Fault(f"{label}“{key}”不存在或不在您的范围内", remedy(key, names, names))

    def render(self, value, obj=None, **kwargs):
        return None if value is None else getattr(value, self.by[0])

    def written(self, value):
        return value

    def options(self):
        if self.form == "code":
            return []
        return self._names()

    def _names(self):
        return list(dict.fromkeys(str(getattr(row, self.by[0])) for row in self.known.values()))

    def _all_names(self):
        """Return every name people may write -> the one an export writes; codes are not guessed at."""
        fields = [name for name in self.by if not name.endswith("code")]
        return {str(getattr(row, name)): str(getattr(row, self.by[0])) for row in self.known.values() for name in fields}

    def describe(self):
        return f"台账中已有的{self.model._meta.verbose_name}" + ("，单元格须为文本格式" if self.form == "code" else "，从下拉列表中选择")


def remedy(word, names, shown=None):
    """Return a remedy that names the closest known word, where there is one.

    names: the words there are.  shown: name -> the word to be written for it, where another name is the usual one.
    """
    if close := closest_word(word, names):
        return f"您是否指：{(shown or {}).get(close, close)}？请改正后重新上传"
    names = list(dict.fromkeys((shown or {}).get(name, name) for name in names))
    return f"可填：{'、'.join(names)}" if 0 < len(names) <= 8 else "请核对后改正"
