"""Other people's pages while four hostile workbooks are read at once: their 95th percentile against a quiet office.

    python bench/bombs.py [REQUESTS]

The sample county is made in a temporary folder and served as `make run` serves it. One clerk opens his lists REQUESTS
times (default 200), first alone, then while four bombs are read, each by a child as a worker starts it and again as soon
as it is done. Quiet and loaded rounds take turns. Wanted (reliability.md T27): at most twice the quiet figure.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
FOLDER = tempfile.TemporaryDirectory()
os.environ.update(VAR_DIR=FOLDER.name, DJANGO_SETTINGS_MODULE="jinyun.settings", OFFICE_TODAY="2021-10-15")
os.environ.pop("DATABASE_URL", None)

import django  # noqa: E402

django.setup()

from apps.exchange.reading import Unreadable  # noqa: E402
from apps.exchange.source import Source  # noqa: E402
from apps.sample.services import sign_ins  # noqa: E402
from tests.exchange.test_bombs import bombs  # noqa: E402
from tests.faults.browser import Browser  # noqa: E402
from tests.faults.servers import answers, free_port, until  # noqa: E402

PAGES = ("/", "/ledger/enterprises/", "/ledger/enterprise-facts/", "/ledger/parcels/")
ROUNDS = 3


def percentile(browser, requests):
    """Return the 95th percentile of so many pages in seconds."""
    taken = []
    for number in range(requests):
        started = time.perf_counter()
        status = browser.get(PAGES[number % len(PAGES)]).status
        taken.append(time.perf_counter() - started)
        assert status == 200, status
    return statistics.quantiles(taken, n=20)[-1]


def read_again_and_again(path, stop, count):
    while not stop.is_set():
        with suppress(Unreadable), Source(path) as source:
            for _ in source.sheets[0].rows():
                pass
        count.append(path)


def loaded(browser, requests, paths):
    """Return the percentile while every file of `paths` is being read, and how many were read to their end meanwhile."""
    stop, count = threading.Event(), []
    readers = [threading.Thread(target=read_again_and_again, args=(path, stop, count)) for path in paths]
    for reader in readers:
        reader.start()
    try:
        return percentile(browser, requests), len(count)
    finally:
        stop.set()
        for reader in readers:
            reader.join()


def main(requests):
    paths = [Path(FOLDER.name) / f"bomb{number}.xlsx" for number in range(4)]
    for path, content in zip(paths, bombs(), strict=True):
        path.write_bytes(content)
    port = free_port()
    office = subprocess.Popen([sys.executable, "manage.py", "serve", "--bind", f"127.0.0.1:{port}"], cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        assert until(lambda: answers(port), 180), "the office did not start"
        clerk = next(line for line in sign_ins() if line["username"] == "permu")
        browser = Browser(port, clerk["username"], clerk["password"])
        assert browser.sign_in()
        percentile(browser, 40)  # what the first visit loads is nobody's load
        quiet, busy = [], []
        for _ in range(ROUNDS):
            quiet.append(percentile(browser, requests))
            busy.append(loaded(browser, requests, paths))
    finally:
        office.terminate()
        office.wait(60)
    for alone, (beside, read) in zip(quiet, busy, strict=True):
        ratio = f"{beside / alone:.2f} ({read} files read)"
        print(f"95 % of {requests} pages: alone {alone * 1000:.0f} ms, beside bombs {beside * 1000:.0f} ms, {ratio}")
    print(f"median {statistics.median(beside for beside, _ in busy) / statistics.median(quiet):.2f} (wanted: at most 2)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
