"""Hashes of database rows that come out the same on SQLite and on PostgreSQL."""

import datetime as dt
import hashlib
import json
from decimal import Decimal
from functools import cache
from operator import attrgetter
from types import NoneType
from uuid import UUID

CHUNK = 2_000


def digest(rows):
    """Return (number of rows, SHA-256 hex) over `rows` (iterable of tuples or dicts of database values).

    The order of the rows does not count: two databases sort text differently.
    """
    digests = [row_digest(row) for row in rows]
    return len(digests), combine(digests)


def row_digest(row):
    """Return the SHA-256 (bytes) of one row."""
    return _hashed(plain(row))


def digests_of(rows):
    """Return primary key -> digest of the rows (a queryset), as the database gives them back.

    Values at their field's default are left out, so a column added later leaves old hashes as they are; a column that is
    renamed or dropped does not.
    """
    names, defaults = layout(rows.model)
    key = names.index(rows.model._meta.pk.attname)
    return {values[key]: _filled(names, values, defaults) for values in rows.order_by().values_list(*names).iterator(chunk_size=CHUNK)}


def record_digest(record, without=()):
    """Return the same of one instance that was just written as it is, but for the fields `without`."""
    kept = [(name, getattr(record, name), default) for name, default in zip(*layout(type(record)), strict=True) if name not in without]
    return _filled(*zip(*kept, strict=True))


def _filled(names, values, defaults):
    spelling, filled = SPELLING.get, zip(names, values, defaults, strict=True)  # a batch asks this of every value of every row
    return _hashed({name: spelling(type(value), _plain)(value) for name, value, default in filled if value != default})


def _hashed(spelled):
    return hashlib.sha256(_encode(spelled).encode()).digest()


@cache
def layout(model):
    """Return (column names, their defaults) of a model; the present moment or day is no default."""
    fields = sorted(model._meta.concrete_fields, key=attrgetter("attname"))  # the digest sorts every row: sorted ones cost it less
    defaults = [field.get_default() for field in fields]
    return [field.attname for field in fields], [... if isinstance(default, dt.date) else default for default in defaults]


def combine(digests):
    """Return the SHA-256 (hex) over row digests, whatever their order."""
    return hashlib.sha256(b"".join(sorted(digests))).hexdigest()


_encode = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode


def plain(value):
    """Return `value` as JSON with one spelling: moments in UTC, numbers as text without an exponent."""
    return SPELLING.get(type(value), _plain)(value)


def _plain(value):
    """Do the same for what is no value of a plain column: a subclass, a document, bytes."""
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, float):  # only inside JSON, where PostgreSQL writes 1e20 and -0.0 in its own way
        return format((Decimal(repr(value)) + 0).normalize(), "f") if value == value and abs(value) != float("inf") else repr(value)
    if isinstance(value, dt.datetime):
        return _moment(value)
    if isinstance(value, dict):
        return _mapping(value)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _moment(value):
    return value.astimezone(dt.UTC).isoformat(timespec="microseconds")


def _mapping(row):
    return {str(key): plain(item) for key, item in row.items()}


SPELLING = {  # nearly every value of a row
    str: str,
    int: str,
    Decimal: "{:f}".format,
    NoneType: lambda value: value,
    bool: lambda value: value,
    UUID: str,
    dt.datetime: _moment,
    dict: _mapping,
}
