"""How long a session lives and what it still lacks: marks set at sign-in, asked on every request (reliability.md A4, A5, A7)."""

import secrets

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from apps.accounts.models import User
from apps.accounts.rules import password_problems
from apps.accounts.validators import profile
from apps.core import clock, proof
from apps.core.actor import Actor
from apps.journal import services as journal

SIGNED_IN = "signed_in_at"
SEEN = "seen_at"
EPOCH = "epoch"
POST = "acting_post"
PLACE = "place"
FACTOR = "has_factor"
UNFIT = "unfit_password"
SEEN_STEP = 60  # seconds; a session is not written on every request only to move its last sign of life


def start(session, user):
    """Set the marks of a fresh session."""
    session[SIGNED_IN] = session[SEEN] = int(clock.now().timestamp())
    session[FACTOR] = user.authenticator_set.filter(confirmed=True).exists()
    if not session[FACTOR]:
        take_place(session, user)
    session[POST] = post_of(user)
    proof.mark(session)
    go_on(session, user)


def weigh(session, user, password):
    """Mark the session where the password just typed does not fit the profile in force: the office has changed over to another."""
    if not user.is_sample and password_problems(password, user.username, profile()):
        session[UNFIT] = True


def post_of(user):
    """Return the key of the post `user` acts in, None for somebody without one."""
    post = user.acting
    return post and post.pk


def go_on(session, user):
    """Let this session live on after an act that ended all of the person's sessions."""
    session[EPOCH] = user.session_epoch


@transaction.atomic
def take_place(session, user):
    """Give this session one of the person's places (settings.SESSION_PLACES); the oldest session loses its own.

    A sign-in that still lacks its code takes none: who has only the password does not push out who has the phone too.
    """
    account = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    place = secrets.token_hex(8)
    account.session_places = [*account.session_places, place][-settings.SESSION_PLACES :]
    account.save(update_fields=["session_places"])
    user.session_places = account.session_places
    session[PLACE] = place


def why_over(session, user):
    """Return the Chinese reason why this session may not go on, or None while it may."""
    now = clock.now().timestamp()
    if session.get(EPOCH) != user.session_epoch:
        return "账号或权限已变更，请重新登录。"
    if PLACE in session and session[PLACE] not in user.session_places:
        return "您的账号已在别处登录，本次登录结束；如非本人操作，请立即修改密码。"
    if session.get(POST) != post_of(user):
        return "本次登录所在的岗位已到期或有新的岗位，请重新登录。"
    if now - session[SIGNED_IN] >= settings.SESSION_ABSOLUTE.total_seconds():
        return "本次登录已满最长时限，请重新登录。"
    if now - session[SEEN] >= settings.SESSION_IDLE.total_seconds():
        return "长时间未操作，请重新登录。"
    return None


def next_step(session, user):
    """Return what the sign-in still lacks as (view name, Chinese sentence), or None when it is complete.

    The code comes before the password: a one-time password alone opens nothing where a factor is bound.
    """
    if session.get(FACTOR) and not user.is_verified():
        return "accounts:verify", "请先完成二次验证。"
    if user.password_is_due:
        return "accounts:password", "请先修改密码。"
    if session.get(UNFIT):
        return "accounts:password", "密码不符合现行要求，请先修改密码。"
    if user.needs_factor and not user.is_verified():
        return "accounts:enrol", "请先绑定二次验证。"
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
