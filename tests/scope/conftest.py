import pytest

from tests.scope.county import County


@pytest.fixture(scope="module")
def county(standing):
    """The county, built once for all tests of a module; every test and every `taken_back` gives it back as it was."""
    county = County.build()
    county.files = standing
    return county


@pytest.fixture(autouse=True)
def files(request, settings, fast_passwords):
    """Serve files from where the county keeps them."""
    if "county" in request.fixturenames:
        settings.MEDIA_ROOT = request.getfixturevalue("county").files
