"""The fault run: `python -m tests.faults --faults 40 --mode celery --seed 1` prints a table and one line of JSON."""

import argparse
import datetime as dt
import json
import math
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import django

from tests.faults.servers import Office, until

CLERKS, OFFICERS = 4, 2
QUIET_SECONDS = 120
RECOVERY_SECONDS = 60  # from a fault to the next answer and the next end of a job (reliability.md 3.1)


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
    failed = any(sentences.values()) or report["longest_recovery"] > RECOVERY_SECONDS
    if failed:
        print(f"logs: {folder}", file=sys.stderr)
    else:
        shutil.rmtree(folder)
    print(json.dumps(report))
    sys.exit(failed)


def attack(office, asked):
    """Let people work while the nemesis does its worst, wait until all is quiet, and check."""
    from django.core.management import call_command

    from tests.faults import county
    from tests.faults.checks import check
    from tests.faults.clients import Clerk, Diary, Officer, Script
    from tests.faults.nemesis import Nemesis

    call_command("migrate", verbosity=0)
    places = county.found(CLERKS, OFFICERS)
    office.start()
    diary = Diary(office.folder / "diary.jsonl")
    people = [(Clerk, f"clerk{number}") for number in range(CLERKS)]
    people += [(Officer, f"officer{number}") for number in range(OFFICERS)] + [(Script, "script0")]
    works = {"port": office.port, "county": places, "diary": diary, "seed": asked.seed, "pace": 0.5 if asked.broken else 1}
    clients = [kind(username, **works) for kind, username in people]
    gap = (0.5, 1.0) if asked.broken else (0.8, 2.2)
    nemesis = Nemesis(office, diary=diary, kinds=Nemesis.kinds(asked.broken), faults=asked.faults, seed=asked.seed, gap=gap)
    for client in clients:
        client.start()
    nemesis.run()
    last_fault, _ = nemesis.deeds[-1]
    until(lambda: is_served(clients, last_fault), RECOVERY_SECONDS, every=0.5)
    for client in clients:
        client.stopping.set()
    for client in clients:
        client.join()
    until(is_quiet, QUIET_SECONDS, every=0.5)
    pressed = press_again(clients)
    until(is_quiet, QUIET_SECONDS, every=0.5)
    findings = check(diary)
    return summary(asked, diary, nemesis, findings) | {"asked_again": pressed}, findings.sentences


def is_served(clients, moment):
    """Say whether everybody asked for something after `moment` and got it, and a job has ended since."""
    from apps.jobs.choices import State
    from apps.jobs.models import Job

    ended = Job.objects.filter(state=State.DONE, finished_at__gte=dt.datetime.fromtimestamp(moment, dt.UTC))
    return all(client.served >= moment for client in clients) and ended.exists()


def is_quiet():
    from apps.jobs.choices import OPEN
    from apps.jobs.models import Job

    return not Job.objects.filter(state__in=OPEN).exists()


def press_again(clients):
    """Let people ask once more for their jobs that failed because workers died of them three times; return how many.

    A build of this many kills a minute hits one job so often now and then, and by its rule that job is given up (T10).
    """
    from apps.jobs.choices import State
    from apps.jobs.models import Job
    from apps.jobs.rules import INTERRUPTED

    people, given_up = {client.username: client for client in clients}, Job.objects.filter(state=State.FAILED, error=INTERRUPTED)
    jobs = list(given_up.values_list("pk", "requested_by__username"))
    for pk, username in jobs:
        people[username].ask_again(pk)
    return len(jobs)


def summary(asked, diary, nemesis, findings):
    outcomes = [entry["outcome"] for entry in diary.entries.values()]
    well = Counter(entry["kind"] for entry in diary.entries.values() if entry["outcome"] == "ok")
    return {
        "mode": asked.mode,
        "seed": asked.seed,
        "broken_build": asked.broken,
        "faults": len(nemesis.deeds),
        "operations": len(outcomes),
        **{outcome: outcomes.count(outcome) for outcome in ("ok", "unknown")},
        "failed": outcomes.count("fail"),
        "acts": dict(well.most_common()),
        **findings.counts(),
        **jobs_and_recovery(diary, nemesis),
    }


def jobs_and_recovery(diary, nemesis):
    """How many jobs ended and were taken over; the longest time from a fault to the next answer, and to the next end of a job."""
    from apps.jobs.choices import State
    from apps.jobs.models import Job

    ends = sorted(job.finished_at.timestamp() for job in Job.objects.filter(state=State.DONE))
    answered = sorted((entry["begin"], entry["end"]) for entry in diary.entries.values() if entry["outcome"] == "ok")
    pages = longest(nemesis.deeds, answered)
    works = longest(nemesis.deeds, [(end, end) for end in ends])
    return {
        "jobs": len(ends),
        "retaken": Job.objects.filter(state=State.DONE, attempts__gt=1).count(),
        "longest_recovery": round(max(pages, works), 1),
        "longest_without_pages": round(pages, 1),
    }


def longest(deeds, successes):
    """Return the longest time from a fault to the end of the next success begun after it; infinite where there was none."""
    return max(next((end - moment for begin, end in successes if begin >= moment), math.inf) for moment, _ in deeds)


def tell(report, sentences):
    for name, value in report.items():
        print(f"{name:>24}  {value}")
    for kind, found in sentences.items():
        for sentence in found[:20]:
            print(f"{kind:>24}: {sentence}")


if __name__ == "__main__":
    main()
