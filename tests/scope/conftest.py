import pytest

from tests.scope.county import built


@pytest.fixture(scope="module")
def county(django_db_setup, django_db_blocker):
    """The county, built once for all tests of a module; every test and every `taken_back` gives it back as it was."""
    with built(django_db_blocker) as county:
        yield county


@pytest.fixture(autouse=True)
def files(request, settings, fast_passwords):
    """Serve files from where the county keeps them."""
    if "county" in request.fixturenames:
        settings.MEDIA_ROOT = request.getfixturevalue("county").files
