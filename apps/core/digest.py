"""Hashes of database rows that come out the same on SQLite and on PostgreSQL."""

import datetime as dt
import hashlib
import json
from decimal import Decimal
from uuid import UUID


def digest(rows):
    """Return (number of rows, SHA-256 hex) over `rows` (iterable of tuples or dicts of database values).

    The order of the rows does not count: two databases sort text differently.
    """
    digests = sorted(row_digest(row) for row in rows)
    return len(digests), combine(digests)


def row_digest(row):
    """Return the SHA-256 (bytes) of one row."""
    return hashlib.sha256(_encode(plain(row)).encode()).digest()


def combine(digests):
    """Return the SHA-256 (hex) over sorted row digests."""
    total = hashlib.sha256()
    for part in digests:
        total.update(part)
    return total.hexdigest()


_encode = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode


def plain(value):
    """Return `value` as JSON with one spelling: moments in UTC, numbers as text without an exponent."""
    return SPELLING.get(type(value), _plain)(value)


def _plain(value):
    """Do the same for what is no value of a plain column: a subclass, a document, bytes."""
    if value is None or isinstance(value, str | bool):
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
    spelling = SPELLING.get
    return {str(key): spelling(type(item), _plain)(item) for key, item in row.items()}


SPELLING = {str: str, int: str, Decimal: "{:f}".format, UUID: str, dt.datetime: _moment, dict: _mapping}  # nearly every value of a row
