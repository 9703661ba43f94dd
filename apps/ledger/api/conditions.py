"""Versions over HTTP: a row's version is its ETag, a change names the one it was read at (reliability.md 2.2)."""

import re

from rest_framework.exceptions import ParseError

from apps.ledger.api.problems import VersionMissing

ETAG = re.compile(r'"(\d{1,9})"')


def etag(record):
    return f'"{record.version}"'


def version_of(request):
    """Return the version If-Match names; raise 428 where there is none, 400 where it is not exactly one."""
    header = request.headers.get("If-Match")
    if header is None:
        raise VersionMissing
    found = ETAG.fullmatch(header.strip())
    if not found:
        raise ParseError('If-Match 应是读取记录时的 ETag，如 "3"，一次只能给出一个。')
    return int(found[1])
