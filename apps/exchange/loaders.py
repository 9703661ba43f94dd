"""Find the rows a file speaks of, all at once: no look-up per row."""

from functools import reduce

from import_export.instance_loaders import BaseInstanceLoader

from apps.core.bulk import maker
from apps.core.scope import OPEN, unscoped

CHUNK = 500
UNREAD = ("created_at", "updated_at")  # nothing judges by them, and SQLite takes its time to turn text into moments
FEW = 60


class BulkLoader(BaseInstanceLoader):
    """`dataset` is a list of key tuples, in the order of the resource's import_id_fields."""

    def __init__(self, resource, dataset=None):
        super().__init__(resource, dataset)
        self.attnames = [resource.fields[name].attname for name in resource.get_import_id_fields()]
        with unscoped("导入判定：记录是否已在台账中"):
            self.instances = {self.key(row): row for row in self._stored(resource.get_queryset())}
            for column in resource.references_written:
                self._attach(column)
        visible = resource.get_queryset().visible_to(resource.user).order_by().select_related(None)
        self.visible = set(self._rows(visible.values_list("pk", flat=True)))

    def key(self, row):
        return tuple(getattr(row, name) for name in self.attnames)

    def get_instance(self, row):
        """Return the stored row with this key tuple, in scope or not, archived or not; None when there is none."""
        return self.instances.get(row)

    def _stored(self, rows):
        """Yield the rows as `maker` makes them: fields left out cost Django's own way, which puts in one by one, a tenth of the time."""
        make, names = maker(rows.model), [field.attname for field in rows.model._meta.concrete_fields if field.name not in UNREAD]
        for values in self._rows(rows.select_related(None).values_list(*names)):
            record = make(dict(zip(names, values, strict=True)))
            record._state.adding, record._state.db = False, rows.db
            yield record

    def _attach(self, column):
        """Give the stored rows what they refer to: nearly all of it the column has read already, so that no join reads it once more."""
        named = {getattr(row, column.attname) for row in self.instances.values()} - {None}
        known = {key: column.widget.rows[key] for key in named if key in column.widget.rows}
        model, joins, others = column.widget.model, column.widget.joins, sorted(named - set(known))
        for start in range(0, len(others), CHUNK):
            known.update(model.objects.select_related(*joins).in_bulk(others[start : start + CHUNK]))
        for row in self.instances.values():
            if (key := getattr(row, column.attname)) is not None:
                column.model_field.set_cached_value(row, known[key])

    def _rows(self, rows):
        if not self.dataset:
            return
        values = [list(dict.fromkeys(part)) for part in zip(*self.dataset, strict=True)]
        narrow = [(name, part) for name, part in zip(self.attnames[1:], values[1:], strict=True) if len(part) <= FEW]
        rows = reduce(lambda found, pair: found.filter(**{f"{pair[0]}__in": pair[1]}), narrow, rows)
        for start in range(0, len(values[0]), CHUNK):
            yield from rows.filter(**{f"{self.attnames[0]}__in": values[0][start : start + CHUNK]})


def within(record, reach):
    """Say whether a row that is not written yet would lie within `reach`; `visible_to` asks the database again later."""
    paths = type(record).scope_paths
    if reach.everything or paths == OPEN:
        return True
    return any(_follow(record, paths[dimension]) in keys for dimension, keys in reach.limits.items() if dimension in paths)


def leading(model, reach):
    """Return the fields of `model` that decide whether a row lies within a limited `reach`: the first steps of its paths."""
    return [model.scope_paths[dimension].partition("__")[0] for dimension in reach.limits if dimension in model.scope_paths]


def _follow(record, path):
    *relations, last = path.split("__")
    for name in relations:
        record = getattr(record, name)
    return record.pk if last == "pk" else getattr(record, record._meta.get_field(last).attname)
