"""The REST API: the rows of every ledger, the values of a round, its description, and JSON for every other address below it."""

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.exceptions import NotFound
from rest_framework.views import APIView

from apps.assessments.api import urlpatterns as values
from apps.ledger.api.urls import spelt_out
from apps.ledger.api.urls import urlpatterns as rows


class Schema(SpectacularJSONAPIView):
    """The OpenAPI 3 description as a file, with one set of addresses per ledger."""

    patterns = [*spelt_out(), path("api/", include(values))]


class Nowhere(APIView):
    """Every address the API does not have, so that a script never gets a page."""

    schema = None

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        raise NotFound


app_name = "api"
urlpatterns = [*values, *rows, path("schema/", Schema.as_view(), name="schema"), re_path("", Nowhere.as_view(), name="nowhere")]
