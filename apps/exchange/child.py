"""Start a child of ours with limits; its death is a sentence for the user, never ours."""

import json
import os
import select
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
GLANCE = 0.02  # seconds until the next look at what a child has said


def run(module, *arguments, given=None, meanwhile=None):
    """Let `python -m module arguments` do its work in a limited child and return once it has ended.

    Takes and raises what `Child` does.
    """
    with Child(module, *arguments, given=given, meanwhile=meanwhile) as child:
        child.wait()


class Child:
    """`python -m module arguments`, a limited child at work; a context, which ends it. What it prints can be read meanwhile.

    given: a value sent to the child as JSON on standard input.  meanwhile: called now and then while somebody waits for
    the child. Whoever waits, for a line or for its end, learns of its death: Unreadable when it died of a limit, Refused
    when the temporary volume is full.
    """

    def __init__(self, module, *arguments, given=None, meanwhile=None):
        self.meanwhile, self.told, self.ended = meanwhile, time.monotonic(), False
        self.until = self.told + WALL_SECONDS
        environment = {"PATH": os.environ.get("PATH", ""), "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        with _told(given) as told, tempfile.TemporaryFile() as said:
            self.output = open(f"/proc/self/fd/{said.fileno()}", "rb")  # noqa: SIM115  (a place of our own in the file, closed in `close`)
            self.process = subprocess.Popen(
                [sys.executable, "-m", module, *map(str, arguments)],
                stdin=told,
                stdout=said,
                stderr=subprocess.DEVNULL,
                cwd=settings.BASE_DIR,
                env=environment,
            )
        self.handle = os.pidfd_open(self.process.pid)
        self.gone = select.poll()
        self.gone.register(self.handle, select.POLLIN)

    def __enter__(self):
        return self

    def __exit__(self, *raised):
        self.close()

    def close(self):
        """End the child where it still works; what it said cannot be read any more."""
        self.process.kill()
        self.process.wait()
        os.close(self.handle)
        self.output.close()

    def wait(self):
        """Wait until the child has ended."""
        while not self.ended:
            self._look(TICK)

    def tell(self):
        return self.output.tell()

    def seek(self, place):
        self.output.seek(place)

    def readline(self):
        """Return the next whole line the child printed, "" after its last; waits for it while the child works."""
        line = self.output.readline()
        while not line.endswith(b"\n"):
            over = self.ended
            line += (more := self.output.readline())
            if over and not more:
                break
            if not more:
                self._look(GLANCE)
        return line.decode()

    def _look(self, seconds):
        """Wait so long for the child's end, and every TICK let others know that we do; one that takes too long is ended.

        The kernel tells when it has gone; `Popen.wait` would look every 50 ms.
        """
        if self.gone.poll(seconds * 1000):
            self.ended = True
            if self.process.wait() != 0:
                raise Refused(NO_SPACE) if volume_is_full(tempfile.gettempdir()) else Unreadable(DAMAGED)
        elif (now := time.monotonic()) >= self.until:
            self.process.kill()
        elif self.meanwhile and now - self.told >= TICK:
            self.told = now
            self.meanwhile()


def _told(given):
    """Return what the child reads, in a file in memory: it can neither keep us waiting nor fill a volume."""
    told = os.fdopen(os.memfd_create("told"), "w+b")
    told.write(json.dumps(given, ensure_ascii=False).encode() if given is not None else b"")
    told.seek(0)
    return told
