"""Start a child of ours with limits; its death is a sentence for the user, never ours."""

import json
import os
import subprocess
import sys
import tempfile

from django.conf import settings

from apps.core.disk import NO_SPACE, volume_is_full
from apps.core.errors import Refused
from apps.exchange.reading import DAMAGED, Unreadable
from apps.exchange.reading.limits import WALL_SECONDS


def run(module, *arguments, given=None):
    """Run `python -m module arguments` in a limited child and return its output as an open temporary file.

    given: a value sent to the child as JSON on standard input. Raises Unreadable when the child dies of a limit,
    Refused when the temporary volume is full.
    """
    output = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115  (the caller reads and closes it)
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        ended = subprocess.run(
            [sys.executable, "-m", module, *map(str, arguments)],
            input=json.dumps(given, ensure_ascii=False).encode() if given is not None else b"",
            stdout=output,
            stderr=subprocess.DEVNULL,
            cwd=settings.BASE_DIR,
            env=environment,
            timeout=WALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        ended = None
    if ended is None or ended.returncode != 0:
        full = volume_is_full(tempfile.gettempdir())
        output.close()
        if full:
            raise Refused(NO_SPACE)
        raise Unreadable(DAMAGED)
    output.seek(0)
    return output
