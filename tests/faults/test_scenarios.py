"""Single faults on real servers: what each of `scenarios` saw is what it must see."""

import json
import subprocess
import sys

import pytest

from apps.jobs.rules import GAVE_UP, INTERRUPTED, MAX_ATTEMPTS, MAX_DEATHS
from tests.faults.servers import ROOT

pytestmark = pytest.mark.faults
ONCE = {"states": ["done"], "attempts": 1, "entries": ["作业完成"]}


def run(*options):
    command = [sys.executable, "-m", "tests.faults.scenarios", *options]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def seen():
    return run()


def test_a_stalled_worker_is_fenced(seen):
    assert seen["a_stalled_worker_is_fenced"] == {**ONCE, "attempts": 2, "unchanged": True, "lost": 1}


def test_redis_may_be_away_while_work_is_asked_for(seen):
    assert seen["redis_is_away_while_work_is_asked_for"] == {"statuses": [302], "asked": 200, "states": ["done"], "slow": False}


def test_two_beats_and_two_sweepers(seen):
    assert seen["two_beats_and_two_sweepers"] == {"states": ["done"], "entries": [["作业完成"]] * 6, "planned": 0}


def test_sigterm_ends_nothing_half_way(seen):
    assert seen["sigterm_ends_nothing_half_way"] == {**ONCE, "outcomes": ["ok"], "busy": True, "kept": True, "codes": [0]}


def test_a_poisonous_job_ends_and_the_others_go_on(seen):
    wanted = {"others": ["done"], "poison": ["failed"] * 2, "attempts": [MAX_DEATHS, MAX_ATTEMPTS], "errors": [INTERRUPTED, GAVE_UP]}
    assert seen["a_poisonous_job_ends_and_the_others_go_on"] == wanted


def test_a_deaf_worker_is_replaced(seen):
    assert seen["a_deaf_worker_is_replaced"] == {**ONCE, "codes": [70]}


def test_a_full_volume_under_the_database(seen):
    told = "您刚才的操作没有保存，请稍后再试。"  # what comes first names the journal or the database, whichever met it
    wanted = {"told": told, "again": True, "states": ["done"], "lost": 0, "half": 0, "intact": True}
    assert seen["the_volume_of_the_database_is_full"] == wanted


def test_a_runner_that_hangs_is_replaced():
    wanted = {"codes": [70], "states": ["done"] * 2, "attempts": 3, "entries": ["作业完成"] * 2}
    assert run("--embedded") == {"a_runner_that_hangs_is_replaced": wanted}
