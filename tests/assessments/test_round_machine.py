"""Whatever people try in whatever order, the assessment round and its model stay alike (T16). More ways: `make machine`."""

import pytest

from tests.assessments.machine import RoundMachine
from tests.machines import walk


@pytest.mark.deep
@pytest.mark.django_db
def test_people_and_model_agree():
    walk(RoundMachine)
