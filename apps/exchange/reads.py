"""The rows of an export, one after the other in constant memory, however many there are."""

import pickle
import tempfile
import time
from itertools import islice

from apps.ledger.fields import field_of

CHUNK = 2_000
BEAT = 1  # second between two reports


def values_of(rows, columns, period):
    """Yield (period, values) for every row of a queryset: the fields `period`, and what `columns` export.

    Where every column ends in a field of the database plain values are read: no record is made of a row.
    """
    paths = [column.path for column in columns]
    if not all(path and field_of(rows.model, path) for path in paths):
        for record in rows.iterator(chunk_size=CHUNK):
            yield tuple(getattr(record, name) for name in period), [column.export(record) for column in columns]
        return
    written = [column.widget.written for column in columns]
    plain = rows.select_related(None).values_list(*period, *paths)
    start = len(period)
    for values in plain.iterator(chunk_size=CHUNK):
        yield values[:start], [write(value) for write, value in zip(written, values[start:], strict=True)]


def spooled(rows):
    """Yield what `rows` yields after all of it was read: the database is not held while it is written."""
    with tempfile.TemporaryFile() as spool:
        rows = iter(rows)
        while chunk := list(islice(rows, CHUNK)):
            pickle.dump(chunk, spool, pickle.HIGHEST_PROTOCOL)
        end = spool.tell()
        spool.seek(0)
        while spool.tell() < end:
            yield from pickle.load(spool)


def reported(rows, report):
    """Yield what `rows` yields and call `report` with the number of rows passed, about once a second."""
    last = time.monotonic()
    for number, row in enumerate(rows, start=1):
        if number % 100 == 0 and time.monotonic() - last >= BEAT:
            report(number)
            last = time.monotonic()
        yield row
