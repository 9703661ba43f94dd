"""How long a session lives: marks set at sign-in, asked on every request (reliability.md A4, A5)."""

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from apps.core import clock
from apps.core.actor import Actor
from apps.journal import services as journal

SIGNED_IN = "signed_in_at"
SEEN = "seen_at"
EPOCH = "epoch"
POST = "acting_post"
SEEN_STEP = 60  # seconds; a session is not written on every request only to move its last sign of life


def start(session, user):
    """Set the marks of a fresh session."""
    session[SIGNED_IN] = session[SEEN] = int(clock.now().timestamp())
    session[EPOCH] = user.session_epoch


def why_over(session, user):
    """Return the Chinese reason why this session may not go on, or None while it may."""
    now = clock.now().timestamp()
    if session.get(EPOCH) != user.session_epoch:
        return "账号或权限已变更，请重新登录。"
    if now - session[SIGNED_IN] >= settings.SESSION_ABSOLUTE.total_seconds():
        return "本次登录已满最长时限，请重新登录。"
    if now - session[SEEN] >= settings.SESSION_IDLE.total_seconds():
        return "长时间未操作，请重新登录。"
    return None


def touch(session):
    """Note a sign of life."""
    now = int(clock.now().timestamp())
    if now - session[SEEN] >= SEEN_STEP:
        session[SEEN] = now


@transaction.atomic
def end(request, reason):
    """Clear the session on the server and leave the request to nobody."""
    journal.record(act="会话终止", actor=Actor.from_request(request), target=str(request.user), detail={"reason": reason})
    request.session.flush()
    request.user = AnonymousUser()
