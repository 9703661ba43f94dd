"""三员分立 holds when two grants come at once, and posts have no other door (reliability.md B4)."""

import datetime as dt
import re
from functools import partial

import pytest
from django.conf import settings as project
from django.db import connection, transaction

from apps.accounts import services
from apps.accounts.choices import ADMINISTRATORS, Role
from apps.accounts.models import Post
from apps.core.actor import Actor
from apps.core.errors import Refused
from apps.sample.people import PEOPLE
from tests.factories import person
from tests.racing import at_once

SYSTEM = Actor.system("测试")
START = dt.date(2021, 1, 1)
ROUNDS = 20


def grant(user, role):
    services.grant_post(user=user, role=role, start=START, actor=SYSTEM)


def grant_without_the_lock(user, role):
    """What a check without a lock does: look, think, write."""
    with transaction.atomic():
        if user.posts.exists():
            raise Refused("已有岗位")
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.005)")
        Post.objects.create(user=user, role=role, start=START)


def double_winners(act):
    """Grant two administrators' posts to one person at the same moment, many times; count the persons who got both."""
    both = 0
    for number in range(ROUNDS):
        user = person(f"user{number}")
        outcomes = at_once(*[partial(act, user, role) for role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)])
        assert [error for error in outcomes if error is not None and not isinstance(error, Refused)] == []
        both += user.posts.count() == 2
        assert user.posts.count() >= 1
    return both


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_two_grants_at_once_leave_one_post():
    assert double_winners(grant) == 0


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_same_grants_collide():
    """The control: if this stays at nought, the test above proves nothing."""
    assert double_winners(grant_without_the_lock) > 0


def test_posts_are_written_by_the_services_alone():
    """A post made past `services.grant_post` would be a post nobody checked."""
    writes = re.compile(r"\bPost\(|Post\.objects\.(create|bulk_create|get_or_create|update_or_create)|posts\.(create|update|add|set)\(")
    files = [path for path in (project.BASE_DIR / "apps").rglob("*.py") if "migrations" not in path.parts]
    found = {str(path.relative_to(project.BASE_DIR)) for path in files if writes.search(path.read_text(encoding="utf-8"))}
    assert found - {"apps/accounts/models.py"} == {"apps/accounts/services.py"}


def test_nobody_of_the_sample_holds_two_roles_that_exclude_each_other():
    roles = [{held.role for held in someone.posts} for someone in PEOPLE]
    assert [held for held in roles if held & ADMINISTRATORS and len(held) > 1] == []
    assert {next(iter(held)) for held in roles if held & ADMINISTRATORS} == ADMINISTRATORS
