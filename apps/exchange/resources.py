"""`LedgerResource`: the columns of a ledger's spreadsheet, derived from its model."""

from django.db import models
from django.db.backends.base.operations import BaseDatabaseOperations
from import_export.resources import ModelResource

from apps.exchange import widgets
from apps.exchange.columns import Column, Companion, Shown
from apps.exchange.layout import Wanted
from apps.exchange.loaders import BulkLoader

RANGES = BaseDatabaseOperations.integer_field_ranges  # SQLite itself would take any number
__all__ = ["Companion", "LedgerResource", "Shown"]


class LedgerResource(ModelResource):
    """What a subclass says: Meta.model, Meta.fields (order of the columns), Meta.import_id_fields (the key), and

    references: foreign key -> keywords of ReferenceWidget (`by` first), with `title` where it is not the field's own,
    and `names` where a Companion column may stand for the code: a row without a code is then found by its name.
    aliases: field -> other titles offices use for it.  units: field -> unit where the model field has none.
    codes: code field -> keywords of CodeWidget.  totals: fields a list may add up.  ends: dates on which something
    ends.  alike: fields in which two records should not be the same, but may; an import notes where they are.
    against_last_year: figures an import compares with those of the same record a year before; the key has a `year`.
    cumulative: figures from the beginning of the year to the month of the key; an import notes where one falls.
    printed_totals: a row of totals is a record like the others, as a document prints it.
    Titles carry the unit: 工业总产值（万元）.
    """

    references = {}
    aliases = {}
    units = {}
    codes = {}
    periods = {
        "year": ("四位年份", "2021", "年份请只填四位数字，如 2021"),
        "month": ("1 至 12 的月份，数据累计到该月", "9", "月份请只填 1—12，如 9 或 1-9月，年份填在年份列"),
    }
    ends = ()
    alike = ()
    totals = ()
    against_last_year = ()
    cumulative = ()
    printed_totals = False

    class Meta:
        instance_loader_class = BulkLoader
        skip_unchanged = True

    def __init__(self, user=None, **kwargs):
        """user: whose scope references are looked up in; None for a template nobody asked for in person."""
        super().__init__(**kwargs)
        self.user = user
        self._imported = None

    # --- the columns, derived from the model ------------------------------------------------------------------

    @classmethod
    def field_from_django_field(cls, field_name, django_field, readonly):
        reference = dict(cls.references.get(field_name, {}))
        title = reference.pop("title", None) or cls._title(django_field)
        widget = cls._widget(django_field, reference)
        return Column(name=field_name, title=title, widget=widget, model_field=django_field, aliases=cls.aliases.get(field_name, ()))

    @classmethod
    def _title(cls, field):
        unit = cls.units.get(field.name)
        return f"{field.verbose_name}（{unit}）" if unit else getattr(field, "label", None) or str(field.verbose_name)

    @classmethod
    def _widget(cls, field, reference):
        if field.is_relation:
            return widgets.ReferenceWidget(field.related_model, **reference)
        if field.name in cls.codes:
            return widgets.CodeWidget(**cls.codes[field.name])
        if field.name in cls.periods:
            return widgets.PeriodWidget(*cls.periods[field.name])
        if field.choices:
            return widgets.ChoiceWidget(field.choices)
        if isinstance(field, models.DecimalField):
            return widgets.NumberWidget(field.decimal_places, getattr(field, "unit", ""))
        if isinstance(field, models.IntegerField):
            return widgets.WholeWidget(cls.units.get(field.name, ""), RANGES[field.get_internal_type()][1])
        if isinstance(field, models.DateField):
            return widgets.DateWidget(ends=field.name in cls.ends)
        return widgets.YesNoWidget() if isinstance(field, models.BooleanField) else widgets.CellWidget()

    @property
    def columns(self):
        """The columns in their order: keys and readers' help included."""
        return [self.fields[name] for name in self._meta.fields]

    @property
    def keys(self):
        return [self.fields[name] for name in self._meta.import_id_fields]

    @property
    def data_columns(self):
        """The columns that are written: neither key nor readers' help."""
        return [column for column in self.columns if column.model_field and column.name not in self._meta.import_id_fields]

    @property
    def named(self):
        """Key field that refers to a row by code -> the Companion whose name may stand for it (apps.exchange.matching)."""
        companions = {column.reference: column for column in self.columns if isinstance(column, Companion)}
        return {key.name: companions[key.name] for key in self.keys if key.name in companions and key.widget.names}

    @property
    def naming(self):
        """The fields that name the record of a row: its first key, and the name beside it or that may stand for it."""
        key = self.keys[0].name
        names = [self.named[key].name] if key in self.named else ["name"] if "name" in self.fields else []
        return list(dict.fromkeys([key, *names]))

    def wanted(self):
        """Return what to look for in the header of a sheet."""
        return [Wanted(column.name, column.title, column.aliases, column.unit) for column in self.columns]

    # --- reading ----------------------------------------------------------------------------------------------

    def bind(self):
        """Read what the references may refer to; once, before the first row."""
        for column in self.columns:
            if isinstance(column.widget, widgets.ReferenceWidget):
                column.widget.bind(self.user)
            elif isinstance(column, Companion):
                column.code = self.fields[column.reference]

    def place(self, found, foreign=(), lent=()):
        """Tell the columns where they stand in a file: field name -> layout.Found.

        foreign: fields this person may not write, looked at and not read.  lent: fields whose empty cells say nothing.
        """
        for column in self.columns:
            column.lent = column.name in lent
            if place := found.get(column.name):
                column.index, column.sheet_unit = place.index, place.unit
        self._imported = [column for column in self.columns if column.index and column not in self.keys and column.name not in foreign]

    def get_import_fields(self):
        """Return the columns of the file that are not the key; the others stay as they are."""
        return self._imported

    @property
    def references_written(self):
        """The columns of foreign keys."""
        return [column for column in self.columns if column.model_field and column.model_field.is_relation]

    @property
    def relations(self):
        """The foreign keys the columns need, and those that the names of referred rows need."""
        references = {column.name: column.widget.joins for column in self.references_written}
        return [*references, *(f"{name}__{join}" for name, joins in references.items() for join in joins)]

    def get_queryset(self):
        return super().get_queryset().select_related(*self.relations)

    def complete(self, record):
        """Fill in what a new row may take from elsewhere; yield (field name, note). Override where there is such a thing."""
        return ()
