"""How a hypothesis machine is run: every way on an empty database, so many ways of so many steps as the environment says."""

import os

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

RUNS, STEPS = int(os.environ.get("MACHINE_RUNS", 5)), int(os.environ.get("MACHINE_STEPS", 30))


def walk(machine):
    """Run a RuleBasedStateMachine inside a test's transaction: a savepoint around every way, rolled back at its end."""

    class Fresh(machine):
        def __init__(self):
            self.point = transaction.savepoint()
            super().__init__()

        def teardown(self):
            try:
                super().teardown()
            finally:
                transaction.savepoint_rollback(self.point)

    config = settings(max_examples=RUNS, stateful_step_count=STEPS, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Fresh, settings=config)
