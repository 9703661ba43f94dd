"""A column of a ledger's spreadsheet: django-import-export's Field, knowing its title, its cell and its rules."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import DecimalValidator, MaxValueValidator, MinValueValidator
from import_export.fields import Field

from apps.core.text import normalise
from apps.core.wording import sentences
from apps.exchange.naming import called, key_of_name
from apps.exchange.rules import UNSURE, Fault, is_blank

NO_LIMIT = Decimal(10) ** 20
REMEMBERED = 10_000  # texts of a column


def limits(field):
    """Return the least and the most number the field's validators let pass; nothing passes where there are other validators."""
    least, most = -NO_LIMIT, NO_LIMIT
    for validator in field.validators if field else ():
        limit = getattr(validator, "limit_value", None)
        if type(validator) is MinValueValidator and not callable(limit):
            least = max(least, limit)
        elif type(validator) is MaxValueValidator and not callable(limit):
            most = min(most, limit)
        elif type(validator) is DecimalValidator:
            whole = Decimal(10) ** (validator.max_digits - validator.decimal_places) - 1
            least, most = max(least, -whole), min(most, whole)
        else:
            return NO_LIMIT, -NO_LIMIT
    return least, most


def same(before, after):
    """Say whether people see no difference between a stored value and a read one."""
    return before == after or (isinstance(before, str) and " ".join(before.split()) == after)


class Column(Field):
    """One field of the model. `index` and `sheet_unit` say where and in which unit it stands in a file being read."""

    index = None
    sheet_unit = ""
    lent = False  # beside the data items of whoever sends the file: an empty cell of it says nothing

    def __init__(self, *, name, title, widget, model_field=None, aliases=()):
        super().__init__(attribute=name, column_name=title, widget=widget)
        self.name, self.title, self.model_field, self.aliases = name, title, model_field, tuple(aliases)
        self.attname, self.unit = model_field and model_field.attname, getattr(widget, "unit", "")
        self._read = {}  # text of a cell -> value, where reading it left nothing to say
        self._least, self._most = limits(model_field)

    @property
    def path(self):
        """The path from a row of the ledger to what an export writes."""
        return f"{self.attribute}__{self.widget.by[0]}" if self.model_field and self.model_field.is_relation else self.attribute

    @property
    def required(self):
        """Say whether a new row must have a value."""
        return not (self.model_field.blank or self.model_field.has_default() or self.model_field.null)

    @property
    def is_figure(self):
        """Say whether the column holds numbers, which people compare down the page."""
        return self.widget.form in ("number", "whole")

    def cell(self, cells):
        """Return this column's cell of a row of the file."""
        return cells[self.index - 1] if self.index <= len(cells) else None

    def export(self, instance, **kwargs):
        return self.widget.render(self.get_value(instance))

    def get_value(self, instance):
        """Return the field's value; the base class looks for paths and callables in every cell."""
        return getattr(instance, self.attribute, None) if self.model_field else super().get_value(instance)

    def clean(self, row, say=None, **kwargs):
        """Return the value of the cell, checked by the field's own validators. Raises Fault."""
        cell = row[self.column_name]
        value = self._quick(cell)
        return self._clean(cell, say) if value is UNSURE else value

    def _quick(self, cell):
        """Return the value of a cell beyond doubt: a number that breaks no limit, a text read before without a remark. Else UNSURE."""
        if type(cell) is str:
            return self._read.get(cell, UNSURE)
        if self.sheet_unit and self.sheet_unit != self.unit:
            return UNSURE
        value = self.widget.quick(cell)
        return value if value is not UNSURE and self._least <= value <= self._most else UNSURE

    def _clean(self, cell, say):
        if is_blank(cell):
            return self._empty()
        remarks = []
        value = self.widget.clean(cell, note=remarks.append, sheet_unit=self.sheet_unit)
        for remark in remarks if say else ():
            say(self, remark)
        for validator in self.model_field.validators:
            try:
                validator(value)
            except ValidationError as error:
                raise Fault("；".join(sentences(error)).rstrip("。"), "请改正后重新上传") from error
        if type(cell) is str and not remarks and len(self._read) < REMEMBERED:
            self._read[cell] = value
        return value

    def _empty(self):
        if self.model_field.null:
            return None
        if self.model_field.blank:
            return ""
        raise Fault("不能为空", "请填写后重新上传")

    def unwritten(self, cell, stored):
        """Say whether a cell is as our own export, workbook or .csv, writes the field of a stored record: nobody wrote into it.

        Such a cell is left alone, whatever the rules say today.
        """
        if isinstance(cell, bool) or (self.sheet_unit and self.sheet_unit != self.unit):
            return False
        exported = self.widget.render(getattr(stored, self.attribute)) if self.model_field else self.export(stored)
        return cell == exported or type(cell) is str and exported is not None and cell == str(exported)

    def save(self, instance, row, is_m2m=False, original=None, say=None, **kwargs):
        """Set the field from a cell somebody wrote into (see `unwritten`).

        original: the record as it is stored, None for a new one.  say: takes this column and a remark.
        """
        cell = row[self.column_name]
        if original is None or not self.unwritten(cell, original):
            self.write(instance, cell, original, say)

    def write(self, instance, cell, original, say):
        """Set the field, unless people would see no difference. Raises Fault.

        A field that always has a value (it has a default), or that others report, is left alone where the cell is empty.
        """
        value = self._quick(cell)
        if value is UNSURE:
            if is_blank(cell) and (self.lent or self.model_field.has_default()):
                return
            value = self._clean(cell, say)
        if original is not None:
            before = self.get_value(original)
            if same(before, value):
                return
            if kept := self.widget.kept(before, value):
                say(self, kept)
                return
        setattr(instance, self.attribute, value)


class Companion(Column):
    """A column that only helps people to read the sheet (the name beside a code); it is compared, never written.

    code: the Column of the reference, once the resource is bound.
    """

    required = False
    code = None

    def __init__(self, *, reference, name, title, widget, formerly=None, aliases=()):
        super().__init__(name=f"{reference}__{name}", title=title, widget=widget, aliases=aliases)
        self.reference, self.formerly = reference, formerly and f"{reference}__{formerly}"

    def get_value_of(self, record):
        """Return the name of a referred row."""
        return getattr(record, self.name.removeprefix(f"{self.reference}__"))

    def write(self, instance, cell, original, say):
        """Say where the written name is neither the present nor the former one: the code decides.

        A name that is another row's is a Fault: names and codes stand in different rows, and so may the figures.
        """
        known = self.get_value(instance)
        if is_blank(cell) or cell == known or known is None:
            return
        former = Field(attribute=self.formerly).get_value(instance) if self.formerly else None
        if normalise(cell) in {normalise(name) for name in (known, former) if name}:
            return
        if whose := self._whose(cell, instance):
            raise Fault(f"“{cell}”是{whose}，本行代码是“{known}”的", "请核对代码和名称是否错行，改正后重新上传")
        say(self, f"“{cell}”与台账中的“{known}”不同，按代码认定")

    def _whose(self, cell, instance):
        """Say whose name was written, where it is another row's; None where it is nobody's in sight, or the row's own as well."""
        widget = self.code.widget
        named = called(key_of_name(cell), widget.by_name)
        if not named or getattr(instance, self.code.attname) in named:
            return None
        pk, present = next(iter(named.items()))
        label = self.code.model_field.related_model._meta.verbose_name
        return f"另一{label}（{widget.render(widget.rows[pk])}）的{'名称' if present else '曾用名'}"


class Shown(Column):
    """A column of what the system itself keeps (state, light): exported for people, never read back."""

    required = False

    def __init__(self, *, path, title, widget):
        super().__init__(name=path, title=title, widget=widget)

    def write(self, instance, cell, original, say):
        """Say where the sheet differs: whoever changed it there must know that nothing came of it."""
        if not is_blank(cell) and original is not None:
            say(self, "由系统维护，不从表格导入")
