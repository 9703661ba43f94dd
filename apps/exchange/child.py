"""Start a child of ours with limits; its death is a sentence for the user, never ours."""

import json
import os
import selectors
import subprocess
import sys
import tempfile
import time

from django.conf import settings

from apps.core.disk import NO_SPACE, volume_is_full
from apps.core.errors import Refused
from apps.exchange.reading import DAMAGED, Unreadable
from apps.exchange.reading.limits import WALL_SECONDS

TICK = 5  # seconds


def run(module, *arguments, given=None, meanwhile=None):
    """Run `python -m module arguments` in a limited child and return its output as an open temporary file.

    given: a value sent to the child as JSON on standard input.  meanwhile: called now and then while the child works;
    when it raises the child is ended. Raises Unreadable when the child dies of a limit, Refused when the temporary
    volume is full.
    """
    output = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115  (the caller reads and closes it)
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    with _told(given) as told:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *map(str, arguments)],
            stdin=told,
            stdout=output,
            stderr=subprocess.DEVNULL,
            cwd=settings.BASE_DIR,
            env=environment,
        )
    with process:
        try:
            code = _end(process, meanwhile)
        except BaseException:
            process.kill()
            output.close()
            raise
    if code != 0:
        full = volume_is_full(tempfile.gettempdir())
        output.close()
        if full:
            raise Refused(NO_SPACE)
        raise Unreadable(DAMAGED)
    output.seek(0)
    return output


def _told(given):
    """Return what the child reads, in a file in memory: it can neither keep us waiting nor fill a volume."""
    told = os.fdopen(os.memfd_create("told"), "w+b")
    told.write(json.dumps(given, ensure_ascii=False).encode() if given is not None else b"")
    told.seek(0)
    return told


def _end(process, meanwhile):
    """Wait for the child and return its exit code; one that takes too long is ended.

    The kernel tells when it has gone; `Popen.wait` would look every 50 ms.
    """
    until = time.monotonic() + WALL_SECONDS
    with os.fdopen(os.pidfd_open(process.pid)) as gone, selectors.DefaultSelector() as waiting:
        waiting.register(gone, selectors.EVENT_READ)
        while not waiting.select(max(0.1, min(TICK, until - time.monotonic()))):
            if time.monotonic() >= until:
                process.kill()
            if meanwhile:
                meanwhile()
    return process.wait()
