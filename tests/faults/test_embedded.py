"""`manage.py serve` looks after its job process as systemd does: one that ends is started again; the web server's end is the end."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.servers import ROOT, answers, free_port, until

pytestmark = pytest.mark.faults
SERVE = (
    "import sys, django; django.setup(); from apps.sample.management.commands.serve import Command; sys.exit(Command().serve(sys.argv[1]))"
)


def children(pid):
    """Return the command lines of a process's children by their id."""
    pids = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return {int(child): Path(f"/proc/{child}/cmdline").read_text() for child in pids}


def job_processes(office):
    return [pid for pid, line in children(office.pid).items() if "run_jobs" in line]


@pytest.fixture
def office(migrated, tmp_path):
    own = {"DJANGO_SETTINGS_MODULE": "jinyun.settings", "DATABASE_URL": f"sqlite:///{migrated}", "VAR_DIR": str(tmp_path), "REDIS_URL": ""}
    port = free_port()
    office = subprocess.Popen([sys.executable, "-c", SERVE, f"127.0.0.1:{port}"], cwd=ROOT, env=os.environ | own)
    assert until(lambda: answers(port) and job_processes(office))
    yield office
    office.terminate()
    assert office.wait(30) == 0
    assert not answers(port)


def test_a_job_process_that_ends_is_started_again(office):
    (first,) = job_processes(office)
    os.kill(first, signal.SIGKILL)
    assert until(lambda: job_processes(office) not in ([], [first]))
    assert office.poll() is None


def test_the_end_of_the_web_server_is_the_end(office):
    (web,) = [pid for pid, line in children(office.pid).items() if "gunicorn" in line]
    os.kill(web, signal.SIGTERM)
    assert office.wait(30) == 0
