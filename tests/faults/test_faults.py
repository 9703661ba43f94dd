"""The short fault run of every build: nothing lost, nothing doubled, nothing stuck; and the broken build is found out."""

import json
import subprocess
import sys

import pytest

from tests.faults.servers import ROOT

pytestmark = pytest.mark.faults
CLEAN = {"lost": 0, "doubled": 0, "phantom": 0, "stuck": 0, "broken": 0}
RECOVERY = 60  # seconds


def run(*options):
    """Run the driver, print its table (`-rP` shows it), and return its report."""
    done = subprocess.run([sys.executable, "-m", "tests.faults", *options], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    print(done.stdout)
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize(("mode", "faults"), [("celery", 40), ("sqlite", 10)])
def test_nothing_is_lost_doubled_or_stuck(mode, faults):
    report = run("--mode", mode, "--faults", str(faults))
    assert (report["faults"], {kind: report[kind] for kind in CLEAN}) == (faults, CLEAN)
    assert report["longest_recovery"] <= RECOVERY
    assert report["ok"] > faults, "too little was at work while the faults came"
    assert {"move", "paper", "enter"} <= set(report["acts"])


def test_a_build_without_lease_and_fence_is_found_out():
    report = run("--broken", "--faults", "8")
    assert report["broken_build"]
    assert report["lost"] + report["doubled"] > 0
