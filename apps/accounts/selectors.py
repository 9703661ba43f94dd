"""Reads that serve the people pages."""

from django.db.models import Prefetch, Q

from apps.accounts.choices import ADMINISTRATORS
from apps.accounts.models import HandOver, Post, User
from apps.accounts.rules import why_unused
from apps.core import clock


def people(words="", among=None):
    """Return the people whose name, user name or organisation contains `words`, each with `current_posts`.

    among: only these primary keys and the accounts closed for a reason of their own.
    """
    posts = Post.objects.in_force().select_related("platform", "town", "industry")
    rows = User.objects.select_related("organisation").prefetch_related(Prefetch("posts", queryset=posts, to_attr="current_posts"))
    if words:
        rows = rows.filter(Q(name__icontains=words) | Q(username__icontains=words) | Q(organisation__name__icontains=words))
    if among is not None:
        rows = rows.filter(Q(pk__in=among) | ~Q(closed_because=""))
    return rows


def unused(within):
    """Return [(person, reason)] of the open accounts nobody used, or held a post in, for the time `within` (timedelta).

    People of the sample county are left out: their posts are of 2021.
    """
    people = User.objects.filter(is_active=True, is_sample=False).prefetch_related("posts")
    found = [(user, why_unused(_idle(user), _postless(user), within)) for user in people]
    return [(user, reason) for user, reason in found if reason]


def _idle(user):
    """Return how long ago a person last signed in, or his account was opened."""
    return clock.now() - max(user.active_since, user.last_login or user.active_since)


def _postless(user):
    """Return how long a person has been without post or chance to get one; None while he holds or awaits one, or never did."""
    ends = [post.end for post in user.posts.all()]
    if not ends or None in ends or max(ends) > clock.today():
        return None
    return min(clock.today() - max(ends), clock.now() - user.active_since)


def posts_of(user):
    """Return every post a person has or had, latest first."""
    return user.posts.select_related("platform", "town", "industry", "organisation").order_by("-start", "-pk")


def hand_overs_of(user):
    """Return the kept hand-over sheets a person gave or took over; none to an administrator (三员分立)."""
    if user.role in ADMINISTRATORS:
        return HandOver.objects.none()
    mine = HandOver.objects.filter(Q(post__user=user) | Q(successor__user=user))
    return mine.select_related("post__user", "successor__user")
