"""Reads that serve the people pages."""

from django.db.models import Prefetch, Q

from apps.accounts.models import HandOver, Post, User


def people(words=""):
    """Return the people whose name, user name or organisation contains `words`, each with `current_posts`."""
    posts = Post.objects.in_force().select_related("platform", "town", "industry")
    rows = User.objects.select_related("organisation").prefetch_related(Prefetch("posts", queryset=posts, to_attr="current_posts"))
    if words:
        rows = rows.filter(Q(name__icontains=words) | Q(username__icontains=words) | Q(organisation__name__icontains=words))
    return rows


def posts_of(user):
    """Return every post a person has or had, latest first."""
    return user.posts.select_related("platform", "town", "industry", "organisation").order_by("-start", "-pk")


def hand_overs_of(user):
    """Return the kept hand-over sheets a person gave or took over."""
    mine = HandOver.objects.filter(Q(post__user=user) | Q(successor__user=user))
    return mine.select_related("post__user", "successor__user")
