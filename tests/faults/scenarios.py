"""Single faults looked at closely, on real servers: `python -m tests.faults.scenarios` prints what each saw as JSON.

T05 a worker that wakes too late, T06 Redis away while work is asked for, T08 two beats, T09 ending by SIGTERM under load,
T10 poisonous jobs, T12 a deaf worker, T13 a full volume under the database. FAULTS_REDIS_AWAY says for how many seconds Redis
hangs in T06. `--embedded` tries what has to hold on SQLite without Redis instead.
"""

import json
import os
import secrets
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import django

from tests.faults.servers import Office, Process, pause, until

SCENARIOS, EMBEDDED = {}, {}
LEASE, SWEEP, DEAF = 2, 1, 6
REDIS_AWAY = float(os.environ.get("FAULTS_REDIS_AWAY", 4))
VOLUME = "160m"


def scenario(function):
    SCENARIOS[function.__name__] = function
    return function


def embedded(function):
    EMBEDDED[function.__name__] = function
    return function


def ask(kind, key, **params):
    from apps.core.actor import Actor
    from apps.jobs.services import enqueue

    return enqueue(kind=kind, key=str(key), params=params, actor=Actor.system("测试"))


def row(job):
    from apps.jobs.models import Job

    return Job.objects.get(pk=job.pk)


def ended(*jobs, seconds=60):
    """Wait until all have ended; return their states."""
    from apps.jobs.choices import OPEN

    until(lambda: all(row(job).state not in OPEN for job in jobs), seconds)
    return [row(job).state for job in jobs]


def a_clerk(office, number=0):
    from tests.faults.browser import Browser
    from tests.faults.county import PASSWORD

    browser = Browser(office.port, f"clerk{number}", PASSWORD)
    until(browser.sign_in, 20)
    return browser


def entries_of(job):
    from apps.journal.models import JournalEntry

    return [entry.act for entry in JournalEntry.objects.filter(detail__job=job.pk)]


@scenario
def a_stalled_worker_is_fenced(office):
    """T05: A stops in the middle of a job past its lease, B does the job, A wakes up."""
    job = ask("faults.nap", "stall", n=1, seconds=10)
    until(lambda: row(job).progress_done)
    first = next(worker for worker in office.workers if f"worker{office.workers.index(worker) + 1}@" in holder(job))
    first.send(signal.SIGSTOP)
    states = ended(job)
    before = (row(job).result, row(job).finished_at, row(job).fence)
    first.send(signal.SIGCONT)
    pause(3)
    after = (row(job).result, row(job).finished_at, row(job).fence)
    lost = first.log.read_text().count("is no longer valid")
    return {"states": states, "attempts": row(job).attempts, "unchanged": before == after, "entries": entries_of(job), "lost": lost}


def holder(job):
    """Return the host name of the worker whose child is at work on the job; others may be at the day's jobs."""
    from jinyun.celery import app

    active = app.control.inspect(timeout=3).active() or {}
    return next((name for name, tasks in active.items() if any(task["args"] == [job.pk] for task in tasks)), "")


@scenario
def redis_is_away_while_work_is_asked_for(office):
    """T06: 200 requests over HTTP, Redis flushed, killed and hung meanwhile: every answer is a promise, every promise is kept."""
    from tests.faults.clients import METHOD
    from tests.faults.county import YEARS

    browser, statuses, jobs, longest = a_clerk(office), [], set(), 0
    for number in range(200):
        if number == 40:
            flush(office)
        elif number == 80:
            office.redis.send(signal.SIGKILL)
        elif number == 120:
            office.redis.send(signal.SIGSTOP)
            threading.Timer(REDIS_AWAY, office.redis.send, [signal.SIGCONT]).start()
        began = time.monotonic()
        answer = browser.post("/grading/run/", {"year": YEARS[number % len(YEARS)], "method": METHOD})
        longest = max(longest, time.monotonic() - began)
        statuses.append(answer.status)
        jobs.add(int(answer.location.strip("/").split("/")[-1]))
    office.redis.send(signal.SIGCONT)
    from apps.jobs.models import Job

    states = ended(*Job.objects.filter(pk__in=jobs), seconds=90)
    return {"statuses": sorted(set(statuses)), "asked": len(statuses), "states": sorted(set(states)), "slow": longest > 5}


def flush(office):
    import redis

    redis.Redis.from_url(office.redis.url).flushall()


@scenario
def two_beats_and_two_sweepers(office):
    """T08: a second beat and a run_jobs beside the workers: the calendar's job of the day is there once, others run once."""
    from apps.jobs.models import Job

    second = Process("beat2", [*office.beat.command, "--schedule", office.folder / "beat2"], folder=office.folder, env=office.env).start()
    third = Process("sweeper3", [sys.executable, "manage.py", "run_jobs"], folder=office.folder, env=office.env).start()
    Job.objects.filter(planned=True).update(planned=False, key="earlier")
    jobs = [ask("faults.nap", f"beats{number}", n=number, seconds=0.5) for number in range(6)]
    states = ended(*jobs)
    pause(4 * SWEEP)
    second.end()
    third.end()
    hour = django.utils.timezone.localtime().hour
    due = 1 if hour >= 2 else 0
    planned = Job.objects.filter(kind="journal.verify", planned=True).count()
    return {"states": sorted(set(states)), "entries": [entries_of(job) for job in jobs], "planned": planned - due}


@scenario
def sigterm_ends_nothing_half_way(office):
    """T09: web and worker are ended by SIGTERM while two people read and two write: whatever was taken is answered, no job is cut."""
    from apps.enterprises.models import Enterprise

    writers = [(a_clerk(office, number), firm, []) for number, firm in enumerate(Enterprise.objects.order_by("pk")[:2])]
    before = set(Enterprise.history.values_list("history_id", flat=True))
    job = ask("faults.nap", "drain", n=2, seconds=4)
    until(lambda: row(job).progress_done)
    seen, stop = [], threading.Event()
    acts = [lambda: read(office)] * 2 + [lambda writer=writer: change(*writer) == 302 for writer in writers]
    clients = [threading.Thread(target=keep_on, args=(act, seen, stop)) for act in acts]
    for client in clients:
        client.start()
    for _ in range(3):
        pause(1)
        restarted([office.web], signal.SIGTERM)
        until(office.serves)
    codes = restarted(office.workers, signal.SIGTERM)
    states = ended(job)
    pause(1)
    stop.set()
    for client in clients:
        client.join()
    written = Counter(Enterprise.history.exclude(history_id__in=before).values_list("id", "history_change_reason"))
    promised = Counter((firm.pk, reason) for _, firm, asked in writers for reason, _, _ in asked)
    busy = len(seen) > 100 and all(len(asked) > 3 for _, _, asked in writers)
    lost = {"outcomes": sorted(set(seen)), "busy": busy, "kept": written == promised}
    return {**lost, "codes": codes, "states": states, "attempts": row(job).attempts, "entries": entries_of(job)}


def restarted(processes, number=None, seconds=60):
    """Send `number` to each process, wait until all were ended and started again, and return their exit codes."""
    before = [len(process.codes) for process in processes]
    for process in processes:
        if number:
            process.send(number, group=False)
    until(lambda: all(len(one.codes) > count and one.is_up for one, count in zip(processes, before, strict=True)), seconds)
    return sorted({code for one, count in zip(processes, before, strict=True) for code in one.codes[count:]})


def read(office):
    from tests.faults.browser import Browser

    return Browser(office.port, "", "").get("/people/sign-in/").status == 200


def keep_on(act, seen, stop):
    """Act until told to stop; note how each time ended."""
    from tests.faults.browser import NoAnswer, NotSent

    while not stop.is_set():
        try:
            seen.append("ok" if act() else "wrong")
        except NotSent:
            seen.append("refused")
            pause(0.05)
        except NoAnswer:
            seen.append("unknown")


@scenario
def a_poisonous_job_ends_and_the_others_go_on(office):
    """T10: jobs that kill whoever touches them, or want more memory than there is, are failed after their tries; the queue moves on."""
    poison = [ask("faults.poison", "x"), ask("faults.glutton", "x")]
    others = [ask("faults.nap", f"beside{number}", n=number, seconds=0.5) for number in range(4)]
    states = ended(*others)
    poisoned, rows = ended(*poison, seconds=90), [row(job) for job in poison]
    errors = [job.error for job in rows]
    return {"others": sorted(set(states)), "poison": poisoned, "attempts": [job.attempts for job in rows], "errors": errors}


@scenario
def a_deaf_worker_is_replaced(office):
    """T12: Redis hangs; workers with nothing to do while a job waits end with an error, and the job is done afterwards."""
    office.redis.send(signal.SIGSTOP)
    job = ask("faults.nap", "deaf", n=3, seconds=0.5)
    codes = restarted(office.workers)
    office.redis.send(signal.SIGCONT)
    return {"codes": codes, "states": ended(job), "attempts": row(job).attempts, "entries": entries_of(job)}


@scenario
def the_volume_of_the_database_is_full(office):
    """T13: without a byte left acts are refused with a sentence; with space again all goes on, and nothing promised is lost."""
    from apps.enterprises.models import Enterprise
    from apps.journal.selectors import verify

    clerk, firm, asked = a_clerk(office), Enterprise.objects.first(), []
    filler = office.postgres.folder / "filler"
    change(clerk, firm, asked)
    fill(filler)
    until(lambda: change(clerk, firm, asked) == 503, 60, every=0)
    told = json.loads(asked[-1][2].body)["message"] if asked[-1][1] == 503 else ""
    filler.unlink()
    until(lambda: office.postgres.is_up or office.postgres.revive())
    again = until(lambda: a_clerk(office) and change(clerk, firm, asked) == 302)
    states = ended(ask("faults.nap", "space", n=4, seconds=0.5))
    kept = list(Enterprise.history.filter(id=firm.pk, history_type="~").values_list("history_change_reason", flat=True))
    promised = {reason for reason, status, _ in asked if status == 302}
    return {
        "told": told.partition("事件")[0].partition("。")[2],
        "again": again,
        "states": states,
        "lost": len(promised - set(kept)),
        "half": len(kept) - len(set(kept)),
        "intact": verify().intact,
    }


def change(clerk, firm, asked):
    """Save the form of an enterprise; note (reason, status, answer) and return the status."""
    from tests.faults.browser import form_values

    path, reason = f"/ledger/enterprises/{firm.pk}/change/", f"change-{secrets.token_hex(4)}"
    answer = clerk.get(path)
    if answer.status == 200:
        answer = clerk.post(path, form_values(answer.body) | {"contact": reason, "reason": reason})
    asked.append((reason, answer.status, answer))
    return answer.status


def fill(path):
    """Write until nothing more fits on the volume."""
    with path.open("wb", buffering=0) as file:
        for size in (1024**2, 1):
            with suppress(OSError):
                while True:
                    file.write(b"x" * size)


@embedded
def a_runner_that_hangs_is_replaced(office):
    """T12 without Redis: a job that never comes back takes both runners in turn; they end themselves and all is done afterwards."""
    hanging = ask("faults.hang", "hang")
    until(lambda: row(hanging).attempts == 2)
    job = ask("faults.nap", "deaf", n=1, seconds=0.5)
    codes = restarted(office.workers)
    states = ended(job, hanging)
    return {"codes": codes, "states": states, "attempts": row(hanging).attempts, "entries": entries_of(hanging) + entries_of(job)}


def main():
    wanted, seen = sys.argv[1:], {}
    small = wanted[:1] == ["--embedded"]
    known, wanted = (EMBEDDED, wanted[1:]) if small else (SCENARIOS, wanted)
    folder = Path(tempfile.mkdtemp(prefix="scenarios-"))
    office = Office(folder, celery=not small, lease=LEASE, sweep=SWEEP, deaf=DEAF, volume=VOLUME)
    try:
        office.start_servers()
        os.environ.update(office.env)
        django.setup()
        from django.core.management import call_command

        from tests.faults import county

        call_command("migrate", verbosity=0)
        county.found(clerks=2, firms=2)
        office.start()
        for name in wanted or known:
            began = time.monotonic()
            try:
                seen[name] = known[name](office)
            except Exception as error:  # one scenario must not hide the others
                seen[name] = {"error": repr(error)}
            print(f"{name}: {time.monotonic() - began:.1f} s {seen[name]}", file=sys.stderr)
    finally:
        office.end()
    if not os.environ.get("FAULTS_KEEP"):
        shutil.rmtree(folder)
    print(json.dumps(seen, ensure_ascii=False))


if __name__ == "__main__":
    main()
