"""Personal access tokens (访问令牌): made and revoked by the person, shown once, kept hashed, dead with what they rest on."""

import datetime as dt

from django.conf import settings
from django.db import transaction

from apps.accounts.models import AccessToken, User
from apps.core import clock
from apps.core.errors import Refused
from apps.journal import services as journal


@transaction.atomic
def make(*, name, post, days, actor):
    """Make a token of the acting person for `post`, valid `days` days, and return its text; it is stored nowhere in clear.

    Raises Refused when the person holds too many already (settings.TOKENS_PER_PERSON).
    """
    user = User.objects.select_for_update(no_key=True).get(pk=actor.user.pk)
    if len(alive(user)) >= settings.TOKENS_PER_PERSON:
        raise Refused(f"每人最多 {settings.TOKENS_PER_PERSON} 个有效令牌，请先撤销不用的。")
    token, text = AccessToken.objects.create(user=user, expiry=dt.timedelta(days=days), name=name, post=post, epoch=user.session_epoch)
    journal.record(act="建立访问令牌", actor=actor, target=name, detail={"post": str(post), "expiry": token.expiry.isoformat()})
    return text


@transaction.atomic
def revoke(*, token, actor):
    """Take a token out of use at once."""
    token.delete()
    journal.record(act="撤销访问令牌", actor=actor, target=token.name, detail={"post": str(token.post)})


def holds(token):
    """Say whether a token may still be used: nothing it rests on has changed since it was made.

    It dies with deactivation, any change of posts, a reset password and "sign out everywhere" (all raise the epoch), with
    a new password, at the end of its post and at its own end. Who must have a second factor and has none uses none.
    """
    user = token.user
    return (
        user.is_active
        and not user.one_time_password_lapsed
        and token.epoch == user.session_epoch
        and token.created >= user.password_changed_at
        and token.expiry > clock.now()
        and any(post.pk == token.post_id for post in user.posts_held)
        and (not user.needs_factor or user.authenticator_set.exists())
    )


def alive(user):
    """Return the tokens of a person that can be used, newest first."""
    rows = AccessToken.objects.filter(user=user).select_related("post__platform", "post__town", "post__industry").order_by("-created")
    for token in rows:
        token.user = user  # one person, whose posts are read once
    return [token for token in rows if holds(token)]
