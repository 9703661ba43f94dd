from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import redirect, render

from apps.core.answers import asks_for_json
from apps.core.disk import NO_SPACE, is_full
from apps.core.errors import Refused
from apps.core.locks import HELD, is_held


class RefusedAnswer:
    """Turn a refused business act into its sentence: on the page it was sent from, or on one of its own; nothing changed."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        """Answer for an upload that found no space: what came of it never reaches the page."""
        return self.process_exception(request, Refused(NO_SPACE)) if getattr(request, "no_space", False) else None

    def process_exception(self, request, exception):
        if is_full(exception):
            exception = Refused(NO_SPACE)
        elif is_held(exception):
            request.session.modified = False  # a sign-in that was not entered leaves nobody signed in, as with a 503
            exception = Refused(HELD)
        if not isinstance(exception, Refused):
            return None
        request.refusal, request.journalled = str(exception), exception.journalled  # for the journal, at the door
        if asks_for_json(request):
            return JsonResponse({"message": str(exception)}, status=409)
        if request.method == "POST" and hasattr(request.resolver_match.func.view_class, "get"):
            messages.error(request, str(exception))
            return redirect(request.get_full_path())
        return render(request, "refused.html", {"message": str(exception)}, status=409)
