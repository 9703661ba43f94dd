"""The fault run: `python -m tests.faults --faults 40 --mode celery --seed 1` prints a table and one line of JSON."""

import argparse
import json
import os
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

import django

from tests.faults.servers import Office, until

CLIENTS = 4
QUIET_SECONDS = 120


def options():
    parser = argparse.ArgumentParser(prog="tests.faults")
    parser.add_argument("--mode", choices=("celery", "sqlite"), default="celery")
    parser.add_argument("--faults", type=int, default=40)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--broken", action="store_true", help="without lease and fence: the checkers must find it")
    asked = parser.parse_args()
    asked.seed = random.SystemRandom().randrange(10**6) if asked.seed is None else asked.seed
    return asked


def main():
    asked, began = options(), time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="faults-"))
    office = Office(folder, celery=asked.mode == "celery", slow=0.8, broken=asked.broken)
    try:
        office.start_servers()
        os.environ.update(office.env)
        django.setup()
        report, sentences = attack(office, asked)
    finally:
        office.end()
    report["seconds"] = round(time.monotonic() - began)
    tell(report, sentences)
    if any(sentences.values()):
        print(f"logs: {folder}", file=sys.stderr)
    else:
        shutil.rmtree(folder)
    print(json.dumps(report))
    sys.exit(1 if any(sentences.values()) else 0)


def attack(office, asked):
    """Let people work while the nemesis does its worst, wait until all is quiet, and check."""
    from django.core.management import call_command

    from tests.faults import county
    from tests.faults.checks import check
    from tests.faults.clients import Client, Diary
    from tests.faults.nemesis import Nemesis

    call_command("migrate", verbosity=0)
    firms = county.found(CLIENTS)
    office.start()
    diary = Diary(office.folder / "diary.jsonl")
    clients = [
        Client(number, port=office.port, firms=firms, diary=diary, seed=asked.seed, pace=0.5 if asked.broken else 1)
        for number in range(CLIENTS)
    ]
    gap = (0.5, 1.0) if asked.broken else (0.8, 2.2)
    nemesis = Nemesis(office, diary=diary, kinds=Nemesis.kinds(asked.broken), faults=asked.faults, seed=asked.seed, gap=gap)
    for client in clients:
        client.start()
    nemesis.run()
    for client in clients:
        client.stopping.set()
    for client in clients:
        client.join()
    until(is_quiet, QUIET_SECONDS, every=0.5)
    findings = check(diary)
    return summary(asked, diary, nemesis, findings), findings.sentences


def is_quiet():
    from apps.jobs.choices import OPEN
    from apps.jobs.models import Job

    return not Job.objects.filter(state__in=OPEN).exists()


def summary(asked, diary, nemesis, findings):
    outcomes = [entry["outcome"] for entry in diary.entries.values()]
    return {
        "mode": asked.mode,
        "seed": asked.seed,
        "broken_build": asked.broken,
        "faults": len(nemesis.deeds),
        "operations": len(outcomes),
        **{outcome: outcomes.count(outcome) for outcome in ("ok", "unknown")},
        "failed": outcomes.count("fail"),
        **findings.counts(),
        **jobs_and_recovery(diary, nemesis),
    }


def jobs_and_recovery(diary, nemesis):
    """How many jobs ended and were taken over; the longest time from a fault to the next answer, and to the next end of a job."""
    from apps.jobs.choices import State
    from apps.jobs.models import Job

    ends = sorted(job.finished_at.timestamp() for job in Job.objects.filter(state=State.DONE))
    answered = sorted((entry["begin"], entry["end"]) for entry in diary.entries.values() if entry["outcome"] == "ok")
    pages = [next((end - moment for begin, end in answered if begin >= moment), 0) for moment, _ in nemesis.deeds]
    works = [next((end - moment for end in ends if end >= moment), 0) for moment, _ in nemesis.deeds]
    return {
        "jobs": len(ends),
        "retaken": Job.objects.filter(state=State.DONE, attempts__gt=1).count(),
        "longest_recovery": round(max([*pages, *works]), 1),
        "longest_without_pages": round(max(pages), 1),
    }


def tell(report, sentences):
    for name, value in report.items():
        print(f"{name:>24}  {value}")
    for kind, found in sentences.items():
        for sentence in found[:20]:
            print(f"{kind:>24}: {sentence}")


main()
