"""Servers of our own for a fault run: PostgreSQL, Redis and the office's processes, each a group that can be killed whole."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def pause(seconds):
    threading.Event().wait(seconds)


def until(condition, seconds=START_SECONDS, every=0.1):
    """Wait for `condition()`; return whether it came true in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        pause(every)
    return True


def answers(port):
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


class Process:
    """One process with its children, in a group of its own; its output is appended to a log."""

    def __init__(self, name, command, *, folder, env=None, sockets=()):
        self.name, self.command, self.sockets = name, [str(part) for part in command], sockets
        self.log, self.env, self.popen = folder / f"{name}.log", env, None
        self.codes = []  # how it ended, each time

    def start(self):
        with self.log.open("ab") as output:
            self.popen = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                pass_fds=self.sockets,
            )
        return self

    @property
    def is_up(self):
        return self.popen is not None and self.popen.poll() is None

    def bury(self):
        """Note how it ended and end the children that outlived it, as systemd does."""
        self.send(signal.SIGKILL)
        self.codes.append(self.popen.wait())
        self.popen = None

    def send(self, number, *, group=True):
        """Send a signal to the whole group, or to the first process only, as systemd's KillMode=mixed does."""
        if self.popen is not None:
            with suppress(ProcessLookupError):
                (os.killpg if group else os.kill)(self.popen.pid, number)

    def end(self):
        self.send(signal.SIGCONT)
        self.send(signal.SIGKILL)
        if self.popen is not None:
            self.popen.wait(10)


class Postgres:
    """A cluster of its own: own port, folder and sockets, run as `postgres` where we are root (it refuses root).

    volume: the size of a volume of its own in memory ("120m"), small enough to be filled.
    """

    def __init__(self, folder, volume=None):
        self.folder, self.port, self.volume = folder / "pg", free_port(), volume
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl")) or [Path(shutil.which("pg_ctl") or "pg_ctl")]
        self.bin = found[-1].parent
        self.as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        self.url = f"postgres://office@127.0.0.1:{self.port}/postgres"

    def start(self):
        self.folder.mkdir()
        if self.volume:
            subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={self.volume}", "none", self.folder], check=True)
        if self.as_user:
            shutil.chown(self.folder, "postgres")
        small = ["--wal-segsize", 1] if self.volume else []
        self._run("initdb", "-D", self.folder / "data", "-A", "trust", "-U", "office", "-E", "UTF8", "--no-locale", "--no-sync", *small)
        self.control("start")

    def control(self, act, mode="fast"):
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c max_connections=60"
        if self.volume:
            options += " -c min_wal_size=2MB -c max_wal_size=8MB"
        self._run("pg_ctl", "-D", self.folder / "data", "-l", self.folder / "log", "-w", "-m", mode, "-o", options, act)

    @property
    def is_up(self):
        return answers(self.port)

    def revive(self):
        """Start again what has ended, as systemd's Restart=always does; return whether it is up."""
        with suppress(RuntimeError):
            self.control("start")
        return self.is_up

    def end(self):
        with suppress(RuntimeError):  # it may have ended itself
            self.control("stop", "immediate")
        if self.volume:
            subprocess.run(["umount", "--lazy", self.folder], check=True)

    def _run(self, program, *arguments):
        command = [*self.as_user, str(self.bin / program), *map(str, arguments)]
        done = subprocess.run(command, cwd="/", stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}: {done.stdout}{done.stderr}")


class Redis(Process):
    def __init__(self, folder):
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        options = ["--port", self.port, "--dir", folder, "--save", "", "--appendonly", "yes", "--maxmemory-policy", "noeviction"]
        super().__init__("redis", ["redis-server", *options], folder=folder)

    def start(self):
        super().start()
        until(lambda: answers(self.port))
        return self


class Office:
    """The office on servers of its own. `supervise` starts again whatever ends, as systemd does."""

    def __init__(self, folder, *, celery, slow=0.0, broken=False, lease=3, sweep=2, deaf=30, volume=None):
        folder.chmod(0o755)  # the user postgres walks through it
        self.folder, self.celery, self.port = folder, celery, free_port()
        self.postgres = Postgres(folder, volume) if celery else None
        self.redis = Redis(folder) if celery else None
        self.env = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "DATABASE_URL": self.postgres.url if celery else f"sqlite:///{folder / 'office.sqlite3'}",
            "REDIS_URL": self.redis.url if celery else "",
            "SECRET_KEY": "the-secret-of-a-fault-run",
            "VAR_DIR": str(folder),
            "JOB_LEASE_SECONDS": str(lease),
            "JOB_SWEEP_SECONDS": str(sweep),
            "JOB_DEAF_SECONDS": str(deaf),
            "MIN_FREE_MB": "1",
            "FAULTS_SLOW": str(slow),
            "FAULTS_BROKEN": str(int(broken)),
            "REMAP_SIGTERM": "SIGQUIT",  # as in deploy/jinyun-worker.service
            "PYTHONUNBUFFERED": "1",
        }
        self.lease, self.supervising = lease, True
        self.socket = socket.create_server(("127.0.0.1", self.port), backlog=256)
        self.web = Process("web", self._gunicorn(), folder=folder, env=self.env, sockets=[self.socket.fileno()])
        self.workers = [self._process(f"worker{number}", *self._worker(number)) for number in (1, 2)]
        self.beat = self._process("beat", "-m", "celery", "--app", "jinyun", "beat", "--pidfile=") if celery else None
        self.processes = [self.web, *self.workers, *([self.beat] if celery else [])]

    def _process(self, name, *command):
        return Process(name, [sys.executable, *command], folder=self.folder, env=self.env)

    def _gunicorn(self):
        """Return the command line; the socket is kept by us and handed over as systemd does (deploy/jinyun-web.socket)."""
        hand_over = f'exec 3<&{self.socket.fileno()}; export LISTEN_PID=$$ LISTEN_FDS=1; exec "$@"'
        serve = [sys.executable, "-m", "gunicorn", "jinyun.wsgi", "--no-control-socket"]
        return ["sh", "-c", hand_over, "sh", *serve, "--workers", "2", "--threads", "4", "--timeout", "60", "--graceful-timeout", "20"]

    def _worker(self, number):
        if self.celery:
            return ["-m", "celery", "--app", "jinyun", "worker", "--concurrency", "1", "--hostname", f"worker{number}@faults"]
        return ["manage.py", "run_jobs"]

    def start_servers(self):
        if self.celery:
            self.postgres.start()
            self.redis.start()

    def start(self):
        """Start the office's processes on a database that is ready, and look after them."""
        for process in self.processes:
            process.start()
        threading.Thread(target=self._supervise, daemon=True).start()
        if not until(self.serves):
            raise RuntimeError(f"the office did not start, see {self.web.log}")

    def serves(self):
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{self.port}/people/sign-in/", timeout=5) as answer:
            return answer.status == 200
        return False

    def _supervise(self):
        while self.supervising:
            for process in [*self.processes, *([self.redis] if self.celery else [])]:
                if self.supervising and not process.is_up:
                    process.bury()
                    pause(0.5)
                    process.start()
            pause(0.2)

    def end(self):
        self.supervising = False
        pause(0.8)  # longer than a restart that is under way
        for process in [*self.processes, *([self.redis] if self.celery else [])]:
            process.end()
        self.socket.close()
        if self.celery:
            self.postgres.end()
