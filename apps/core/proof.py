"""That the person at the screen is still the one who signed in: a mark in the session, good for a few minutes (reliability.md A8)."""

from urllib.parse import urlencode

from django.conf import settings
from django.http import JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from apps.core import clock
from apps.core.answers import asks_for_json

MARK = "proved_at"
SENTENCE = "请先在页面上重新验证密码，再办理此项。"


def mark(session):
    """Note that the password was typed just now."""
    session[MARK] = int(clock.now().timestamp())


def is_fresh(session):
    """Say whether the password was typed within settings.PROOF_LIFE."""
    return clock.now().timestamp() - session.get(MARK, 0) < settings.PROOF_LIFE.total_seconds()


def address(back):
    """Return the address of the page that asks for the password and leads `back` (a path)."""
    return f"{reverse(settings.PROOF_PAGE)}?{urlencode({'next': back}, safe='/')}"


def ask(request, back):
    """Send to the page that asks for the password and leads `back` (a path); a script gets a sentence."""
    if asks_for_json(request):
        return JsonResponse({"message": SENTENCE}, status=403)
    return redirect(address(back))


class ProofRequired:
    """Put before a delicate page: it opens, and acts, only while the proof is fresh. `proof_back()` is where it leads."""

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and self.needs_proof() and not is_fresh(request.session):
            return ask(request, self.proof_back())
        return super().dispatch(request, *args, **kwargs)

    def needs_proof(self):
        return True

    def proof_back(self):
        return self.request.get_full_path()
