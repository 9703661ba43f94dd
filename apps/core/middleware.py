from django.http import HttpResponseNotAllowed
from django.views.generic.edit import ProcessFormView

from apps.core.scope import guarded


class ScopeGuard:
    """Answer every request under the guard of the scope; commands, jobs and loaders act for nobody and have none."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with guarded():
            return self.get_response(request)


class FormMethods:
    """Refuse PUT on form pages: Django's would take it for a POST with nothing typed."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        is_form = issubclass(getattr(view, "view_class", object), ProcessFormView)
        return HttpResponseNotAllowed(["GET", "HEAD", "OPTIONS", "POST"]) if is_form and request.method == "PUT" else None
