import ipaddress

from django.conf import settings
from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django_ratelimit.core import is_ratelimited

from apps.accounts import sessions
from apps.core.answers import asks_for_json


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
    """End a session that was idle too long, lived too long, whose person's rights changed, or whose post is over."""

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
    """Let the signed-in person act in the post of this session: the one of the sign-in, or the one he changed to."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated:
            request.user.acting_post_id = request.session.get(sessions.POST)
        return self.get_response(request)


class SignInSteps:
    """Open nothing but the page of the next step while a sign-in lacks a code, a lasting password or a factor (A1, A2, A7)."""

    ALWAYS_OPEN = frozenset({"accounts:sign-in", "accounts:sign-out"})

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        step = sessions.next_step(request.session, request.user) if request.user.is_authenticated else None
        if step is None or request.resolver_match.view_name in {*self.ALWAYS_OPEN, step[0]}:
            return None
        page, sentence = step
        if asks_for_json(request):
            return JsonResponse({"message": sentence}, status=403)
        return redirect(page)


class Pace:
    """Slow down a person who asks for one page more often than settings.PACE allows (reliability.md E1)."""

    MESSAGE = "操作过于频繁，请一分钟后再试。"

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        page = request.resolver_match.view_name
        rate = settings.PACE.get(page)
        if rate is None or not is_ratelimited(request, group=page, key=self._who, rate=rate, increment=True):
            return None
        if asks_for_json(request):
            response = JsonResponse({"message": self.MESSAGE}, status=429)
        else:
            response = render(request, "429.html", {"message": self.MESSAGE}, status=429)
        response["Retry-After"] = "60"
        return response

    @staticmethod
    def _who(group, request):
        return str(request.user.pk or request.META.get("REMOTE_ADDR", ""))
