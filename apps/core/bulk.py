"""Write many rows as fast as the driver can: no statement built value by value, no question asked for every row.

`bulk_create` spends nine tenths of its time preparing values one by one. Nothing here knows of history or of signals:
who writes rows somebody listens to does the rest himself.
"""

from decimal import Decimal
from functools import partial
from operator import attrgetter

from django.db import connections, router
from django.db.models import DateField, Field
from django.db.models.base import ModelState

PLAIN = {str, int, type(None)}  # what both drivers take as it is, in the fields that keep it as it is
KEPT = frozenset({"CharField", "TextField", "SlugField", "ForeignKey", "OneToOneField", "BigAutoField", "BigIntegerField"}) | frozenset(
    {"IntegerField", "PositiveIntegerField", "PositiveSmallIntegerField"}
)
CHUNK = 2_000


def insert_rows(model, columns, rows):
    """Insert `rows` (iterable of tuples in the order of `columns`, the fields' attnames) into the table of `model`.

    Values are what both databases take as they are: text (a decimal, a JSON document), int, None. Every column but the
    key must be given. The table's constraints hold; call it inside a transaction.
    """
    connection = connections[router.db_for_write(model)]
    names, table = _names(connection, model, columns), connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor, connection.wrap_database_errors:  # a COPY is none of the calls Django wraps by itself
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            cursor.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(['%s'] * len(names))})", rows)


def insert_records(records):
    """Insert new instances of one model and give them their keys."""
    model = type(records[0])
    connection = connections[router.db_for_write(model)]
    fields = model._meta.concrete_fields
    for record, key in zip(records, reserve_keys(model, len(records)), strict=True):
        record.pk = key
    chunks = (records[start : start + CHUNK] for start in range(0, len(records), CHUNK))
    rows = (row for chunk in chunks for row in zip(*(_column(connection, field, chunk, add=True) for field in fields), strict=True))
    insert_rows(model, [field.attname for field in fields], rows)
    for record in records:
        record._state.adding, record._state.db = False, connection.alias


def update_records(records, names):
    """Write the fields `names` of stored instances of one model, found by their keys."""
    model = type(records[0])
    connection = connections[router.db_for_write(model)]
    fields = [model._meta.get_field(name) for name in names]
    key, table = model._meta.pk, connection.ops.quote_name(model._meta.db_table)
    pk, columns = _names(connection, model, [key.name])[0], _names(connection, model, names)
    with connection.cursor() as cursor:
        for start in range(0, len(records), CHUNK):
            values = [_column(connection, field, records[start : start + CHUNK]) for field in (*fields, key)]
            if connection.vendor == "postgresql":
                marks = ", ".join(f"%s::{field.cast_db_type(connection)}[]" for field in (*fields, key))
                given = ", ".join(f"{column} = given.{column}" for column in columns)
                source = f"unnest({marks}) AS given ({', '.join([*columns, pk])})"
                cursor.execute(f"UPDATE {table} SET {given} FROM {source} WHERE {table}.{pk} = given.{pk}", values)
            else:
                given = ", ".join(f"{column} = %s" for column in columns)
                cursor.executemany(f"UPDATE {table} SET {given} WHERE {pk} = %s", zip(*values, strict=True))


def maker(model):
    """Return a function that makes a new instance of `model` from attname -> value as unpickling does: its values put in at once.

    `Model.__init__` sets them one by one, half of the time. No signal is sent. Raises KeyError for a name no column has.
    """
    blank = {field.attname: field.get_default() for field in model._meta.concrete_fields}
    computed = [field for field in model._meta.concrete_fields if field.has_default() and callable(field.default)]

    def make(values):
        if not values.keys() <= blank.keys():
            raise KeyError(*(values.keys() - blank.keys()))
        record = model.__new__(model)
        record.__dict__.update(blank, _state=ModelState())
        record.__dict__.update(values)
        for field in computed:
            if field.attname not in values:
                record.__dict__[field.attname] = field.get_default()
        return record

    return make


def twin(record):
    """Return a copy of a stored instance, as `copy.copy` makes it, in a third of the time: nothing is pickled on the way."""
    other, state = type(record).__new__(type(record)), ModelState()
    state.__dict__.update(record._state.__dict__, fields_cache=dict(record._state.fields_cache))
    other.__dict__.update(record.__dict__, _state=state)
    return other


def _names(connection, model, names):
    return [connection.ops.quote_name(model._meta.get_field(name).column) for name in names]


def _column(connection, field, records, add=False):
    """Return one field's values of the records as the driver takes them, in their order."""
    prepare = partial(field.get_db_prep_save, connection=connection)
    if add and (getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)):  # one moment for all of them
        moment = field.pre_save(records[0], add)
        for record in records:
            setattr(record, field.attname, moment)
        return [prepare(moment)] * len(records)
    if type(field).pre_save is Field.pre_save or isinstance(field, DateField):
        values = list(map(attrgetter(field.attname), records))
    else:
        values = [field.pre_save(record, add) for record in records]
    kind, types = field.get_internal_type(), set(map(type, values))
    if types == {type(None)} or (kind in KEPT and types <= PLAIN):
        return values
    if types <= {Decimal, type(None)} and kind == "DecimalField" and _are_as_written(field, values):
        return values if connection.vendor == "postgresql" else [value if value is None else f"{value:f}" for value in values]
    return list(map(prepare, values))


def _are_as_written(field, values):
    """Say whether decimals have just the field's places, so that none needs rounding, and no digit too many."""
    places, limit = Decimal(1).scaleb(-field.decimal_places), Decimal(10) ** (field.max_digits - field.decimal_places)
    given = [value for value in values if value is not None]
    return all(map(places.same_quantum, given)) and -limit < min(given) and max(given) < limit


def reserve_keys(model, count):
    """Return `count` keys nobody else will get; call it inside the transaction that uses them."""
    connection = connections[router.db_for_write(model)]
    key, table = model._meta.pk, model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sequence = "(SELECT pg_get_serial_sequence(%s, %s)::regclass)"  # looked up once, not for every key
            cursor.execute(f"SELECT nextval({sequence}) FROM generate_series(1, %s)", [connection.ops.quote_name(table), key.column, count])
            return [number for (number,) in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])  # one writer: the transaction holds the lock
        last = (cursor.fetchone() or [0])[0]
        return range(last + 1, last + count + 1)
