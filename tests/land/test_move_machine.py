"""Whatever people try in whatever order, the land case and its model stay alike (T16).

Every build walks a few short ways. By hand (`make machine`), once on SQLite and once with DATABASE_URL naming PostgreSQL:

    MACHINE_RUNS=2000 MACHINE_STEPS=50 .venv/bin/python -m pytest -m deep tests/land/test_move_machine.py
"""

import datetime as dt

import pytest

from tests.land.machine import CaseMachine
from tests.machines import walk


@pytest.fixture
def office_day(settings):
    settings.OFFICE_TODAY = dt.date(2021, 10, 15)
    settings.PACE = {}  # so many questions in a minute are no person's


@pytest.mark.deep
@pytest.mark.django_db
@pytest.mark.usefixtures("office_day")
def test_people_and_model_agree():
    walk(CaseMachine)
