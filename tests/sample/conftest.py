import pytest

from tests.sample_county import TODAY, load_once


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """The sample county in the database; the value is the folder of its sign-in file."""
    with load_once(django_db_blocker) as folder:
        yield folder


@pytest.fixture
def sample(loaded, db, settings, tmp_path):
    """The sample county on its own day, with a copy of the sign-in file that a test may change."""
    settings.OFFICE_TODAY = TODAY
    (tmp_path / "sign-ins.txt").write_bytes((loaded / "sign-ins.txt").read_bytes())
    return tmp_path
