import ipaddress

from django.conf import settings
from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import redirect

from apps.accounts import sessions


def asks_for_json(request):
    """Say whether a script, not a person, sent this request."""
    return request.path.startswith("/api/") or request.headers.get("Accept", "").startswith("application/json")


class ClientAddress:
    """Put the client's own address into REMOTE_ADDR, read from behind exactly PROXY_COUNT trusted proxies.

    Each proxy appends the address it was called from, so only the PROXY_COUNT last entries of X-Forwarded-For
    can be believed; whatever a client writes itself stands left of them.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        if 0 < settings.PROXY_COUNT <= len(hops):
            request.META["REMOTE_ADDR"] = self._address(hops[-settings.PROXY_COUNT]) or request.META["REMOTE_ADDR"]
        return self.get_response(request)

    @staticmethod
    def _address(text):
        try:
            return str(ipaddress.ip_address(text))
        except ValueError:
            return None


class SessionLimits:
    """End a session that was idle too long, lived too long, or whose person's rights changed meanwhile."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated:
            reason = sessions.why_over(request.session, request.user)
            if reason:
                sessions.end(request, reason)
                messages.warning(request, reason)
            elif not asks_for_json(request):  # a page asking for progress by itself is no sign of life
                sessions.touch(request.session)
        return self.get_response(request)


class ActingPost:
    """Let the signed-in person act in the post chosen for this session."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated:
            request.user.acting_post_id = request.session.get(sessions.POST)
        return self.get_response(request)


class PasswordMustChange:
    """Open nothing but the password page while a password is one-time or too old (reliability.md section 4)."""

    ALWAYS_OPEN = frozenset({"accounts:password", "accounts:sign-in", "accounts:sign-out"})

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not request.user.is_authenticated or not request.user.password_is_due:
            return None
        if request.resolver_match.view_name in self.ALWAYS_OPEN:
            return None
        if asks_for_json(request):
            return JsonResponse({"message": "请先修改密码。"}, status=403)
        return redirect("accounts:password")
