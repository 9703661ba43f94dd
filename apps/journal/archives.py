"""An archive of the journal apart from the database: entries as they were written, one a line, under a sealed head.

Nothing is removed from the database by it. The head names where the part begins and ends in the chain; several archives
follow each other when the next begins where the last one ended.
"""

import hashlib
import hmac
import json
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac

from apps.core.errors import Refused
from apps.journal import services as journal
from apps.journal.models import SEALED, JournalEntry, seal
from apps.journal.rules import canonical

CHUNK = 2_000
HEAD = ("first", "last", "entries", "prev", "tail")
NO_ARCHIVE = "这不是日志归档文件，或文件已损坏。"


def write(*, path, before, actor):
    """Copy the entries of before the day `before` (date) into the new file `path`; return its head with the file's sha256.

    Raises Refused where the file is there already, there are no such entries, or the chain does not hold.
    """
    path = Path(path)
    if path.exists():
        raise Refused(f"文件 {path} 已存在，没有覆盖。")
    lines, head = _lines(JournalEntry.objects.filter(at__lt=before.isoformat()).order_by("seq"))
    text = "\n".join([canonical({**head, "seal": _sealed(head)}), *lines]) + "\n"
    path.write_text(text, encoding="utf-8")
    head["sha256"] = hashlib.sha256(text.encode()).hexdigest()
    with transaction.atomic():
        journal.record(act="日志归档", actor=actor, target=f"{before.isoformat()} 以前：{head['entries']} 条", detail=head)
    return head


def verify(path):
    """Walk an archive and return (its head, number of the first bad entry or None). Raises Refused where it is no archive."""
    try:
        with open(path, encoding="utf-8") as file:
            head = json.loads(file.readline())
            if not hmac.compare_digest(head.pop("seal"), _sealed(head)):
                raise Refused("归档文件的首行与封存的不符。")
            return head, _first_bad(file, head)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise Refused(NO_ARCHIVE) from error


def _lines(entries):
    """Return (the entries as lines, head); refuse a chain that does not hold: a broken one is not archived as whole."""
    lines, head = [], {}
    for digest, *values in entries.values_list("digest", *SEALED).iterator(chunk_size=CHUNK):
        values = dict(zip(SEALED, values, strict=True))
        head = head or {"first": values["seq"], "prev": values["prev"], "tail": values["prev"]}
        if values["seq"] != head["first"] + len(lines) or values["prev"] != head["tail"] or digest != seal(values):
            raise Refused(f"日志从第 {values['seq']} 条起不能核对，没有归档。")
        lines.append(canonical({**values, "digest": digest}))
        head |= {"last": values["seq"], "tail": digest, "entries": len(lines)}
    if not lines:
        raise Refused("这一天以前没有日志。")
    return lines, {name: head[name] for name in HEAD}


def _first_bad(lines, head):
    expected, digest = head["first"], head["prev"]
    for line in lines:
        values = json.loads(line)
        kept = values.pop("digest")
        if values["seq"] != expected or values["prev"] != digest or kept != seal(values):
            return expected
        expected, digest = expected + 1, kept
    return None if (expected - 1, digest) == (head["last"], head["tail"]) else expected


def _sealed(head):
    text = canonical({name: head[name] for name in HEAD})
    return salted_hmac("apps.journal.archives", text, secret=settings.JOURNAL_KEY, algorithm="sha256").hexdigest()
