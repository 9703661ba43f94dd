"""Whatever people try in whatever order, the land case and its model stay alike (T16).

Every build walks a few short ways. By hand (`make machine`), once on SQLite and once with DATABASE_URL naming PostgreSQL:

    MACHINE_RUNS=2000 MACHINE_STEPS=50 .venv/bin/python -m pytest -m deep tests/land/test_move_machine.py
"""

import datetime as dt
import os

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis.extra.django import TestCase
from hypothesis.stateful import run_state_machine_as_test

from tests.land.machine import CaseMachine

RUNS, STEPS = int(os.environ.get("MACHINE_RUNS", 8)), int(os.environ.get("MACHINE_STEPS", 30))


class Fresh(CaseMachine):
    """Every run has an empty database: a savepoint around it, rolled back at its end."""

    def __init__(self):
        self.point = transaction.savepoint()
        super().__init__()

    def teardown(self):
        try:
            super().teardown()
        finally:
            transaction.savepoint_rollback(self.point)


@pytest.fixture
def office_day(settings):
    settings.OFFICE_TODAY = dt.date(2021, 10, 15)
    settings.PACE = {}  # so many questions in a minute are no person's


@pytest.mark.deep
@pytest.mark.usefixtures("office_day")
class TestMachine(TestCase):
    def test_people_and_model_agree(self):
        config = settings(max_examples=RUNS, stateful_step_count=STEPS, deadline=None, suppress_health_check=list(HealthCheck))
        run_state_machine_as_test(Fresh, settings=config)
