from apps.core.actor import Actor
from apps.journal import services

REFUSED = frozenset({401, 403, 409, 412, 428, 429})


class RefusedRequests:
    """Enter in the journal what somebody asked for and did not get: the one place for pages and API.

    Whoever answers a refused act with a form or a redirect sets `request.refusal` to the sentence (`ledger.middleware`
    for most, a page for its own form). Sign-ins have entries of their own (apps.accounts.signals).
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.refusal, request.journalled = None, False
        response = self.get_response(request)
        if self._is_refused(request, response):
            self._enter(request, 409 if request.refusal else response.status_code)
        return response

    @staticmethod
    def _is_refused(request, response):
        if request.journalled or getattr(request, "axes_locked_out", False):
            return False
        if request.refusal or response.status_code in REFUSED:
            return True
        return response.status_code == 404 and request.user.is_authenticated and _names_a_record(request)

    @staticmethod
    def _enter(request, status):
        door = {"channel": "接口" if getattr(request.resolver_match, "namespace", "") == "api" else "页面"}
        known = request.user.is_authenticated
        actor = Actor.from_request(request, **door) if known else Actor(address=request.META.get("REMOTE_ADDR", ""), **door)
        detail = {"status": status, "reason": request.refusal or ""}
        services.record_refusal(actor=actor, target=f"{request.method} {request.path}", detail=detail)


def _names_a_record(request):
    """Tell a record that is not there, or out of the person's scope, from a mistyped address."""
    match = request.resolver_match
    return match is not None and bool(match.kwargs)
