"""Single faults on real servers: what each of `scenarios` saw is what it must see."""

import json
import subprocess
import sys

import pytest

from tests.faults.servers import ROOT

pytestmark = pytest.mark.faults
ONCE = {"states": ["done"], "attempts": 1, "entries": ["作业完成"]}
INTERRUPTED = "作业多次中断，数据没有变动。请告知系统管理员。"


@pytest.fixture(scope="module")
def seen():
    done = subprocess.run([sys.executable, "-m", "tests.faults.scenarios"], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def test_a_stalled_worker_is_fenced(seen):
    assert seen["a_stalled_worker_is_fenced"] == {**ONCE, "attempts": 2, "unchanged": True, "lost": 1}


def test_redis_may_be_away_while_work_is_asked_for(seen):
    assert seen["redis_is_away_while_work_is_asked_for"] == {"statuses": [302], "asked": 200, "states": ["done"], "slow": False}


def test_two_beats_and_two_sweepers(seen):
    assert seen["two_beats_and_two_sweepers"] == {"states": ["done"], "entries": [["作业完成"]] * 6, "planned": 0}


def test_sigterm_ends_nothing_half_way(seen):
    assert seen["sigterm_ends_nothing_half_way"] == {**ONCE, "outcomes": ["ok"], "many": True, "codes": [0]}


def test_a_poisonous_job_ends_and_the_others_go_on(seen):
    wanted = {"others": ["done"], "poison": ["failed"], "attempts": 5, "error": INTERRUPTED}
    assert seen["a_poisonous_job_ends_and_the_others_go_on"] == wanted


def test_a_deaf_worker_is_replaced(seen):
    assert seen["a_deaf_worker_is_replaced"] == {**ONCE, "codes": [70]}
